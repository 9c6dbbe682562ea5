import type { Backend, Floats } from '../backend/backend.js';
import { keepName } from '../identity.js';
import { checkOptions, requireOneOf, requirePositive, requireShare } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import { RULE_OPTIONS, type RuleDescription, UpdateRule, type UpdateRuleOptions } from './update-rule.js';

/** Where ε is added; see `AdamOptions.epsilonPlacement`. */
export type EpsilonPlacement = 'uncorrected' | 'corrected';

/** Options of Adam. `learningRate`: default 0.001. */
export interface AdamOptions extends UpdateRuleOptions {
  /** β₁, the share of the mean gradient that is kept, in [0, 1); default 0.9. */
  readonly beta1?: number;
  /** β₂, the share of the mean square that is kept, in [0, 1); default 0.999. */
  readonly beta2?: number;
  /** ε, greater than 0; default 1e-7. */
  readonly epsilon?: number;
  /**
   * Whether ε is added to √v itself ('uncorrected': the book and Keras, the default) or to √v after its bias
   * correction ('corrected': the paper and PyTorch). Without ε the two forms are equal.
   */
  readonly epsilonPlacement?: EpsilonPlacement;
}

/** The option names of Adam and AdamW. @internal */
export const ADAM_OPTIONS = [...RULE_OPTIONS, 'beta1', 'beta2', 'epsilon', 'epsilonPlacement'] as const;

/** What Adam and AdamW share: they differ in how weights decay. */
export abstract class AdamRule extends UpdateRule {
  protected constructor(
    description: Omit<RuleDescription, 'factors' | 'remembers'>,
    {
      beta1 = 0.9,
      beta2 = 0.999,
      epsilon,
      epsilonPlacement,
    }: Required<Pick<AdamOptions, 'epsilon' | 'epsilonPlacement'>> & AdamOptions,
  ) {
    const placement = requireOneOf(description.className, 'epsilonPlacement', epsilonPlacement, [
      'uncorrected',
      'corrected',
    ]);
    super({
      ...description,
      factors: {
        beta1: [beta1, requireShare],
        beta2: [beta2, requireShare],
        epsilon: [epsilon, requirePositive],
        epsilonIsCorrected: [placement === 'corrected' ? 1 : 0, requireBit],
      },
      remembers: ['means', 'squares'],
    });
  }

  /** β₁. */
  get beta1(): number {
    return this.factor('beta1');
  }

  /** β₂. */
  get beta2(): number {
    return this.factor('beta2');
  }

  /** ε. */
  get epsilon(): number {
    return this.factor('epsilon');
  }

  /** Whether ε is added to √v before or after its bias correction. */
  get epsilonPlacement(): EpsilonPlacement {
    return this.factor('epsilonIsCorrected') === 1 ? 'corrected' : 'uncorrected';
  }

  /**
   * One update of a parameter. m and v start at 0 and are too small at first, by 1 − β₁ᵗ and 1 − β₂ᵗ: the rate makes up
   * for it, or for v its root.
   */
  protected step(
    backend: Backend,
    n: number,
    w: Floats,
    g: Floats,
    memory: readonly Tensor[],
    rate: number,
    decay: number,
    keep: number,
  ): void {
    const { beta1, beta2, epsilon, updates: t } = this;
    const m = memory[0]!.data;
    const v = memory[1]!.data;
    const correction1 = 1 - beta1 ** t;
    const correction2 = Math.sqrt(1 - beta2 ** t);
    if (this.epsilonPlacement === 'corrected') {
      const root = 1 / correction2;
      backend.adamUpdate(w, m, v, g, n, rate / correction1, beta1, beta2, root, epsilon, decay, keep);
    } else {
      const corrected = (rate * correction2) / correction1;
      backend.adamUpdate(w, m, v, g, n, corrected, beta1, beta2, 1, epsilon, decay, keep);
    }
  }
}

/**
 * Momentum and RMSProp combined, with bias correction: m ← β₁ · m + (1 − β₁) · dW, v ← β₂ · v + (1 − β₂) · dW², then
 * W ← W − η · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε).
 *
 * Source: Saito, Deep Learning from Scratch, §6.1.6; Kingma and Ba (2015).
 *
 * @throws {ArgumentError} for a number out of its range, or an unknown option
 */
export class Adam extends AdamRule {
  static {
    keepName(Adam, 'Adam');
  }

  override readonly name = 'adam';

  constructor(options: AdamOptions = {}) {
    checkOptions('Adam', options, ADAM_OPTIONS);
    const { epsilon = 1e-7, epsilonPlacement = 'uncorrected' } = options;
    super({ className: 'Adam', options, defaultRate: 0.001 }, { ...options, epsilon, epsilonPlacement });
  }

  protected override apply(
    backend: Backend,
    n: number,
    w: Floats,
    g: Floats,
    memory: readonly Tensor[],
    rate: number,
    decay: number,
  ): void {
    this.step(backend, n, w, g, memory, rate, decay, 1);
  }
}

function requireBit(operation: string, name: string, value: unknown): number {
  return value === 0 || value === 1 ? value : Number(requireOneOf(operation, name, String(value), ['0', '1']));
}
