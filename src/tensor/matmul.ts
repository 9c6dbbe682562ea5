/** The matrix product. */

import type { Backend } from '../backend/backend.js';
import { ArgumentError, ShapeError } from '../errors.js';
import { requireOperand, requireSameDtype } from './broadcast.js';
import { type OutOptions, overlap, resultFor } from './result.js';
import { checkShape, formatShape, type NdArray } from './shape.js';

/**
 * a · b for matrices and vectors.
 *
 * A vector on the left is a row, (k) · (k, n) → (n); on the right a column, (m, k) · (k) → (m); two give their dot
 * product, (k) · (k) → a single number. k may be 0: an empty sum is 0.
 *
 * @throws {ShapeError} e.g. `matMul: b has shape [50, 10]; expected [784, n] because a has shape [100, 784]`
 * @throws {DtypeError} if one is float32 and the other float64
 * @throws {ArgumentError} if b is not a tensor, or `out` shares memory with an operand
 */
export function matMul(backend: Backend, a: NdArray, b: unknown, options?: OutOptions): NdArray {
  const operation = 'matMul';
  requireOperand(operation, b, 'b', 'a tensor');
  requireSameDtype(operation, a, b);
  requireVectorOrMatrix(operation, 'a', a);
  requireVectorOrMatrix(operation, 'b', b);

  const [m, k] = a.shape.length === 1 ? [1, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const n = b.shape[1] ?? 1;
  if (b.shape[0] !== k) {
    throw new ShapeError({
      operation,
      found: `b has shape ${formatShape(b.shape)}`,
      expected: `${formatShape(b.shape.length === 1 ? [k] : [k, 'n'])} because a has shape ${formatShape(a.shape)}`,
    });
  }

  const shape = checkShape(operation, [...a.shape.slice(0, -1), ...b.shape.slice(1)]);
  const result = resultFor(operation, a, shape, options);
  if (options?.out !== undefined) requireApart(operation, result, a, b);
  backend.gemm(false, false, m, n, k, 1, a.data, k, b.data, n, 0, result.data, n);
  return result;
}

/** Every element of a product reads a whole row and column, so it cannot be written over them. */
function requireApart(operation: string, { data: c }: NdArray, ...operands: readonly NdArray[]): void {
  for (const { data } of operands) {
    if (!overlap(c, data)) continue;
    const expected = 'separate memory, because a product reads its operands while it is written';
    throw new ArgumentError({ operation, found: 'out shares memory with an operand', expected });
  }
}

function requireVectorOrMatrix(operation: string, argument: string, { shape }: NdArray): void {
  if (shape.length === 1 || shape.length === 2) return;
  throw new ShapeError({
    operation,
    found: `${argument} has shape ${formatShape(shape)}`,
    expected: 'one axis (a vector) or two (a matrix)',
  });
}
