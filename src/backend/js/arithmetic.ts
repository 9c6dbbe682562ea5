/** Arithmetic element by element. A loop for each operation: one that calls a function of the operation is half as fast. */

import type { BinaryOperation, Floats, UnaryOperation } from '../backend.js';
import { power } from './power.js';

/** y ← f(x), n elements; see `ArithmeticFunctions.unary`. */
export function unary(y: Floats, x: Floats, n: number, operation: UnaryOperation): void {
  switch (operation) {
    case 'exp':
      for (let i = 0; i < n; i++) y[i] = Math.exp(x[i]!);
      break;
    case 'log':
      for (let i = 0; i < n; i++) y[i] = Math.log(x[i]!);
      break;
    case 'sqrt':
      for (let i = 0; i < n; i++) y[i] = Math.sqrt(x[i]!);
      break;
    case 'abs':
      for (let i = 0; i < n; i++) y[i] = Math.abs(x[i]!);
      break;
    case 'negate':
      for (let i = 0; i < n; i++) y[i] = -x[i]!;
      break;
  }
}

/** y ← f(a, b), m × n, with rows and columns of a and b repeated; see `ArithmeticFunctions.binary`. */
export function binary(
  y: Floats,
  a: Floats,
  b: Floats,
  m: number,
  n: number,
  aRows: number,
  aColumns: number,
  bRows: number,
  bColumns: number,
  operation: BinaryOperation,
): void {
  const combine = ROWS[operation];
  // From one row or column to the next: 0 where there is only one, which is repeated.
  const [aDown, aRight] = [aRows === 1 ? 0 : aColumns, aColumns === 1 ? 0 : 1];
  const [bDown, bRight] = [bRows === 1 ? 0 : bColumns, bColumns === 1 ? 0 : 1];
  for (let r = 0; r < m; r++) combine(y, r * n, n, a, r * aDown, aRight, b, r * bDown, bRight);
}

/** y[to … to + n) ← f of n elements of a from i on, di apart, and of b from j on, dj apart. */
type CombineRow = (
  y: Floats,
  to: number,
  n: number,
  a: Floats,
  i: number,
  di: number,
  b: Floats,
  j: number,
  dj: number,
) => void;

const ROWS: Readonly<Record<BinaryOperation, CombineRow>> = {
  add(y, to, n, a, i, di, b, j, dj) {
    for (let k = 0; k < n; k++) y[to + k] = a[i + k * di]! + b[j + k * dj]!;
  },
  subtract(y, to, n, a, i, di, b, j, dj) {
    for (let k = 0; k < n; k++) y[to + k] = a[i + k * di]! - b[j + k * dj]!;
  },
  multiply(y, to, n, a, i, di, b, j, dj) {
    for (let k = 0; k < n; k++) y[to + k] = a[i + k * di]! * b[j + k * dj]!;
  },
  divide(y, to, n, a, i, di, b, j, dj) {
    for (let k = 0; k < n; k++) y[to + k] = a[i + k * di]! / b[j + k * dj]!;
  },
  power(y, to, n, a, i, di, b, j, dj) {
    for (let k = 0; k < n; k++) y[to + k] = power(a[i + k * di]!, b[j + k * dj]!);
  },
  maximum(y, to, n, a, i, di, b, j, dj) {
    for (let k = 0; k < n; k++) y[to + k] = Math.max(a[i + k * di]!, b[j + k * dj]!);
  },
  minimum(y, to, n, a, i, di, b, j, dj) {
    for (let k = 0; k < n; k++) y[to + k] = Math.min(a[i + k * di]!, b[j + k * dj]!);
  },
};
