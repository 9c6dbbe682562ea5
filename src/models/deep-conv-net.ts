import type { Backend, Dtype } from '../backend/backend.js';
import type { BackendChoice } from '../backend/choose/load.js';
import { requireImageShape } from '../functions/windows.js';
import { keepName } from '../identity.js';
import type { FileSource } from '../io/file-source.js';
import type { LayerDescription } from '../layers/layer-types.js';
import { checkOptions, requireInteger, requireShare } from '../options.js';
import type { ImageShape } from '../tensor/shape-types.js';
import { build, type ShapeCheck } from './build.js';
import type { NetworkDescription } from './description.js';
import { requireOutputs } from './match.js';
import { decodeNetwork, type NetworkFile, readNetwork, requireNetwork, restoreSaved } from './saved-network.js';
import { Sequential } from './sequential.js';

/** Images, sizes and dropout of a `DeepConvNet`. */
export interface DeepConvNetOptions {
  /** The images in the rows of x: [height, width, channels], channels last; default [28, 28, 1], the digits. */
  readonly inputShape?: ImageShape;
  /** Neurons of the hidden layer; default 50. */
  readonly hiddenSize?: number;
  /** Classes, at least 2; default 10. */
  readonly outputSize?: number;
  /** The share of elements that both dropouts drop, in [0, 1); default 0.5. */
  readonly dropoutRatio?: number;
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
  'hiddenSize',
  'outputSize',
  'dropoutRatio',
  'l2',
  'seed',
  'dtype',
  'backend',
] as const;

type ParameterName = `${'W' | 'b'}${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`;

/**
 * The book's deep network: three times two convolutions and a max pooling, then affine – ReLU – dropout – affine – dropout.
 *
 * Filters are 3 × 3: 16, 16, 32, 32, 64 and 64 of them, with padding 1 except the fourth convolution, which has 2, and ReLU.
 * Weights are He's. Digits of 28 × 28 become 14 × 14, then 8 × 8 (of 16 × 16), then 4 × 4. W1 … W6 are the filters, e.g. W1
 * (3, 3, 1, 16); W7 is (4 · 4 · 64, hiddenSize), W8 (hiddenSize, outputSize). With the defaults there are 123,552 parameters.
 * An odd size loses its last row and column when it is pooled, as in the book.
 *
 * The dropout behind the last affine layer is the book's; it drops scores in training.
 *
 * Train it with `optimizer: 'adam'`, as the book does: SGD at 0.1, a Trainer's default, hardly moves such small weights.
 *
 * Source: Saito, Deep Learning from Scratch, §8.1.
 *
 * @example
 * const net = new DeepConvNet({ seed: 1 });
 * net.params.W7.shape   // [1024, 50]
 * @throws {ArgumentError} for sizes below 1, a single class, images too small to be pooled three times, a ratio outside
 *   [0, 1), or an unknown option
 */
export class DeepConvNet extends Sequential<ParameterName> {
  static {
    keepName(DeepConvNet, 'DeepConvNet');
  }

  override readonly inputShape: ImageShape;
  readonly hiddenSize: number;
  override readonly outputSize: number;
  readonly dropoutRatio: number;
  override readonly seed: number;

  constructor(options?: DeepConvNetOptions);
  /** @param check compares the shapes with those of a file @internal */
  constructor(options?: DeepConvNetOptions, check?: ShapeCheck);
  constructor(options: DeepConvNetOptions = {}, check?: ShapeCheck) {
    const operation = 'DeepConvNet';
    checkOptions(operation, options, OPTION_NAMES);
    const input = requireImageShape(operation, options.inputShape ?? [28, 28, 1]);
    const hiddenSize = requireInteger(operation, 'hiddenSize', options.hiddenSize ?? 50, 1);
    const outputSize = requireInteger(operation, 'outputSize', options.outputSize ?? 10, 1);
    requireOutputs(operation, 'classification', outputSize);
    const ratio = requireShare(operation, 'dropoutRatio', options.dropoutRatio ?? 0.5);
    const { l2 = 0, seed, dtype, backend } = options;
    const layers: readonly LayerDescription[] = [
      ...convolutions(16, 1, 1),
      ...convolutions(32, 1, 2),
      ...convolutions(64, 1, 1),
      { type: 'affine', outputSize: hiddenSize, activation: 'relu', weightInitStd: 'he' },
      { type: 'dropout', ratio },
      { type: 'affine', outputSize, weightInitStd: 'he' },
      { type: 'dropout', ratio },
    ];
    const built = build(operation, { input, layers, l2 }, { seed, dtype, backend }, check);
    super(built.layers, built.lossLayer, undefined, built);
    this.inputShape = input;
    this.hiddenSize = hiddenSize;
    this.outputSize = outputSize;
    this.dropoutRatio = ratio;
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
  ): Promise<DeepConvNet> {
    const operation = 'DeepConvNet.load';
    checkOptions(operation, options, ['backend']);
    return restored(operation, await readNetwork(operation, source), options);
  }

  /** The same from the bytes of a file, e.g. those of `toBytes`. */
  static override fromBytes(
    bytes: Uint8Array | ArrayBuffer,
    options: { readonly backend?: Backend | BackendChoice } = {},
  ): DeepConvNet {
    const operation = 'DeepConvNet.fromBytes';
    checkOptions(operation, options, ['backend']);
    return restored(operation, decodeNetwork(operation, bytes), options);
  }
}

function restored(operation: string, file: NetworkFile, options: Pick<DeepConvNetOptions, 'backend'>): DeepConvNet {
  const own = requireNetwork(operation, file, 'DeepConvNet', deepConvNet);
  return restoreSaved(operation, file, (check) => new DeepConvNet({ ...own, ...file.saved.built, ...options }, check));
}

/** Two convolutions of 3 × 3 filters with these paddings, and a pooling that halves the image. */
function convolutions(filters: number, first: number, second: number): readonly LayerDescription[] {
  const options = { type: 'convolution', filters, kernelSize: 3, activation: 'relu', weightInitStd: 'he' } as const;
  return [
    { ...options, padding: first },
    { ...options, padding: second },
    { type: 'maxPooling', poolSize: 2, padding: 'valid' },
  ];
}

/** The options of a description of these thirteen layers; undefined for any other. */
function deepConvNet({ input, layers, l2 = 0 }: NetworkDescription): DeepConvNetOptions | undefined {
  const [hidden, dropout, last, final] = layers.slice(9);
  if (hidden?.type !== 'affine' || last?.type !== 'affine' || layers.length > 13) return undefined;
  if (dropout?.type !== 'dropout' || final?.type !== 'dropout') return undefined;
  return {
    inputShape: input as unknown as ImageShape,
    hiddenSize: hidden.outputSize,
    outputSize: last.outputSize,
    dropoutRatio: dropout.ratio ?? 0.5,
    l2,
  };
}
