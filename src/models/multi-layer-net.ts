import { ACTIVATIONS, type Activation, type Backend, type Dtype } from '../backend/backend.js';
import type { BackendChoice } from '../backend/choose/load.js';
import { KINDS, type Kind } from '../data/kind.js';
import { ArgumentError, show } from '../errors.js';
import { keepName } from '../identity.js';
import { standardDeviation, type WeightInitStd } from '../init/standard-deviation.js';
import type { FileSource } from '../io/file-source.js';
import { checkOptions, requireInteger, requireOneOf } from '../options.js';
import { affineLayers, affineParts } from './affine-layers.js';
import { build, type ShapeCheck } from './build.js';
import { requireOutputs } from './match.js';
import { decodeNetwork, type NetworkFile, readNetwork, requireNetwork, restoreSaved } from './saved-network.js';
import { Sequential } from './sequential.js';

/** What a network answers; the same as its `kind`. */
export type Task = Kind;

/** Sizes, task and initial weights of a `MultiLayerNet`. */
export interface MultiLayerNetOptions {
  /** Columns of x. */
  readonly inputSize: number;
  /** Neurons of each hidden layer, first to last; an empty list gives a single Affine layer. */
  readonly hiddenSizes: readonly number[];
  /** Classes, labels, or outputs of a regression; 1 for the task 'binary'. */
  readonly outputSize: number;
  /** One activation for all hidden layers, or one for each; default 'relu'. */
  readonly activation?: Activation | readonly Activation[];
  /**
   * 'classification' (softmax and cross-entropy, the default), 'binary' (one sigmoid output: yes or no), 'multiLabel' (a
   * sigmoid for each label) or 'regression' (identity and half the squared error).
   */
  readonly task?: Task;
  /** Standard deviation of the initial weights, 'he' or 'xavier'; default by each layer's activation: he for relu. */
  readonly weightInitStd?: WeightInitStd;
  /** λ of the penalty ½ · λ · Σ W² that is added to the loss, as in the book's §6.4.2; at least 0, the default. */
  readonly l2?: number;
  /** Seed of the initial weights, an integer in [0, 2³²); drawn when absent and readable as `net.seed`. */
  readonly seed?: number;
  /** Default 'float32'. */
  readonly dtype?: Dtype;
  /** Default: the backend of `defaultBackend()`. */
  readonly backend?: Backend | BackendChoice;
}

const OPTION_NAMES = [
  'inputSize',
  'hiddenSizes',
  'outputSize',
  'activation',
  'task',
  'weightInitStd',
  'l2',
  'seed',
  'dtype',
  'backend',
] as const;

/**
 * Any number of fully connected layers: each hidden one with its activation, the last one with the loss of its task.
 *
 * Parameters: W1 (inputSize, hiddenSizes[0]), b1, W2 (hiddenSizes[0], hiddenSizes[1]), b2, …
 *
 * Source: Saito, Deep Learning from Scratch, §3.6 (784-50-100-10 and similar networks) and §6.2.
 *
 * @example new MultiLayerNet({ inputSize: 784, hiddenSizes: [50, 100, 100], outputSize: 10, activation: 'sigmoid' })
 * @throws {ArgumentError} for sizes below 1, outputs that the task cannot have, a number of activations other than that of
 *   the hidden layers, or an unknown option
 */
export class MultiLayerNet extends Sequential {
  static {
    keepName(MultiLayerNet, 'MultiLayerNet');
  }

  override readonly inputSize: number;
  readonly hiddenSizes: readonly number[];
  override readonly outputSize: number;
  readonly activations: readonly Activation[];
  readonly task: Task;
  override readonly seed: number;

  constructor(options: MultiLayerNetOptions);
  /** @param check compares the shapes with those of a file @internal */
  constructor(options: MultiLayerNetOptions, check?: ShapeCheck);
  constructor(options: MultiLayerNetOptions, check?: ShapeCheck) {
    checkOptions('MultiLayerNet', options, OPTION_NAMES);
    const inputSize = requireInteger('MultiLayerNet', 'inputSize', options.inputSize, 1);
    const hiddenSizes = requireSizes(options.hiddenSizes);
    const outputSize = requireInteger('MultiLayerNet', 'outputSize', options.outputSize, 1);
    const activations = requireActivations(options.activation ?? 'relu', hiddenSizes.length);
    const task = requireOneOf('MultiLayerNet', 'task', options.task ?? 'classification', KINDS);
    requireOutputs('MultiLayerNet', task, outputSize);
    const { weightInitStd, l2 = 0, seed, dtype, backend } = options;
    if (weightInitStd !== undefined) standardDeviation('MultiLayerNet', weightInitStd, inputSize);
    const layers = affineLayers([...hiddenSizes, outputSize], activations, weightInitStd);
    const built = build('MultiLayerNet', { input: inputSize, layers, task, l2 }, { seed, dtype, backend }, check);
    super(built.layers, built.lossLayer, undefined, built);
    this.inputSize = inputSize;
    this.hiddenSizes = hiddenSizes;
    this.outputSize = outputSize;
    this.activations = activations;
    this.task = task;
    this.seed = built.seed;
  }

  /**
   * Reads a network that `save` wrote, from a path, a URL, a Blob or bytes; its parameters are equal to the bit.
   *
   * @throws {DataError} if the file is missing, damaged, or holds another network
   */
  static override async load(
    source: FileSource,
    options: { readonly backend?: Backend | BackendChoice } = {},
  ): Promise<MultiLayerNet> {
    const operation = 'MultiLayerNet.load';
    checkOptions(operation, options, ['backend']);
    return restored(operation, await readNetwork(operation, source), options);
  }

  /** The same from the bytes of a file, e.g. those of `toBytes`. */
  static override fromBytes(
    bytes: Uint8Array | ArrayBuffer,
    options: { readonly backend?: Backend | BackendChoice } = {},
  ): MultiLayerNet {
    const operation = 'MultiLayerNet.fromBytes';
    checkOptions(operation, options, ['backend']);
    return restored(operation, decodeNetwork(operation, bytes), options);
  }
}

function restored(operation: string, file: NetworkFile, options: Pick<MultiLayerNetOptions, 'backend'>): MultiLayerNet {
  const parts = requireNetwork(operation, file, 'MultiLayerNet', affineParts);
  return restoreSaved(
    operation,
    file,
    (check) => new MultiLayerNet({ ...parts, ...file.saved.built, ...options }, check),
  );
}

function requireSizes(sizes: unknown): readonly number[] {
  if (!Array.isArray(sizes)) {
    throw new ArgumentError({
      operation: 'MultiLayerNet',
      found: `hiddenSizes is ${show(sizes)}`,
      expected: 'a list of layer sizes, e.g. [50, 100]',
    });
  }
  return Object.freeze(sizes.map((size, i) => requireInteger('MultiLayerNet', `hiddenSizes[${i}]`, size, 1)));
}

function requireActivations(activation: unknown, count: number): readonly Activation[] {
  const all = Array.isArray(activation) ? activation : new Array<unknown>(count).fill(activation);
  if (all.length !== count) {
    throw new ArgumentError({
      operation: 'MultiLayerNet',
      found: `activation lists ${all.length}`,
      expected: `${count}, one for each hidden layer`,
    });
  }
  // One activation is checked even when there is no hidden layer to use it.
  if (!Array.isArray(activation)) requireOneOf('MultiLayerNet', 'activation', activation, ACTIVATIONS);
  return Object.freeze(all.map((name, i) => requireOneOf('MultiLayerNet', `activation[${i}]`, name, ACTIVATIONS)));
}
