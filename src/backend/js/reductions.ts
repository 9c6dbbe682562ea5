/** Sums, means, maxima and minima along an axis, and the place of the maximum. */

import type { Floats, Reduction } from '../backend.js';
import { sumColumns } from './column-sums.js';
import { pairwiseSum } from './pairwise-sum.js';

/** out[o, i] ← the reduction of x[o, :, i]; see `ArithmeticFunctions.reduce`. */
export function reduce(out: Floats, x: Floats, outer: number, axis: number, inner: number, operation: Reduction): void {
  const divisor = operation === 'mean' ? axis : 1;
  for (let o = 0; o < outer; o++) {
    const [to, from] = [o * inner, o * axis * inner];
    if (operation === 'maximum') maxima(out, to, x, from, axis, inner);
    else if (operation === 'minimum') minima(out, to, x, from, axis, inner);
    else if (inner === 1) out[to] = pairwiseSum(x, from, axis, 1) / divisor;
    else sumColumns(out, to, x, from, axis, inner, divisor);
  }
}

// Math.max and Math.min are NaN if a number is.

function maxima(out: Floats, to: number, x: Floats, from: number, m: number, n: number): void {
  out.fill(Number.NEGATIVE_INFINITY, to, to + n);
  for (let row = from; row < from + m * n; row += n) {
    for (let j = 0; j < n; j++) out[to + j] = Math.max(out[to + j]!, x[row + j]!);
  }
}

function minima(out: Floats, to: number, x: Floats, from: number, m: number, n: number): void {
  out.fill(Number.POSITIVE_INFINITY, to, to + n);
  for (let row = from; row < from + m * n; row += n) {
    for (let j = 0; j < n; j++) out[to + j] = Math.min(out[to + j]!, x[row + j]!);
  }
}

/** out[o, i] ← the place of the first maximum of x[o, :, i]; see `ArithmeticFunctions.argMax`. */
export function argMax(out: Int32Array, x: Floats, outer: number, axis: number, inner: number): void {
  for (let o = 0; o < outer; o++) {
    const [to, from] = [o * inner, o * axis * inner];
    out.fill(0, to, to + inner);
    for (let r = 1; r < axis; r++) {
      for (let j = 0; j < inner; j++) {
        const most = x[from + out[to + j]! * inner + j]!;
        // Nothing beats a NaN; a value that is NaN or larger beats a number.
        if (!Number.isNaN(most) && !(x[from + r * inner + j]! <= most)) out[to + j] = r;
      }
    }
  }
}
