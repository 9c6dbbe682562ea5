import { ArgumentError } from '../errors.js';
import { keepName } from '../identity.js';
import { checkOptions } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import { ByteBuffer } from './byte-buffer.js';
import { JOINED, type Layer, type Passes } from './layer.js';
import type { LayerDescription } from './layer-types.js';
import { isExactly, pooledConvolution } from './pooled-convolution.js';
import { PoolingLayer, type PoolingOptions } from './pooling.js';

/** The windows of a `MaxPooling`. */
export type MaxPoolingOptions = PoolingOptions;

/** A winner's place in its window is kept as a byte. */
const LARGEST_WINDOW = 256;

/**
 * Max pooling: y is the largest number of each window, channel by channel; dy goes back to where it was. Of equal ones
 * the first wins, and NaN wins over numbers.
 *
 * Shapes: x (N, height · width · channels) → y (N, outHeight · outWidth · channels), with
 * outHeight = ⌊(height + 2 · padding − poolHeight) / stride⌋ + 1. Windows have at most 256 places.
 *
 * Source: Saito, Deep Learning from Scratch, §7.3 and §7.4.4.
 *
 * @example new MaxPooling({ inputShape: [24, 24, 30], poolSize: 2 }).outputShape([24, 24, 30])   // [12, 12, 30]
 * @throws {ArgumentError} for sizes below 1, windows of more than 256 places or larger than the padded image, a padding in
 *   which a whole window fits, or windows that drop the last rows or columns, unless padding: 'valid' allows it
 */
export class MaxPooling extends PoolingLayer {
  static {
    keepName(MaxPooling, 'MaxPooling');
  }

  /** Where in its window each number of y was, row by row: of the last forward, for backward; of infer, for nothing. */
  readonly #winners: ByteBuffer = new ByteBuffer();
  readonly #inferredWinners: ByteBuffer = new ByteBuffer();

  constructor(options: MaxPoolingOptions) {
    checkOptions('MaxPooling', options, ['inputShape', 'poolSize', 'stride', 'padding']);
    super('MaxPooling', options);
    const [height, width] = this.poolSize;
    if (height * width <= LARGEST_WINDOW) return;
    throw new ArgumentError({
      operation: 'MaxPooling',
      found: `poolSize is ${height} × ${width}, ${height * width} places`,
      expected: `windows of at most ${LARGEST_WINDOW}`,
      fix: 'Pool twice with smaller windows',
    });
  }

  protected values(y: Tensor, x: Tensor, isTraining: boolean): void {
    const winners = (isTraining ? this.#winners : this.#inferredWinners).atLeast(y.size);
    x.backend.maxPooling(y.data, winners, x.data, x.shape[0]!, this.sizes);
  }

  protected gradients(dx: Tensor, dy: Tensor): void {
    dx.backend.maxPoolingBackward(dx.data, dy.data, this.#winners.atLeast(dy.size), dy.shape[0]!, this.sizes);
  }

  /** The passes of a Convolution in front of it and its own at once, where there are such. @internal */
  [JOINED](previous: Layer): Passes | undefined {
    return isExactly(this as Layer, MaxPooling) ? pooledConvolution(previous, this) : undefined;
  }

  /** The options, without the sizes that follow from the input. */
  describe(): LayerDescription {
    return { type: 'maxPooling', ...this.describeWindows() };
  }
}
