/** The matrix product, the one tensor operation that calls the backend. */

import { allocate, type Backend, dtypeOf } from '../backend/backend.js';
import { ShapeError } from '../errors.js';
import { requireOperand, requireSameDtype } from './broadcast.js';
import { checkShape, formatShape, type NdArray } from './shape.js';

/**
 * a · b for matrices and vectors.
 *
 * A vector on the left is a row, (k) · (k, n) → (n); on the right a column, (m, k) · (k) → (m); two give their dot
 * product, (k) · (k) → a single number. k may be 0: an empty sum is 0.
 *
 * @throws {ShapeError} e.g. `matMul: b has shape [50, 10]; expected [784, n] because a has shape [100, 784]`
 * @throws {DtypeError} if one is float32 and the other float64
 * @throws {ArgumentError} if b is not a tensor
 */
export function matMul(backend: Backend, a: NdArray, b: unknown): NdArray {
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
  const data = allocate(dtypeOf(a.data), m * n, operation);
  backend.gemm(false, false, m, n, k, 1, a.data, k, b.data, n, 0, data, n);
  return { data, shape };
}

function requireVectorOrMatrix(operation: string, argument: string, { shape }: NdArray): void {
  if (shape.length === 1 || shape.length === 2) return;
  throw new ShapeError({
    operation,
    found: `${argument} has shape ${formatShape(shape)}`,
    expected: 'one axis (a vector) or two (a matrix)',
  });
}
