import type { Backend, Floats } from '../backend/backend.js';
import { keepName } from '../identity.js';
import { checkOptions, requireShare } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import { RULE_OPTIONS, type RuleDescription, UpdateRule, type UpdateRuleOptions } from './update-rule.js';

/** Options of Momentum. `learningRate`: default 0.01. */
export interface MomentumOptions extends UpdateRuleOptions {
  /** α, the share of the velocity that is kept, in [0, 1); default 0.9. */
  readonly momentum?: number;
}

/** What Momentum and Nesterov share: a velocity for each parameter. */
export function withVelocity(className: string, options: MomentumOptions): RuleDescription {
  checkOptions(className, options, [...RULE_OPTIONS, 'momentum']);
  return {
    className,
    options,
    defaultRate: 0.01,
    factors: { momentum: [options.momentum ?? 0.9, requireShare] },
    remembers: ['velocity'],
  };
}

/**
 * A ball that rolls downhill: v ← α · v − η · dW, then W ← W + v. The velocity v starts at 0.
 *
 * Source: Saito, Deep Learning from Scratch, §6.1.4.
 *
 * @throws {ArgumentError} for a number out of its range, or an unknown option
 */
export class Momentum extends UpdateRule {
  static {
    keepName(Momentum, 'Momentum');
  }

  override readonly name = 'momentum';

  constructor(options: MomentumOptions = {}) {
    super(withVelocity('Momentum', options));
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
    backend.momentumUpdate(w, v!.data, g, n, rate, this.momentum, decay);
  }
}
