import { keepName } from '../identity.js';
import type { Tensor } from '../tensor/tensor.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { LayerDescription } from './layer-types.js';

/**
 * A smooth ReLU that is always above 0: y = log(1 + eˣ); dx = dy · σ(x).
 *
 * Shapes: x, y, dx, dy (N, M). Computed as max(x, 0) + log(1 + e^(−|x|)), so that no exponential overflows. Source: Dugas
 * et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing, 2000.
 *
 * @example new Softplus().forward(Tensor.from([[0]], { dtype: 'float64' })).toArray()   // [[0.6931471805599453]]
 */
export class Softplus extends ElementwiseLayer {
  static {
    keepName(Softplus, 'Softplus');
  }

  constructor() {
    super('Softplus');
  }

  protected values({ data: y }: Tensor, { data: x }: Tensor): void {
    for (let i = 0; i < y.length; i++) y[i] = Math.max(x[i]!, 0) + Math.log1p(Math.exp(-Math.abs(x[i]!)));
  }

  protected gradients({ data: dx }: Tensor, { data: dy }: Tensor, { data: x }: Tensor): void {
    // e⁻ˣ overflows to ∞ for very negative x, and dy / ∞ = 0 is the right answer.
    for (let i = 0; i < dx.length; i++) dx[i] = dy[i]! / (1 + Math.exp(-x[i]!));
  }

  /** What `Sequential.from` builds this layer from. */
  describe(): LayerDescription {
    return { type: 'softplus' };
  }
}
