import type { Backend, Floats } from '../backend/backend.js';
import { keepName } from '../identity.js';
import { checkOptions } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import { ADAM_OPTIONS, type AdamOptions, AdamRule } from './adam.js';

/**
 * Options of AdamW, those of Adam with other defaults: `learningRate` 0.001, `weightDecay` 0.01, `epsilon` 1e-8,
 * `epsilonPlacement` 'corrected'.
 */
export type AdamWOptions = AdamOptions;

/**
 * Adam with decoupled weight decay: W ← (1 − η · λ) · W, then Adam's step with the gradient alone.
 *
 * The penalty does not pass through Adam's division, so that all weights decay equally.
 *
 * Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019); defaults as in PyTorch.
 *
 * @throws {ArgumentError} for a number out of its range, or an unknown option
 */
export class AdamW extends AdamRule {
  static {
    keepName(AdamW, 'AdamW');
  }

  override readonly name = 'adamW';

  constructor(options: AdamWOptions = {}) {
    checkOptions('AdamW', options, ADAM_OPTIONS);
    const { epsilon = 1e-8, epsilonPlacement = 'corrected' } = options;
    super(
      { className: 'AdamW', options, defaultRate: 0.001, defaultDecay: 0.01 },
      { ...options, epsilon, epsilonPlacement },
    );
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
    this.step(backend, n, w, g, memory, rate, 0, 1 - rate * decay);
  }
}
