/** The backend functions that tensors are computed with: element by element, and along an axis. */

import type { BinaryOperation, Floats, Reduction, UnaryOperation } from './numbers.js';

export interface ArithmeticFunctions {
  /**
   * y ← f(x), n elements. y may be the same array as x.
   *
   * exp, log (−∞ of ±0, NaN below 0), sqrt (correctly rounded; NaN below 0, −0 of −0), abs, and negate, which turns the sign
   * of zeros too. docs/numerics.md has the bounds of exp and log; the others are exact, or rounded once.
   */
  unary(y: Floats, x: Floats, n: number, operation: UnaryOperation): void;

  /**
   * y ← f(a, b) with y m × n; a is aRows × aColumns, b is bRows × bColumns. The rows of an operand are m, or one that is
   * repeated; its columns are n, or one that is repeated: broadcasting over two axes, to which any that are neighbours and
   * treated alike can be joined. y may be the same array as an operand that has m × n elements.
   *
   * Sums, differences, products and quotients are rounded once. maximum and minimum are NaN if either operand is; of two zeros
   * either may be the result. power is that of C and NumPy: 1 to any power and any number to the power 0 are 1, also with NaN,
   * and −1 to the power ±∞ is 1; x to the power 2 is the product x · x.
   */
  binary(
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
  ): void;

  /**
   * out[o, i] ← the reduction of x[o, :, i]; x is outer × axis × inner, out is outer × inner.
   *
   * Sums are pairwise and, for either type, in double; a mean is the sum ÷ axis; both are rounded once. maximum and minimum are
   * NaN if a number is, and of zeros either. Of no numbers the sum is 0, the mean NaN, the maximum −∞ and the minimum ∞.
   * The order of additions depends on the sizes alone; for float64, inner = 1 and a length of at most 8,192 it is that
   * of NumPy, to the bit.
   */
  reduce(out: Floats, x: Floats, outer: number, axis: number, inner: number, operation: Reduction): void;

  /**
   * out[o, i] ← the place along the axis of the first maximum of x[o, :, i]; the first NaN wins over every number. axis ≥ 1
   * unless outer = 0.
   */
  argMax(out: Int32Array, x: Floats, outer: number, axis: number, inner: number): void;
}
