import { requireImageShape } from '../functions/windows.js';
import { keepName } from '../identity.js';
import { checkOptions } from '../options.js';
import type { ImageShape } from '../tensor/shape-types.js';
import type { Tensor } from '../tensor/tensor.js';
import type { LayerDescription } from './layer-types.js';
import { PoolingLayer } from './pooling.js';

/** The images of a `GlobalAveragePooling`. */
export interface GlobalAveragePoolingOptions {
  /** The images in the rows of x: [height, width, channels], channels last. */
  readonly inputShape: ImageShape;
}

/**
 * The mean of each channel over the whole image: one number a channel, whatever the size of the image.
 *
 * Shapes: x (N, height · width · channels) → y (N, channels).
 *
 * Source: Lin, Chen and Yan, Network in Network, 2013.
 *
 * @example new GlobalAveragePooling({ inputShape: [4, 4, 64] }).outputShape([4, 4, 64])   // [64]
 * @throws {ArgumentError} for sizes below 1
 */
export class GlobalAveragePooling extends PoolingLayer {
  static {
    keepName(GlobalAveragePooling, 'GlobalAveragePooling');
  }

  constructor(options: GlobalAveragePoolingOptions) {
    const operation = 'GlobalAveragePooling';
    checkOptions(operation, options, ['inputShape']);
    const [height, width, channels] = requireImageShape(operation, options.inputShape);
    super(operation, { inputShape: [height, width, channels], poolSize: [height, width], stride: 1 });
  }

  protected values(y: Tensor, x: Tensor): void {
    x.backend.averagePooling(y.data, x.data, x.shape[0]!, this.sizes);
  }

  protected gradients(dx: Tensor, dy: Tensor): void {
    dx.backend.averagePoolingBackward(dx.data, dy.data, dy.shape[0]!, this.sizes);
  }

  /** One number for each channel: [height, width, channels] → [channels]. */
  override outputShape(inputShape: readonly number[]): readonly number[] {
    return super.outputShape(inputShape).slice(2); // 1 × 1 × channels without its places
  }

  /** The options, without the sizes that follow from the input. */
  describe(): LayerDescription {
    return { type: 'globalAveragePooling' };
  }
}
