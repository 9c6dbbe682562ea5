/**
 * Sums over the rows of a matrix whose rounding error does not grow with the number of rows.
 *
 * Up to BLOCK rows are added in order. If there are more, the sums of the two halves are added (pairwise summation:
 * Higham, Accuracy and Stability of Numerical Algorithms, §4.1), so that each number passes through at most
 * BLOCK + log₂(m / BLOCK) additions, not m. docs/numerics.md has the bound.
 */

import type { Floats } from '../backend.js';

/** Rows added in order. */
const BLOCK = 128;
/** Columns taken at a time. */
const WIDTH = 64;
/** One level for the sum itself, and one for each halving from 2³¹ rows down to BLOCK. */
const LEVELS = 25;

/** Sums of WIDTH columns, in double for float32 too; allocated once. */
const sums = Array.from({ length: LEVELS }, () => new Float64Array(WIDTH));

/** out[j] ← Σ over rows r of x[r, j]; x is m × n. */
export function columnSums(out: Floats, x: Floats, m: number, n: number): void {
  sumColumns(out, 0, x, 0, m, n, 1);
}

/** The same ÷ divisor, for a matrix from x[from] on and sums from out[to] on. */
export function sumColumns(
  out: Floats,
  to: number,
  x: Floats,
  from: number,
  m: number,
  n: number,
  divisor: number,
): void {
  for (let j = 0; j < n; j += WIDTH) {
    const width = Math.min(WIDTH, n - j);
    const sum = sumRows(0, x, 0, m, n, from + j, width);
    for (let column = 0; column < width; column++) out[to + j + column] = sum[column]! / divisor;
  }
}

/** sums[level] ← Σ of x[j + r · n … j + r · n + width) over rows r in [first, last). */
function sumRows(
  level: number,
  x: Floats,
  first: number,
  last: number,
  n: number,
  j: number,
  width: number,
): Float64Array {
  const sum = sums[level]!;
  if (last - first <= BLOCK) {
    sum.fill(0);
    for (let at = first * n + j; at < last * n + j; at += n) {
      for (let column = 0; column < width; column++) sum[column]! += x[at + column]!;
    }
    return sum;
  }
  const middle = first + Math.floor((last - first) / 2);
  sumRows(level, x, first, middle, n, j, width);
  const half = sumRows(level + 1, x, middle, last, n, j, width);
  for (let column = 0; column < width; column++) sum[column]! += half[column]!;
  return sum;
}
