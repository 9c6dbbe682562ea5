import { type Backend, DTYPES, type Dtype } from '../backend/backend.js';
import { type BackendChoice, resolveBackend } from '../backend/choose/load.js';
import { ArgumentError } from '../errors.js';
import { keepName } from '../identity.js';
import type { FileSource } from '../io/file-source.js';
import { checkOptions, requireInteger, requireOneOf } from '../options.js';
import { requireShape } from '../tensor/shape.js';
import { toTensor, type Values } from '../tensor/values.js';
import { build, type ShapeCheck } from './build.js';
import { Sequential } from './described-network.js';
import type { NetworkDescription } from './description.js';
import { requireOutputs } from './match.js';
import { decodeNetwork, type NetworkFile, readNetwork, requireNetwork, restoreSaved } from './saved-network.js';

/** Sizes and initial weights of a `SimpleNet`. */
export interface SimpleNetOptions {
  /** Columns of x; default 2, the book's. */
  readonly inputSize?: number;
  /** Classes; default 3, the book's. */
  readonly outputSize?: number;
  /** W itself, (inputSize, outputSize), instead of a random one. */
  readonly weights?: Values;
  /** Seed of a random W ~ N(0, 1); drawn when absent. */
  readonly seed?: number;
  /** Default 'float64': this network is for numerical gradients. */
  readonly dtype?: Dtype;
  /** Default: the backend of `defaultBackend()`. */
  readonly backend?: Backend | BackendChoice;
}

/**
 * The book's smallest network, simpleNet: scores x·W, softmax, cross-entropy. One matrix W of 2 × 3, no bias.
 *
 * Source: Saito, Deep Learning from Scratch, §4.4.2.
 *
 * @example
 * const net = new SimpleNet({ weights: [[1, 0, 0], [0, 1, 0]] });
 * net.logits([[0.6, 0.9]]).toArray()   // [[0.6, 0.9, 0]]
 * @throws {ArgumentError} for `weights` together with sizes or a seed, sizes below 1, or an unknown option
 */
export class SimpleNet extends Sequential<'W'> {
  static {
    keepName(SimpleNet, 'SimpleNet');
  }

  constructor(options?: SimpleNetOptions);
  /** @param check compares the shapes with those of a file @internal */
  constructor(options?: SimpleNetOptions, check?: ShapeCheck);
  constructor(options: SimpleNetOptions = {}, check?: ShapeCheck) {
    checkOptions('SimpleNet', options, ['inputSize', 'outputSize', 'weights', 'seed', 'dtype', 'backend']);
    const { inputSize = 2, outputSize = 3, weights, seed } = options;
    const dtype = requireOneOf('SimpleNet', 'dtype', options.dtype ?? 'float64', DTYPES);
    const backend = resolveBackend(options.backend);
    if (weights !== undefined && ['inputSize', 'outputSize', 'seed'].some((name) => name in options)) {
      throw new ArgumentError({
        operation: 'SimpleNet',
        found: 'weights are given together with sizes or a seed',
        expected: 'one or the other: weights have their own sizes',
      });
    }
    const W = weights === undefined ? undefined : toTensor('SimpleNet', 'weights', weights, { dtype, backend });
    if (W !== undefined) requireShape('SimpleNet', 'weights', W, ['inputSize', 'outputSize'], 'a matrix');
    const [rows, columns] = (W?.shape ?? [inputSize, outputSize]) as [number, number];
    requireInteger('SimpleNet', 'inputSize', rows, 1);
    requireOutputs('SimpleNet', 'classification', requireInteger('SimpleNet', 'outputSize', columns, 1));
    const layers = [{ type: 'matMul', outputSize: columns, weightInitStd: 1 }] as const;
    const built = build('SimpleNet', { input: rows, layers }, { seed, dtype, backend }, check);
    // Weights that were given do not come from a seed.
    const { inputShape } = built;
    super(built.layers, built.lossLayer, (name) => name, W === undefined ? built : { inputShape });
    if (W !== undefined) this.params.W.set(W);
  }

  /**
   * Reads a network that `save` wrote, from a path, a URL, a Blob or bytes; its weights are equal to the bit.
   *
   * @throws {DataError} if the file is missing, damaged, or holds another network
   */
  static override async load(
    source: FileSource,
    options: { readonly backend?: Backend | BackendChoice } = {},
  ): Promise<SimpleNet> {
    const operation = 'SimpleNet.load';
    checkOptions(operation, options, ['backend']);
    return restored(operation, await readNetwork(operation, source), options);
  }

  /** The same from the bytes of a file, e.g. those of `toBytes`. */
  static override fromBytes(
    bytes: Uint8Array | ArrayBuffer,
    options: { readonly backend?: Backend | BackendChoice } = {},
  ): SimpleNet {
    const operation = 'SimpleNet.fromBytes';
    checkOptions(operation, options, ['backend']);
    return restored(operation, decodeNetwork(operation, bytes), options);
  }
}

function restored(operation: string, file: NetworkFile, options: Pick<SimpleNetOptions, 'backend'>): SimpleNet {
  const sizes = requireNetwork(operation, file, 'SimpleNet', oneMatrix);
  return restoreSaved(operation, file, (check) => new SimpleNet({ ...sizes, ...file.saved.built, ...options }, check));
}

/** The sizes of a description of a single matrix. */
function oneMatrix({ input, layers }: NetworkDescription): SimpleNetOptions | undefined {
  const [layer] = layers;
  if (typeof input !== 'number' || layers.length !== 1 || layer?.type !== 'matMul') return undefined;
  return { inputSize: input, outputSize: layer.outputSize };
}
