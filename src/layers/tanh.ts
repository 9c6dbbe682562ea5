import { keepName } from '../identity.js';
import { ActivationLayer } from './activation-layer.js';

/**
 * Hyperbolic tangent: y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ); dx = dy · (1 − y²).
 *
 * Shapes: x, y, dx, dy (N, M). Source: Saito, Deep Learning from Scratch, §3.2 (as an alternative to the sigmoid).
 *
 * @example new Tanh().forward(Tensor.from([[0]])).toArray()   // [[0]]
 */
export class Tanh extends ActivationLayer {
  static {
    keepName(Tanh, 'Tanh');
  }

  constructor() {
    super('Tanh', 'tanh');
  }
}
