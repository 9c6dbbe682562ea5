/**
 * x to the power y, as in NumPy and C: 1 to any power is 1, and so is −1 to an infinite one, where JavaScript gives
 * NaN. A square is the correctly rounded product.
 */
export function power(x: number, y: number): number {
  if (y === 2) return x * x;
  if (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY)) return 1;
  return x ** y;
}
