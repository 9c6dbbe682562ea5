import { StateError } from '../errors.js';
import { brand } from '../identity.js';
import type { FileSource, OwnBytes } from '../io/file-source.js';
import type { Tensors } from '../layers/layer.js';
import { checkOptions } from '../options.js';
import { showAsText } from '../show-as-text.js';
import type { Tensor } from '../tensor/tensor.js';
import { type BuildOptions, build, type ShapeCheck } from './build.js';
import type { NetworkDescription } from './description.js';
import { FORMAT, type SavedNetwork } from './file-format.js';
import { fromForeign, type LoadStateOptions } from './foreign-state.js';
import { LayeredNetwork } from './layered-network.js';
import type { Network, SaveOptions } from './network.js';
import {
  decodeNetwork,
  type NetworkFile,
  networkBytes,
  readNetwork,
  restoreSaved,
  saveNetwork,
} from './saved-network.js';
import { copyState, loadState, type StateDict } from './state.js';
import { Summary } from './summary.js';

/** Options for building a network from a file. */
export type LoadOptions = Pick<BuildOptions, 'backend' | 'layers'>;

/**
 * Layers one after another, and a loss at the end.
 *
 * Parameters are named by the book: the k-th layer whose first parameter is W gives its `W` and `b` as `Wk` and `bk`; layers
 * with other parameters are numbered separately. Each layer instance may appear in a network once.
 *
 * @example new Sequential([new Affine({ inputSize: 4, outputSize: 8 }), new Relu(), new Affine({ inputSize: 8, outputSize: 3 })])
 * @throws {ArgumentError} for an empty list, a layer that appears twice, layers of different dtypes, or no loss layer
 */
export class Sequential<K extends string = string> extends LayeredNetwork<K> implements Network<K> {
  static {
    brand(Sequential, 'Sequential');
  }

  /**
   * Builds a network from its description: a list of layers, each a plain object with its type and options.
   *
   * @example
   * Sequential.from({
   *   input: 784,
   *   layers: [
   *     { type: 'affine', outputSize: 50, activation: 'relu' },
   *     { type: 'affine', outputSize: 10 },
   *   ],
   * })
   * @throws {ArgumentError} for an unknown type or option, naming the layer's position
   * @throws {ShapeError} for layers that do not fit together
   */
  static from(description: NetworkDescription, options: BuildOptions = {}): Sequential {
    return sequentialFrom('Sequential.from', description, options);
  }

  /** The same from parsed JSON of unknown content: everything is checked, as in `from`. */
  static fromJSON(description: unknown, options: BuildOptions = {}): Sequential {
    return sequentialFrom('Sequential.fromJSON', description, options);
  }

  /**
   * Reads a network that `save` wrote, of any class; its parameters are equal to the bit.
   *
   * @param source a path, a URL, or a Blob, e.g. a File that was dropped on a page
   * @param options `layers`: builders of layers that are neither built in nor registered with `registerLayer`
   * @throws {DataError} if the file is missing, damaged, or describes an unknown layer
   */
  static async load(source: FileSource, options: LoadOptions = {}): Promise<Sequential> {
    const operation = 'Sequential.load';
    checkOptions(operation, options, ['backend', 'layers']);
    return Sequential.restore(operation, await readNetwork(operation, source), options);
  }

  /**
   * The same from the bytes of a file, e.g. those of `toBytes`.
   *
   * @throws {DataError} if they are damaged, or describe an unknown layer
   */
  static fromBytes(bytes: Uint8Array | ArrayBuffer, options: LoadOptions = {}): Sequential {
    const operation = 'Sequential.fromBytes';
    checkOptions(operation, options, ['backend', 'layers']);
    return Sequential.restore(operation, decodeNetwork(operation, bytes), options);
  }

  /** Builds the network that a file describes, and fills in its arrays. @internal */
  static restore(operation: string, file: NetworkFile, options: LoadOptions = {}): Sequential {
    const { description, built } = file.saved;
    return restoreSaved(operation, file, (check) => {
      return sequentialFrom(operation, description, { ...built, ...options }, check);
    });
  }

  stateDict(): Record<K, Tensor> {
    return copyState(`${this.parts.name}.stateDict`, this.parts.tensors as Tensors<K>);
  }

