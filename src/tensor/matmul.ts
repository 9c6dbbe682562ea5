/** The matrix product. */

import type { Backend } from '../backend/backend.js';
import { ArgumentError, ShapeError, show } from '../errors.js';
import { requireOperand, requireSameDtype } from './broadcast.js';
import { type OutOptions, overlap, resultFor } from './result.js';
import { checkShape, formatShape, type NdArray } from './shape.js';

/** Where the product goes, and how its operands enter it. */
export interface MatMulOptions<T = NdArray> extends OutOptions<T> {
  /** The tensor that the product is written to, and which is returned. It must share no memory with an operand. Default a new one. */
  readonly out?: T | undefined;
  /** Whether the left matrix enters transposed: aᵀ · b, without a copy of aᵀ. Default false. */
  readonly transposeA?: boolean | undefined;
  /** The same for the right one. */
  readonly transposeB?: boolean | undefined;
}

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
export function matMul(backend: Backend, a: NdArray, b: unknown, options?: MatMulOptions): NdArray {
  const operation = 'matMul';
  requireOperand(operation, b, 'b', 'a tensor');
  requireSameDtype(operation, a, b);
  requireVectorOrMatrix(operation, 'a', a);
  requireVectorOrMatrix(operation, 'b', b);

  const transA = isTransposed(operation, 'transposeA', options?.transposeA, a);
  const transB = isTransposed(operation, 'transposeB', options?.transposeB, b);
  const [rows, columns] = a.shape.length === 1 ? [1, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const [m, k] = transA ? [columns, rows] : [rows, columns];
  const ldb = b.shape[1] ?? 1;
  const [ofB, n] = transB ? [ldb, b.shape[0]!] : [b.shape[0]!, ldb];
  if (ofB !== k) {
    const wanted = b.shape.length === 1 ? [k] : transB ? ['n', k] : [k, 'n'];
    throw new ShapeError({
      operation,
      found: `b has shape ${formatShape(b.shape)}`,
      expected: `${formatShape(wanted)} because a has shape ${formatShape(a.shape)}${transA ? ', transposed' : ''}`,
    });
  }

  const shape = checkShape(operation, [...(a.shape.length === 1 ? [] : [m]), ...(b.shape.length === 1 ? [] : [n])]);
  const result = resultFor(operation, a, shape, options, ['out', 'transposeA', 'transposeB']);
  if (options?.out !== undefined) requireApart(operation, result, a, b);
  backend.gemm(transA, transB, m, n, k, 1, a.data, columns, b.data, ldb, 0, result.data, n);
  return result;
}

/** Whether a matrix is to be transposed; a vector is its own transpose, as in NumPy. */
function isTransposed(operation: string, name: string, value: unknown, { shape }: NdArray): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value && shape.length === 2;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'true or false' });
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
