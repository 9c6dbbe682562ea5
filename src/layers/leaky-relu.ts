import { keepName } from '../identity.js';
import { checkOptions, requireNonNegative } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { LayerDescription } from './layer-types.js';

/** The slope of a `LeakyRelu` below 0. */
export interface LeakyReluOptions {
  /** At least 0; default 0.01. */
  readonly alpha?: number;
}

/**
 * y = x where x > 0, else alpha · x; dx = dy where x > 0, else alpha · dy. Unlike `Relu`, no neuron stops learning.
 *
 * Shapes: x, y, dx, dy (N, M). Source: Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic
 * Models, 2013.
 *
 * @example new LeakyRelu({ alpha: 0.5 }).forward(Tensor.from([[-1, 0, 2]])).toArray()   // [[-0.5, 0, 2]]
 * @throws {ArgumentError} for an alpha that is negative or not finite
 */
export class LeakyRelu extends ElementwiseLayer {
  static {
    keepName(LeakyRelu, 'LeakyRelu');
  }

  readonly alpha: number;

  constructor(options: LeakyReluOptions = {}) {
    super('LeakyRelu');
    checkOptions('LeakyRelu', options, ['alpha']);
    this.alpha = requireNonNegative('LeakyRelu', 'alpha', options.alpha ?? 0.01);
  }

  protected values(y: Tensor, x: Tensor): void {
    y.backend.leakyRelu(y.data, x.data, y.size, this.alpha);
  }

  protected gradients(dx: Tensor, dy: Tensor, x: Tensor): void {
    dx.backend.leakyReluBackward(dx.data, dy.data, x.data, dx.size, this.alpha);
  }

  /** What `Sequential.from` builds this layer from. */
  describe(): LayerDescription {
    return { type: 'leakyRelu', alpha: this.alpha };
  }
}
