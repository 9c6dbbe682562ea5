import type { Backend, Dtype } from '../backend/backend.js';
import type { BackendChoice } from '../backend/choose/load.js';
import type { Padding, WindowSize } from '../functions/windows.js';
import { requireImageShape } from '../functions/windows.js';
import { keepName } from '../identity.js';
import { standardDeviation, type WeightInitStd } from '../init/standard-deviation.js';
import type { FileSource } from '../io/file-source.js';
import type { LayerDescription } from '../layers/layer-types.js';
import { checkOptions, requireInteger } from '../options.js';
import type { ImageShape } from '../tensor/shape-types.js';
import { build, type ShapeCheck } from './build.js';
import type { NetworkDescription } from './description.js';
import { requireOutputs } from './match.js';
import { decodeNetwork, type NetworkFile, readNetwork, requireNetwork, restoreSaved } from './saved-network.js';
import { Sequential } from './sequential.js';

/** Images, filters, sizes and initial weights of a `SimpleConvNet`. */
export interface SimpleConvNetOptions {
  /** The images in the rows of x: [height, width, channels], channels last; default [28, 28, 1], the digits. */
  readonly inputShape?: ImageShape;
  /** How many filters; default 30. */
  readonly filters?: number;
  /** Height and width of the filters, or the side of square ones; default 5. */
  readonly kernelSize?: WindowSize;
  /** Places from one position of a filter to the next; default 1. */
  readonly stride?: number;
  /** Zeros around each image: a number, 'same' or 'valid'; default 'valid', none. */
  readonly padding?: Padding;
  /** Neurons of the hidden layer; default 100. */
  readonly hiddenSize?: number;
  /** Classes, at least 2; default 10. */
  readonly outputSize?: number;
  /** Standard deviation of all initial weights, 'he' (√(2/in)) or 'xavier' (√(1/in)); default 0.01. */
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
  'inputShape',
  'filters',
  'kernelSize',
  'stride',
  'padding',
  'hiddenSize',
  'outputSize',
  'weightInitStd',
  'l2',
  'seed',
  'dtype',
  'backend',
] as const;

/**
 * The book's first convolutional network: convolution – ReLU – max pooling 2 × 2 – affine – ReLU – affine – softmax.
 *
 * Shapes: W1 (kernelHeight, kernelWidth, channels, filters), b1 (filters), W2 (pooledHeight · pooledWidth · filters,
 * hiddenSize), b2 (hiddenSize), W3 (hiddenSize, outputSize), b3 (outputSize). With the defaults W1 is (5, 5, 1, 30),
 * W2 (4320, 100) and W3 (100, 10): 433,890 parameters. An odd size loses its last row and column when it is pooled, as in
 * the book.
 *
 * Train it with `optimizer: 'adam'`, as the book does: SGD at 0.1, a Trainer's default, hardly moves such small weights.
 *
 * Source: Saito, Deep Learning from Scratch, §7.5.
 *
 * @example
 * const net = new SimpleConvNet({ seed: 1 });
 * net.params.W1.shape   // [5, 5, 1, 30]
 * @throws {ArgumentError} for sizes below 1, a single class, a filter larger than the padded image, or an
 *   unknown option
 */
export class SimpleConvNet extends Sequential<'W1' | 'b1' | 'W2' | 'b2' | 'W3' | 'b3'> {
  static {
    keepName(SimpleConvNet, 'SimpleConvNet');
  }

  override readonly inputShape: ImageShape;
  readonly filters: number;
  readonly hiddenSize: number;
  override readonly outputSize: number;
  override readonly seed: number;

  constructor(options?: SimpleConvNetOptions);
  /** @param check compares the shapes with those of a file @internal */
  constructor(options?: SimpleConvNetOptions, check?: ShapeCheck);
  constructor(options: SimpleConvNetOptions = {}, check?: ShapeCheck) {
    const operation = 'SimpleConvNet';
    checkOptions(operation, options, OPTION_NAMES);
    const input = requireImageShape(operation, options.inputShape ?? [28, 28, 1]);
    const filters = requireInteger(operation, 'filters', options.filters ?? 30, 1);
    const hiddenSize = requireInteger(operation, 'hiddenSize', options.hiddenSize ?? 100, 1);
    const outputSize = requireInteger(operation, 'outputSize', options.outputSize ?? 10, 1);
    requireOutputs(operation, 'classification', outputSize);
    const { kernelSize = 5, stride = 1, padding = 'valid', weightInitStd = 0.01 } = options;
    standardDeviation(operation, weightInitStd, hiddenSize);
    const { l2 = 0, seed, dtype, backend } = options;
    const layers: readonly LayerDescription[] = [
      { type: 'convolution', filters, kernelSize, stride, padding, activation: 'relu', weightInitStd },
      { type: 'maxPooling', poolSize: 2, padding: 'valid' },
      { type: 'affine', outputSize: hiddenSize, activation: 'relu', weightInitStd },
      { type: 'affine', outputSize, weightInitStd },
    ];
    const built = build(operation, { input, layers, l2 }, { seed, dtype, backend }, check);
    super(built.layers, built.lossLayer, undefined, built);
    this.inputShape = input;
    this.filters = filters;
    this.hiddenSize = hiddenSize;
    this.outputSize = outputSize;
    this.seed = built.seed;
  }

  /**
   * Reads a network that `save` wrote, from a path, a URL, a Blob or bytes; its weights are equal to the bit.
   *
   * @throws {DataError} if the file is missing, damaged, or holds another network
   */
  static override async load(
    source: FileSource,
    options: { readonly backend?: Backend | BackendChoice } = {},
  ): Promise<SimpleConvNet> {
    const operation = 'SimpleConvNet.load';
    checkOptions(operation, options, ['backend']);
    return restored(operation, await readNetwork(operation, source), options);
  }

  /** The same from the bytes of a file, e.g. those of `toBytes`. */
  static override fromBytes(
    bytes: Uint8Array | ArrayBuffer,
    options: { readonly backend?: Backend | BackendChoice } = {},
  ): SimpleConvNet {
    const operation = 'SimpleConvNet.fromBytes';
    checkOptions(operation, options, ['backend']);
    return restored(operation, decodeNetwork(operation, bytes), options);
  }
}

function restored(operation: string, file: NetworkFile, options: Pick<SimpleConvNetOptions, 'backend'>): SimpleConvNet {
  const own = requireNetwork(operation, file, 'SimpleConvNet', simpleConvNet);
  return restoreSaved(
    operation,
    file,
    (check) => new SimpleConvNet({ ...own, ...file.saved.built, ...options }, check),
  );
}

/** The options of a description of these four layers; undefined for any other. */
function simpleConvNet({ input, layers, l2 = 0 }: NetworkDescription): SimpleConvNetOptions | undefined {
  const [convolution, pooling, hidden, last] = layers;
  if (convolution?.type !== 'convolution' || pooling?.type !== 'maxPooling') return undefined;
  if (hidden?.type !== 'affine' || last?.type !== 'affine' || layers.length > 4) return undefined;
  const { filters, kernelSize, stride = 1, padding = 'valid', weightInitStd = 0.01 } = convolution;
  return {
    inputShape: input as unknown as ImageShape,
    filters,
    kernelSize,
    stride,
    padding,
    hiddenSize: hidden.outputSize,
    outputSize: last.outputSize,
    weightInitStd,
    l2,
  };
}
