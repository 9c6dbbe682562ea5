/**
 * Sums, means and maxima along one axis or over all elements, as in NumPy.
 *
 * Sums are pairwise in double and rounded to the dtype once at the end, so that float32 does not lose small terms.
 * In float64 the order of additions along contiguous elements is NumPy's own, so the digits agree.
 */

import { allocate, dtypeOf, type Floats } from '../backend/backend.js';
import { ShapeError } from '../errors.js';
import { formatShape, type NdArray, resolveAxis, sizeOf } from './shape.js';

/** Reduces n numbers that start at `start` and lie `step` apart. */
export type Reduction = (x: Floats, start: number, n: number, step: number) => number;

/** Neighbours are added in blocks of at most this many, as in NumPy; then blocks are added in pairs. */
const BLOCK = 128;

/**
 * Σ of n numbers, by eight running sums per block and blocks in pairs: the error grows with log n, not n.
 *
 * Source: Higham, The accuracy of floating point summation, 1993; block and order as in NumPy's `pairwise_sum`.
 */
export const sum: Reduction = (x, start, n, step) => {
  if (n < 8) return plainSum(x, start, n, step);
  if (n <= BLOCK) return blockSum(x, start, n, step);
  const half = Math.floor(n / 2);
  const left = half - (half % 8);
  return sum(x, start, left, step) + sum(x, start + left * step, n - left, step);
};

function plainSum(x: Floats, start: number, n: number, step: number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += x[start + i * step]!;
  return total;
}

function blockSum(x: Floats, start: number, n: number, step: number): number {
  const r = [0, 0, 0, 0, 0, 0, 0, 0];
  const eights = n - (n % 8);
  for (let i = 0; i < eights; i += 8) {
    for (let j = 0; j < 8; j++) r[j]! += x[start + (i + j) * step]!;
  }
  let total = r[0]! + r[1]! + (r[2]! + r[3]!) + (r[4]! + r[5]! + (r[6]! + r[7]!));
  for (let i = eights; i < n; i++) total += x[start + i * step]!;
  return total;
}

/** The mean; of no numbers it is 0/0, NaN, as in NumPy. */
export const mean: Reduction = (x, start, n, step) => sum(x, start, n, step) / n;

/** The maximum; NaN if one of the numbers is NaN. */
export const max: Reduction = (x, start, n, step) => {
  let greatest = x[start]!;
  for (let i = 1; i < n; i++) greatest = Math.max(greatest, x[start + i * step]!);
  return greatest;
};

/** The minimum; NaN if one of the numbers is NaN. */
export const min: Reduction = (x, start, n, step) => {
  let least = x[start]!;
  for (let i = 1; i < n; i++) least = Math.min(least, x[start + i * step]!);
  return least;
};

/** The index of the first maximum; the first NaN counts as larger than every number. */
export const argMax: Reduction = (x, start, n, step) => {
  let place = 0;
  let greatest = x[start]!;
  for (let i = 1; i < n && !Number.isNaN(greatest); i++) {
    const value = x[start + i * step]!;
    if (value > greatest || Number.isNaN(value)) {
      place = i;
      greatest = value;
    }
  }
  return place;
};

/** Over all elements: one number, in double. */
export function reduceAll({ data }: NdArray, f: Reduction): number {
  return f(data, 0, data.length, 1);
}

/** Along one axis, which the result lacks, or keeps with length 1 under `keepDims`. */
export function reduceAxis(operation: string, a: NdArray, axis: number, keepDims: boolean, f: Reduction): NdArray {
  const along = resolveAxis(operation, axis, a.shape.length);
  const out = allocate(dtypeOf(a.data), sizeOf(a.shape.with(along, 1)));
  reduceInto(out, a, along, f);
  return { data: out, shape: keepDims ? a.shape.with(along, 1) : a.shape.toSpliced(along, 1) };
}

/** The same into the caller's array, in row-major order of the remaining axes. */
export function reduceInto(out: Floats | Int32Array, { data, shape }: NdArray, axis: number, f: Reduction): void {
  const n = shape[axis]!;
  const step = sizeOf(shape.slice(axis + 1)); // neighbours along the axis lie one inner block apart
  for (let i = 0; i < out.length; i++) {
    const outer = Math.floor(i / step);
    out[i] = f(data, outer * n * step + (i % step), n, step);
  }
}

/**
 * An empty sum is 0, but an empty maximum has no value.
 *
 * @throws {ShapeError} if a maximum would be taken over no elements
 */
export function requireElements(operation: string, { shape }: NdArray, axis?: number): void {
  const reduced = axis === undefined ? sizeOf(shape) : shape[resolveAxis(operation, axis, shape.length)]!;
  if (reduced > 0) return;
  throw new ShapeError({
    operation,
    found: `this tensor has shape ${formatShape(shape)}`,
    expected: `at least one element${axis === undefined ? '' : ` along axis ${axis}`} (an empty array has no maximum or minimum)`,
  });
}
