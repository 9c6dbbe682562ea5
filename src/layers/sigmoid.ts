import { keepName } from '../identity.js';
import { ActivationLayer } from './activation-layer.js';

/**
 * Logistic function: y = 1 / (1 + exp(−x)); dx = dy · y · (1 − y).
 *
 * Shapes: x, y, dx, dy (N, M). Source: Saito, Deep Learning from Scratch, §5.5.2.
 *
 * @example new Sigmoid().forward(Tensor.from([[0]])).toArray()   // [[0.5]]
 */
export class Sigmoid extends ActivationLayer {
  static {
    keepName(Sigmoid, 'Sigmoid');
  }

  constructor() {
    super('Sigmoid', 'sigmoid');
  }
}
