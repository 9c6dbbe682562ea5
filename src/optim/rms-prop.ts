import type { Backend, Floats } from '../backend/backend.js';
import { keepName } from '../identity.js';
import { checkOptions, requirePositive, requireShare } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import { RULE_OPTIONS, UpdateRule, type UpdateRuleOptions } from './update-rule.js';

/** Options of RMSProp. `learningRate`: default 0.01. */
export interface RMSPropOptions extends UpdateRuleOptions {
  /** ρ, the share of the mean square that is kept, in [0, 1); default 0.99. */
  readonly rho?: number;
  /** ε, added to the root, greater than 0; default 1e-7. */
  readonly epsilon?: number;
}

/**
 * AdaGrad that forgets: h ← ρ · h + (1 − ρ) · dW², then W ← W − η · dW / (√h + ε).
 *
 * Source: Hinton, Neural Networks for Machine Learning, lecture 6e (2012); the form of the book's code.
 *
 * @throws {ArgumentError} for a number out of its range, or an unknown option
 */
export class RMSProp extends UpdateRule {
  static {
    keepName(RMSProp, 'RMSProp');
  }

  override readonly name = 'rmsProp';

  constructor(options: RMSPropOptions = {}) {
    checkOptions('RMSProp', options, [...RULE_OPTIONS, 'rho', 'epsilon']);
    super({
      className: 'RMSProp',
      options,
      defaultRate: 0.01,
      factors: { rho: [options.rho ?? 0.99, requireShare], epsilon: [options.epsilon ?? 1e-7, requirePositive] },
      remembers: ['squares'],
    });
  }

  /** ρ. */
  get rho(): number {
    return this.factor('rho');
  }

  /** ε. */
  get epsilon(): number {
    return this.factor('epsilon');
  }

  protected override apply(
    backend: Backend,
    n: number,
    w: Floats,
    g: Floats,
    [h]: readonly Tensor[],
    rate: number,
    decay: number,
  ): void {
    backend.rmsPropUpdate(w, h!.data, g, n, rate, this.rho, this.epsilon, decay);
  }
}
