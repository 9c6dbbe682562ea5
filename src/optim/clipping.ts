/** Keeps gradients within bounds before an update, so that a single bad batch cannot throw the weights far away. */

import type { Tensors } from '../layers/layer.js';
import { requirePositive } from '../options.js';
import { requireMemory, withoutNumbers } from '../tensor/memory.js';

/**
 * Scales all gradients equally if their common norm √Σ g² is above `limit`, so that it becomes `limit`; the direction stays.
 *
 * Source: Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (2013).
 *
 * @returns the norm before. Where a gradient is not finite nothing is scaled, and this is NaN or ∞
 * @throws {ArgumentError} unless `limit` is finite and greater than 0
 * @throws {ShapeError} if the memory of a gradient was taken away; {StateError} if a `tidy` has ended it
 */
export function clipGlobalNorm(grads: Tensors, limit: number): number {
  requirePositive('clipGlobalNorm', 'limit', limit);
  requireWhole('clipGlobalNorm', grads);
  let squares = 0;
  for (const name in grads) squares += grads[name]!.backend.sumOfSquares(grads[name]!.data, grads[name]!.size);
  const norm = Math.sqrt(squares);
  if (norm === Number.POSITIVE_INFINITY) return clipHuge(grads, limit);
  if (norm > limit) scaleAll(grads, limit / norm); // NaN scales nothing
  return norm;
}

/** A gradient without numbers would count as 0. Its name is made for an error only: a step creates no strings. */
function requireWhole(operation: string, grads: Tensors): void {
  for (const name in grads) {
    if (withoutNumbers(grads[name]!) !== undefined) requireMemory(operation, `grads.${name}`, grads[name]!);
  }
}

/** The same for squares beyond the range of double, by way of the largest magnitude. */
function clipHuge(grads: Tensors, limit: number): number {
  let largest = 0;
  for (const { data } of Object.values(grads)) for (const g of data) largest = Math.max(largest, Math.abs(g));
  // A gradient that is not finite is left as it is, for the next check to find.
  if (!Number.isFinite(largest)) return largest;
  let squares = 0;
  for (const { data } of Object.values(grads)) for (const g of data) squares += (g / largest) ** 2;
  const relative = Math.sqrt(squares);
  scaleAll(grads, limit / largest / relative);
  return largest * relative;
}

function scaleAll(grads: Tensors, factor: number): void {
  for (const name in grads) {
    const { backend, data, size } = grads[name]!;
    backend.scale(data, size, factor);
  }
}

/**
 * Clips each element of the gradients to [−limit, limit]. NaN stays NaN.
 *
 * @throws {ArgumentError} unless `limit` is finite and greater than 0
 * @throws {ShapeError} if the memory of a gradient was taken away; {StateError} if a `tidy` has ended it
 */
export function clipValue(grads: Tensors, limit: number): void {
  requirePositive('clipValue', 'limit', limit);
  requireWhole('clipValue', grads);
  for (const name in grads) {
    const { backend, data, size } = grads[name]!;
    backend.clip(data, data, size, -limit, limit);
  }
}
