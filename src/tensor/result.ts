/** Where the result of an operation goes: a new array, or the tensor that the caller gives as `out`. */

import { dtypeOf, type Floats } from '../backend/backend.js';
import { ArgumentError, DtypeError, ShapeError, show } from '../errors.js';
import { isFloats, isShared } from '../identity.js';
import { checkOptions } from '../options.js';
import { requireMemory } from './memory.js';
import { formatShape, type NdArray, sameShape, sizeOf } from './shape.js';
import { resultArray } from './tidy.js';

/** Where an operation writes. */
export interface OutOptions<T = NdArray> {
  /**
   * The tensor that the result is written to, and which is returned; of the shape and dtype of the result. It may be an operand
   * itself, or share memory with one. Default a new tensor.
   */
  readonly out?: T | undefined;
}

/**
 * The array for the result of an operation on `a`: `out`, or a new one, whose elements are yet to be written.
 *
 * @throws {ShapeError} if `out` does not have the shape of the result, or the memory of `a` or `out` is detached
 * @throws {DtypeError} if `out` does not have the dtype of `a`
 * @throws {ArgumentError} if `out` is not a tensor or lies in shared memory, or for an unknown option
 */
export function resultFor(
  operation: string,
  a: NdArray,
  shape: readonly number[],
  options: OutOptions | undefined,
  known: readonly string[] = ['out'],
): NdArray {
  requireMemory(operation, 'this tensor', a);
  if (options !== undefined) {
    checkOptions(operation, options, known);
    if (options.out !== undefined) return requireOut(operation, options.out, a, shape);
  }
  return { data: resultArray(dtypeOf(a.data), sizeOf(shape)), shape };
}

function requireOut(operation: string, out: NdArray, a: NdArray, shape: readonly number[]): NdArray {
  if (!isFloats(out?.data) || !Array.isArray(out.shape)) {
    throw new ArgumentError({ operation, found: `out is ${show(out)}`, expected: 'a tensor' });
  }
  const [dtype, expected] = [dtypeOf(out.data), dtypeOf(a.data)];
  if (dtype !== expected) {
    throw new DtypeError({ operation, found: `out is ${dtype}`, expected: `${expected} as this tensor is` });
  }
  requireMemory(operation, 'out', out);
  if (!sameShape(out.shape, shape)) {
    const found = `out has shape ${formatShape(out.shape)}`;
    throw new ShapeError({ operation, found, expected: `${formatShape(shape)}, the shape of the result` });
  }
  if (isShared(out.data)) {
    const expectation = 'memory that no other thread can change';
    throw new ArgumentError({ operation, found: 'out lies in a SharedArrayBuffer', expected: expectation });
  }
  return out;
}

/** Whether two arrays have elements in common. */
export function overlap(y: Floats, x: Floats): boolean {
  if (y.buffer !== x.buffer) return false;
  return y.byteOffset < x.byteOffset + x.byteLength && x.byteOffset < y.byteOffset + y.byteLength;
}

// Elements of an operand are read after some of the result have been written; so an operand that lies in `out` is copied. A new
// array overlaps nothing, and getting at buffers takes as long as a small operation.

/** The elements of an operand, apart from the result. */
export function apart(y: Floats, x: Floats, options: OutOptions | undefined): Floats {
  return options !== undefined && overlap(y, x) ? x.slice() : x;
}

/** The same for an operation element by element, which may write an element over the operand's own. */
export function sameOrApart(y: Floats, x: Floats, options: OutOptions | undefined): Floats {
  if (options === undefined || y === x || y.buffer !== x.buffer) return x;
  const isSame = y.byteOffset === x.byteOffset && y.length === x.length;
  return isSame ? x : apart(y, x, options);
}
