import type { Tensors } from '../layers/layer.js';

/** A rule that turns gradients into new parameters. */
export interface Optimizer {
  /** η, the factor of the gradient. */
  readonly learningRate: number;
  /** Writes new values into `params`, in place, from `grads` of the same names and shapes. The book's signature. */
  update(params: Tensors, grads: Tensors): void;
}
