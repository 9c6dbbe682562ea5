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
  if (norm > limit) shrink(grads, limit, norm); // NaN scales nothing
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
  const norm = largest * Math.sqrt(squares); // ∞ where it is beyond the range itself
  if (norm > limit) {
    scaleAll(grads, STEP);
    shrink(grads, limit, largest * STEP * Math.sqrt(squares));
  }
  return norm;
}

/** A power of two, by which a number of either type is multiplied exactly as long as the product is a normal number. */
const STEP = 2 ** -64;

/** The smallest normal numbers. What is below has fewer digits, or is 0. */
const SMALLEST = { float32: 2 ** -126, float64: 2 ** -1022 };

/**
 * Scales the norm to the limit, which is smaller. A factor that is no normal number of a gradient's type, to which it is
 * rounded, is applied in steps: what they round off is smaller than what the whole factor would.
 */
function shrink(grads: Tensors, limit: number, norm: number): void {
  for (const name in grads) {
    const { backend, data, dtype, size } = grads[name]!;
    let left = norm;
    for (; limit / left < SMALLEST[dtype]; left *= STEP) backend.scale(data, size, STEP);
    backend.scale(data, size, limit / left);
  }
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
