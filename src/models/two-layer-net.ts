import { ACTIVATIONS, type Activation, type Backend, type Dtype } from '../backend/backend.js';
import type { BackendChoice } from '../backend/choose/load.js';
import { keepName } from '../identity.js';
import { standardDeviation, type WeightInitStd } from '../init/standard-deviation.js';
import type { FileSource } from '../io/file-source.js';
import { checkOptions, requireInteger, requireOneOf } from '../options.js';
import { affineLayers, affineParts } from './affine-layers.js';
import { build, type ShapeCheck } from './build.js';
import { Sequential } from './described-network.js';
import type { NetworkDescription } from './description.js';
import { requireOutputs } from './match.js';
import { decodeNetwork, type NetworkFile, readNetwork, requireNetwork, restoreSaved } from './saved-network.js';

/** Sizes, activation and initial weights of a `TwoLayerNet`. */
export interface TwoLayerNetOptions {
  /** Columns of x; 784 for MNIST. */
  readonly inputSize: number;
  /** Neurons of the hidden layer. */
  readonly hiddenSize: number;
  /** Classes, at least 2. */
  readonly outputSize: number;
  /** The hidden layer's activation; default 'relu'. */
  readonly activation?: Activation;
  /** Standard deviation of the initial weights of both layers, 'he' (√(2/in)) or 'xavier' (√(1/in)); default 0.01. */
  readonly weightInitStd?: WeightInitStd;
  /** λ of the penalty ½ · λ · Σ W² that is added to the loss, as in the book's §6.4.2; at least 0, the default. */
  readonly l2?: number;
  /** Seed of the initial weights, an integer in [0, 2³²); drawn when absent and readable as `net.seed`. */
  readonly seed?: number;
  /** Default 'float32'. Numerical gradients need 'float64'. */
  readonly dtype?: Dtype;
  /** Default: the backend of `defaultBackend()`. */
  readonly backend?: Backend | BackendChoice;
}

const OPTION_NAMES = [
  'inputSize',
  'hiddenSize',
  'outputSize',
  'activation',
  'weightInitStd',
  'l2',
  'seed',
  'dtype',
  'backend',
] as const;

/**
 * The book's network: x·W1 + b1 → activation → ·W2 + b2 → softmax, with cross-entropy as its loss.
 *
 * Shapes: W1 (inputSize, hiddenSize), b1 (hiddenSize), W2 (hiddenSize, outputSize), b2 (outputSize). Weights are drawn
 * from a normal distribution, biases start at 0.
 *
 * Source: Saito, Deep Learning from Scratch, §4.5 (sigmoid) and §5.7 (ReLU).
 *
 * @example
 * const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, seed: 1 });
 * net.params.W1.shape   // [784, 50]
 * @throws {ArgumentError} for sizes below 1, a single class, or an unknown option, activation or dtype
 */
export class TwoLayerNet extends Sequential<'W1' | 'b1' | 'W2' | 'b2'> {
  static {
    keepName(TwoLayerNet, 'TwoLayerNet');
  }

  override readonly inputSize: number;
  readonly hiddenSize: number;
  override readonly outputSize: number;
  readonly activation: Activation;
  override readonly seed: number;

  constructor(options: TwoLayerNetOptions);
  /** @param check compares the shapes with those of a file @internal */
  constructor(options: TwoLayerNetOptions, check?: ShapeCheck);
  constructor(options: TwoLayerNetOptions, check?: ShapeCheck) {
    checkOptions('TwoLayerNet', options, OPTION_NAMES);
    const inputSize = requireInteger('TwoLayerNet', 'inputSize', options.inputSize, 1);
    const hiddenSize = requireInteger('TwoLayerNet', 'hiddenSize', options.hiddenSize, 1);
    const outputSize = requireInteger('TwoLayerNet', 'outputSize', options.outputSize, 1);
    requireOutputs('TwoLayerNet', 'classification', outputSize);
    const { activation = 'relu', weightInitStd = 0.01, l2 = 0, seed, dtype, backend } = options;
    requireOneOf('TwoLayerNet', 'activation', activation, ACTIVATIONS);
    standardDeviation('TwoLayerNet', weightInitStd, inputSize);
    const layers = affineLayers([hiddenSize, outputSize], [activation], weightInitStd);
    const built = build('TwoLayerNet', { input: inputSize, layers, l2 }, { seed, dtype, backend }, check);
    super(built.layers, built.lossLayer, undefined, built);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.outputSize = outputSize;
    this.activation = activation;
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
  ): Promise<TwoLayerNet> {
    const operation = 'TwoLayerNet.load';
    checkOptions(operation, options, ['backend']);
    return restored(operation, await readNetwork(operation, source), options);
  }

  /** The same from the bytes of a file, e.g. those of `toBytes`. */
  static override fromBytes(
    bytes: Uint8Array | ArrayBuffer,
    options: { readonly backend?: Backend | BackendChoice } = {},
  ): TwoLayerNet {
    const operation = 'TwoLayerNet.fromBytes';
    checkOptions(operation, options, ['backend']);
    return restored(operation, decodeNetwork(operation, bytes), options);
  }
}

function restored(operation: string, file: NetworkFile, options: Pick<TwoLayerNetOptions, 'backend'>): TwoLayerNet {
  const parts = requireNetwork(operation, file, 'TwoLayerNet', twoLayers);
  return restoreSaved(
    operation,
    file,
    (check) => new TwoLayerNet({ ...parts, ...file.saved.built, ...options }, check),
  );
}

/** The options of a description of two Affine layers with softmax. */
function twoLayers(description: NetworkDescription): TwoLayerNetOptions | undefined {
  const parts = affineParts(description);
  if (parts?.hiddenSizes.length !== 1 || parts.task !== 'classification') return undefined;
  const { hiddenSizes, activation, task: _, ...shared } = parts;
  return { ...shared, hiddenSize: hiddenSizes[0]!, activation: activation[0]! };
}
