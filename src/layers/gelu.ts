import { keepName } from '../identity.js';
import { checkOptions, requireFlag } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { LayerDescription } from './layer-types.js';

/** Which of the two common forms a `Gelu` computes. */
export interface GeluOptions {
  /** Whether Φ is the normal distribution itself (default true), or the approximation by tanh. */
  readonly exact?: boolean;
}

/**
 * Gaussian error linear unit: y = x · Φ(x), with Φ the distribution function of the normal distribution;
 * dx = dy · (Φ(x) + x · φ(x)).
 *
 * With `exact: false`, Φ(x) = ½ (1 + tanh(√(2/π) · (x + 0.044715 x³))), as some published networks were trained.
 * Shapes: x, y, dx, dy (N, M). Source: Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.
 *
 * @example new Gelu().forward(Tensor.from([[1]], { dtype: 'float64' })).toArray()   // [[0.841344746068543]]
 * @throws {ArgumentError} if `exact` is neither true nor false
 */
export class Gelu extends ElementwiseLayer {
  static {
    keepName(Gelu, 'Gelu');
  }

  readonly exact: boolean;

  constructor(options: GeluOptions = {}) {
    super('Gelu');
    checkOptions('Gelu', options, ['exact']);
    this.exact = requireFlag('Gelu', 'exact', options.exact ?? true);
  }

  protected values(y: Tensor, x: Tensor): void {
    y.backend.gelu(y.data, x.data, y.size, this.exact);
  }

  protected gradients(dx: Tensor, dy: Tensor, x: Tensor): void {
    dx.backend.geluBackward(dx.data, dy.data, x.data, dx.size, this.exact);
  }

  /** What `Sequential.from` builds this layer from. */
  describe(): LayerDescription {
    return { type: 'gelu', ...(this.exact ? {} : { exact: false }) };
  }
}
