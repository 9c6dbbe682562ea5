import type { Backend, Floats } from '../backend/backend.js';
import { keepName } from '../identity.js';
import type { Tensor } from '../tensor/tensor.js';
import { type MomentumOptions, withVelocity } from './momentum.js';
import { UpdateRule } from './update-rule.js';

/** Options of Nesterov, those of Momentum. `learningRate`: default 0.01. */
export type NesterovOptions = MomentumOptions;

/**
 * Momentum that looks ahead: W ← W + α² · v − (1 + α) · η · dW with the old velocity, then v ← α · v − η · dW.
 *
 * Source: Nesterov (1983), in the form of Bengio, Boulanger-Lewandowski and Pascanu (2012), §3.5, as in the book's code.
 *
 * @throws {ArgumentError} for a number out of its range, or an unknown option
 */
export class Nesterov extends UpdateRule {
  static {
    keepName(Nesterov, 'Nesterov');
  }

  override readonly name = 'nesterov';

  constructor(options: NesterovOptions = {}) {
    super(withVelocity('Nesterov', options));
  }

  /** α. */
  get momentum(): number {
    return this.factor('momentum');
  }

  protected override apply(
    backend: Backend,
    n: number,
    w: Floats,
    g: Floats,
    [v]: readonly Tensor[],
    rate: number,
    decay: number,
  ): void {
    backend.nesterovUpdate(w, v!.data, g, n, rate, this.momentum, decay);
  }
}
