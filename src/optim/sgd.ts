import { keepName } from '../identity.js';
import type { Tensors } from '../layers/layer.js';
import { checkOptions, requirePositive } from '../options.js';
import type { Optimizer, OptimizerState } from './optimizer.js';
import { requireGradients } from './require-gradients.js';

/** The learning rate of `SGD`. */
export interface SGDOptions {
  /** η, greater than 0; default 0.1, the book's for MNIST. */
  readonly learningRate?: number;
}

/**
 * Stochastic gradient descent: W ← W − η · dW, for every parameter.
 *
 * Source: Saito, Deep Learning from Scratch, §6.1.2.
 *
 * @throws {ArgumentError} for a learning rate that is not finite and greater than 0, or an unknown option
 */
export class SGD implements Optimizer {
  static {
    keepName(SGD, 'SGD');
  }

  readonly name = 'sgd';
  private rate: number;

  constructor(options: SGDOptions = {}) {
    checkOptions('SGD', options, ['learningRate']);
    this.rate = requirePositive('SGD', 'learningRate', options.learningRate ?? 0.1);
  }

  get learningRate(): number {
    return this.rate;
  }

  /**
   * @throws {ShapeError} if `grads` lacks a parameter or has another size, {DtypeError} for another dtype,
   *   {ArgumentError} for memory that cannot be written; no parameter is written then
   */
  update(params: Tensors, grads: Tensors): void {
    requireGradients('SGD.update', params, grads);
    for (const name in params) {
      const parameter = params[name]!;
      parameter.backend.axpy(parameter.size, -this.rate, grads[name]!.data, parameter.data);
    }
  }

  /** The learning rate; there is nothing else to remember. */
  state(): OptimizerState {
    return { numbers: { learningRate: this.rate }, tensors: {} };
  }

  /** @throws {ArgumentError} for a learning rate that is not finite and greater than 0 */
  restore({ numbers }: OptimizerState): void {
    this.rate = requirePositive('SGD.restore', 'learningRate', numbers['learningRate']);
  }
}
