import type { Backend, Floats } from '../backend/backend.js';
import { keepName } from '../identity.js';
import { checkOptions, requirePositive } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import { RULE_OPTIONS, UpdateRule, type UpdateRuleOptions } from './update-rule.js';

/** Options of AdaGrad. `learningRate`: default 0.01. */
export interface AdaGradOptions extends UpdateRuleOptions {
  /** ε, added to the root, greater than 0; default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Each weight has its own rate, which is smaller the more the weight has moved: h ← h + dW², then W ← W − η · dW / (√h + ε).
 *
 * Source: Saito, Deep Learning from Scratch, §6.1.5; Duchi, Hazan and Singer (2011).
 *
 * @throws {ArgumentError} for a number out of its range, or an unknown option
 */
export class AdaGrad extends UpdateRule {
  static {
    keepName(AdaGrad, 'AdaGrad');
  }

  override readonly name = 'adaGrad';

  constructor(options: AdaGradOptions = {}) {
    checkOptions('AdaGrad', options, [...RULE_OPTIONS, 'epsilon']);
    super({
      className: 'AdaGrad',
      options,
      defaultRate: 0.01,
      factors: { epsilon: [options.epsilon ?? 1e-7, requirePositive] },
      remembers: ['squares'],
    });
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
    backend.adaGradUpdate(w, h!.data, g, n, rate, this.epsilon, decay);
  }
}
