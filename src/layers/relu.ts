import { keepName } from '../identity.js';
import { ActivationLayer } from './activation-layer.js';

/**
 * Rectified linear unit: y = max(0, x); dx = dy where y > 0, else 0. The derivative at 0 is 0. NaN stays NaN.
 *
 * Shapes: x, y, dx, dy (N, M). Source: Saito, Deep Learning from Scratch, §5.5.1.
 *
 * @example new Relu().forward(Tensor.from([[-1, 0, 2]])).toArray()   // [[0, 0, 2]]
 */
export class Relu extends ActivationLayer {
  static {
    keepName(Relu, 'Relu');
  }

  constructor() {
    super('Relu', 'relu');
  }
}
