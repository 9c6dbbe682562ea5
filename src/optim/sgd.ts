import type { Backend, Floats } from '../backend/backend.js';
import { keepName } from '../identity.js';
import { checkOptions } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import { RULE_OPTIONS, UpdateRule, type UpdateRuleOptions } from './update-rule.js';

/** Options of SGD. `learningRate`: default 0.1, the book's for MNIST. */
export type SGDOptions = UpdateRuleOptions;

/**
 * Stochastic gradient descent: W ← W − η · dW, for every parameter.
 *
 * Source: Saito, Deep Learning from Scratch, §6.1.2.
 *
 * @throws {ArgumentError} for a learning rate that is not finite and greater than 0, or an unknown option
 */
export class SGD extends UpdateRule {
  static {
    keepName(SGD, 'SGD');
  }

  override readonly name = 'sgd';

  constructor(options: SGDOptions = {}) {
    checkOptions('SGD', options, RULE_OPTIONS);
    super({ className: 'SGD', options, defaultRate: 0.1 });
  }

  protected override apply(
    backend: Backend,
    n: number,
    w: Floats,
    g: Floats,
    _: readonly Tensor[],
    rate: number,
    decay: number,
  ): void {
    if (decay === 0) backend.axpy(n, -rate, g, w);
    else backend.sgdUpdate(w, g, n, rate, decay);
  }
}
