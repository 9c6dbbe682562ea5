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

  protected values(y: Tensor, x: Tensor): void {
    y.backend.softplus(y.data, x.data, y.size);
  }

  protected gradients(dx: Tensor, dy: Tensor, x: Tensor): void {
    dx.backend.softplusBackward(dx.data, dy.data, x.data, dx.size);
  }

  /** What `Sequential.from` builds this layer from. */
  describe(): LayerDescription {
    return { type: 'softplus' };
  }
}
