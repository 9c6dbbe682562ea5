/** Keeps gradients within bounds before an update, so that a single bad batch cannot throw the weights far away. */

import type { Tensors } from '../layers/layer.js';
import { requirePositive } from '../options.js';

/**
 * Scales all gradients equally if their common norm √Σ g² is above `limit`, so that it becomes `limit`; the direction stays.
 *
 * Source: Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (2013).
 *
 * @returns the norm before. Where it is not finite (NaN, ∞, or squares beyond the range of double) nothing is scaled
 * @throws {ArgumentError} unless `limit` is finite and greater than 0
 */
export function clipGlobalNorm(grads: Tensors, limit: number): number {
  requirePositive('clipGlobalNorm', 'limit', limit);
  let squares = 0;
  for (const name in grads) squares += grads[name]!.backend.sumOfSquares(grads[name]!.data, grads[name]!.size);
  const norm = Math.sqrt(squares);
  // A non-finite norm scales nothing: the gradient is left as it is, for the next check to find.
  if (!(norm > limit) || norm === Number.POSITIVE_INFINITY) return norm;
  const factor = limit / norm;
  for (const name in grads) {
    const { backend, data, size } = grads[name]!;
    backend.scale(data, size, factor);
  }
  return norm;
}

/**
 * Clips each element of the gradients to [−limit, limit]. NaN stays NaN.
 *
 * @throws {ArgumentError} unless `limit` is finite and greater than 0
 */
export function clipValue(grads: Tensors, limit: number): void {
  requirePositive('clipValue', 'limit', limit);
  for (const name in grads) {
    const { backend, data, size } = grads[name]!;
    backend.clip(data, data, size, -limit, limit);
  }
}
