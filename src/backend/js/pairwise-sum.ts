/**
 * Sums of neighbouring numbers whose rounding error grows with log n, not n.
 *
 * Source: Higham, The accuracy of floating point summation, 1993; block and order as in NumPy's `pairwise_sum`.
 */

import type { Floats } from '../backend.js';

/** Neighbours are added in blocks of at most this many, by eight running sums; then blocks are added in pairs. */
const BLOCK = 128;

/** Σ of the n numbers x[start], x[start + step] …, in double. */
export function pairwiseSum(x: Floats, start: number, n: number, step: number): number {
  if (n < 8) return plainSum(x, start, n, step);
  if (n <= BLOCK) return blockSum(x, start, n, step);
  const half = Math.floor(n / 2);
  const left = half - (half % 8);
  return pairwiseSum(x, start, left, step) + pairwiseSum(x, start + left * step, n - left, step);
}

function plainSum(x: Floats, start: number, n: number, step: number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += x[start + i * step]!;
  return total;
}

function blockSum(x: Floats, start: number, n: number, step: number): number {
  let [r0, r1, r2, r3, r4, r5, r6, r7] = [0, 0, 0, 0, 0, 0, 0, 0];
  const eights = n - (n % 8);
  let at = start;
  for (let i = 0; i < eights; i += 8, at += 8 * step) {
    r0 += x[at]!;
    r1 += x[at + step]!;
    r2 += x[at + 2 * step]!;
    r3 += x[at + 3 * step]!;
    r4 += x[at + 4 * step]!;
    r5 += x[at + 5 * step]!;
    r6 += x[at + 6 * step]!;
    r7 += x[at + 7 * step]!;
  }
  let total = r0 + r1 + (r2 + r3) + (r4 + r5 + (r6 + r7));
  for (let i = eights; i < n; i++, at += step) total += x[at]!;
  return total;
}