  loadStateDict(dict: StateDict, options: LoadStateOptions = {}): void {
    const operation = `${this.parts.name}.loadStateDict`;
    const { tensors, shapes } = this.parts;
    loadState(operation, tensors, fromForeign(operation, { layers: this.layers, shapes, tensors }, dict, options));
  }

  /** The names of all that a file holds, layer by layer, parameters before buffers. @internal */
  get tensorNames(): readonly string[] {
    return Object.keys(this.parts.tensors);
  }

  /**
   * The network as plain data: from which `Sequential.from` builds it again, with other weights.
   *
   * @throws {StateError} for a custom layer or loss without `describe`, or where no layer fixes the columns of x
   */
  describe(): NetworkDescription {
    return this.#describe('describe');
  }

  #describe(method: string): NetworkDescription {
    const refuse = (found: string, expected: string): never => {
      throw new StateError({ operation: `${this.parts.name}.${method}`, found, expected });
    };
    const layers = this.layers.map((layer, i) => {
      const description = layer.describe?.();
      if (typeof description?.type === 'string') return description;
      const what = layer.describe === undefined ? 'has no describe' : 'describes itself without a type';
      return refuse(
        `layer ${i + 1} (${layer.constructor.name}) ${what}`,
        "describe() { return { type: '…' } } on each layer",
      );
    });
    const loss = this.lossLayer.describe?.();
    const { input } = this.parts.shapes;
    if (loss === undefined)
      refuse(`the loss layer (${this.lossLayer.constructor.name}) has no describe`, 'a built-in loss');
    if (input === undefined) refuse('the columns of x are not known', 'inputSize on the first layer');
    const { l2 } = this;
    return { input: input!.length === 1 ? input![0]! : input!, layers, ...loss, ...(l2 === 0 ? {} : { l2 }) };
  }

  /** Layers, shapes and numbers of parameters: `String(net.summary())` is a table. */
  summary(): Summary {
    return new Summary(this.parts.name, this, this.layers, this.lossLayer, this.parts.shapes);
  }

  /** The table of the summary, which `console.log` shows too. */
  override toString(): string {
    return String(this.summary());
  }

  /** What JSON and test runners show: the summary, not the numbers. */
  toJSON(): Summary {
    return this.summary();
  }

  /** Everything that a file needs to build this network again, except the numbers. @internal */
  saved(operation = 'saved'): SavedNetwork {
    const { dtype, seed, byteScale } = this;
    return {
      format: FORMAT,
      network: this.parts.name,
      description: this.#describe(operation),
      built: { dtype, ...(seed === undefined ? {} : { seed }) },
      tensors: this.tensorNames,
      ...(byteScale === undefined ? {} : { byteScale }),
    };
  }

  async save(path: string, options: SaveOptions = {}): Promise<void> {
    const operation = `${this.parts.name}.save`;
    checkOptions(operation, options, ['allowNonFinite']);
    await saveNetwork(operation, path, this.saved('save'), this.parts.tensors, options);
  }

  toBytes(options: SaveOptions = {}): OwnBytes {
    const operation = `${this.parts.name}.toBytes`;
    checkOptions(operation, options, ['allowNonFinite']);
    return networkBytes(operation, this.saved('toBytes'), this.parts.tensors, options);
  }

  /** Writes it as part of a model, which adds entries to the file's metadata. @internal */
  async saveWith(operation: string, path: string, more: Readonly<Record<string, string>>): Promise<void> {
    await saveNetwork(operation, path, this.saved('save'), this.parts.tensors, {}, more);
  }

  /** The bytes of that file. @internal */
  bytesWith(operation: string, more: Readonly<Record<string, string>>): OwnBytes {
    return networkBytes(operation, this.saved('toBytes'), this.parts.tensors, {}, more);
  }
}

showAsText(Sequential);

function sequentialFrom(
  operation: string,
  description: unknown,
  options: BuildOptions,
  check?: ShapeCheck,
): Sequential {
  const { layers, lossLayer, ...origin } = build(operation, description, options, check);
  return new Sequential(layers, lossLayer, undefined, origin);
}
