import { ShapeError } from '../errors.js';
import type { Tensors } from '../layers/layer.js';
import { checkOptions, requirePositive } from '../options.js';
import type { Optimizer } from './optimizer.js';

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
  readonly learningRate: number;

  constructor(options: SGDOptions = {}) {
    checkOptions('SGD', options, ['learningRate']);
    this.learningRate = requirePositive('SGD', 'learningRate', options.learningRate ?? 0.1);
  }

  /** @throws {ShapeError} if `grads` lacks a parameter or has another size; nothing is written then */
  update(params: Tensors, grads: Tensors): void {
    requireGradients('SGD.update', params, grads);
    for (const name in params) {
      const parameter = params[name]!;
      parameter.backend.axpy(parameter.size, -this.learningRate, grads[name]!.data, parameter.data);
    }
  }
}

/** @throws {ShapeError} unless there is a gradient of the same size for every parameter */
export function requireGradients(operation: string, params: Tensors, grads: Tensors): void {
  for (const name in params) {
    const gradient = grads[name];
    if (gradient === undefined) {
      throw new ShapeError({ operation, found: `grads has no "${name}"`, expected: 'a gradient for every parameter' });
    }
    if (gradient.size !== params[name]!.size) {
      throw new ShapeError({
        operation,
        found: `grads.${name} has shape [${gradient.shape.join(', ')}]`,
        expected: `[${params[name]!.shape.join(', ')}] (the shape of params.${name})`,
      });
    }
  }
}
