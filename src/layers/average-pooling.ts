import { keepName } from '../identity.js';
import { checkOptions } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import type { LayerDescription } from './layer-types.js';
import { PoolingLayer, type PoolingOptions } from './pooling.js';

/** The windows of an `AveragePooling`. */
export type AveragePoolingOptions = PoolingOptions;

/**
 * Average pooling: y is the mean of each window, channel by channel, over its places inside the image; dy is shared out
 * among them.
 *
 * Shapes: x (N, height · width · channels) → y (N, outHeight · outWidth · channels), with
 * outHeight = ⌊(height + 2 · padding − poolHeight) / stride⌋ + 1. Padding does not count, as in Keras; PyTorch counts it
 * unless count_include_pad is False.
 *
 * Source: Saito, Deep Learning from Scratch, §7.3.1.
 *
 * @example new AveragePooling({ inputShape: [8, 8, 3], poolSize: 2 }).outputShape([8, 8, 3])   // [4, 4, 3]
 * @throws {ArgumentError} for sizes below 1, windows larger than the padded image, a padding in which a whole window fits,
 *   or windows that drop the last rows or columns, unless padding: 'valid' allows it
 */
export class AveragePooling extends PoolingLayer {
  static {
    keepName(AveragePooling, 'AveragePooling');
  }

  constructor(options: AveragePoolingOptions) {
    checkOptions('AveragePooling', options, ['inputShape', 'poolSize', 'stride', 'padding']);
    super('AveragePooling', options);
  }

  protected values(y: Tensor, x: Tensor): void {
    x.backend.averagePooling(y.data, x.data, x.shape[0]!, this.sizes);
  }

  protected gradients(dx: Tensor, dy: Tensor): void {
    dx.backend.averagePoolingBackward(dx.data, dy.data, dy.shape[0]!, this.sizes);
  }

  /** The options, without the sizes that follow from the input. */
  describe(): LayerDescription {
    return { type: 'averagePooling', ...this.describeWindows() };
  }
}
