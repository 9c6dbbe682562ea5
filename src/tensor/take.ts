/** Rows picked by their numbers: a batch. */

import type { Backend } from '../backend/backend.js';
import { ArgumentError, show } from '../errors.js';
import { isInt32, isShared, typedArrayName } from '../identity.js';
import { resolveIndex } from './rearrange.js';
import { apart, type OutOptions, resultFor } from './result.js';
import { type NdArray, requireShape, sizeOf } from './shape.js';

/**
 * The rows with these numbers along the first axis, in this order, copied. A negative number counts from the end.
 *
 * @throws {ShapeError} if a is a single number
 * @throws {ArgumentError} for a row that a does not have
 */
export function take(
  operation: string,
  backend: Backend,
  a: NdArray,
  rows: ArrayLike<number>,
  options: OutOptions | undefined,
): NdArray {
  if (a.shape.length === 0) requireShape(operation, 'this tensor', a, ['N', '…']);
  const [length, ...row] = a.shape as [number, ...number[]];
  const indices = readRows(operation, rows, length);
  const result = resultFor(operation, a, [indices.length, ...row], options);
  const source = apart(result.data, a.data, options);
  // The caller's own row numbers may lie in the memory of `out`; of a new array nothing does.
  const picked = options !== undefined && indices.buffer === result.data.buffer ? indices.slice() : indices;
  backend.gatherRows(result.data, source, picked, 0, indices.length, sizeOf(row), 1);
  return result;
}

/** Row numbers in [0, length): an Int32Array that has only such is not copied. */
function readRows(operation: string, rows: unknown, length: number): Int32Array {
  if (isInt32(rows) && !isShared(rows) && areRows(rows, length)) return rows;
  const isList =
    Array.isArray(rows) || (typedArrayName(rows) !== undefined && !typedArrayName(rows)!.startsWith('Big'));
  if (!isList) {
    throw new ArgumentError({ operation, found: `rows is ${show(rows)}`, expected: 'a list of row numbers' });
  }
  const list = rows as ArrayLike<unknown>;
  return Int32Array.from(list, (value, i) => resolveIndex(operation, `rows[${i}]`, value, length));
}

/** A loop rather than `every`, whose function V8 calls for each row. */
function areRows(rows: Int32Array, length: number): boolean {
  for (let i = 0; i < rows.length; i++) if (rows[i]! < 0 || rows[i]! >= length) return false;
  return true;
}
