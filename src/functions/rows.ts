/** The float64 numbers within a list, a typed array or a tensor, to be read and changed in place. */

import type { Floats } from '../backend/backend.js';
import { ArgumentError, DtypeError, show } from '../errors.js';
import { isFloat32, isFloat64, isFloats, isInstance } from '../identity.js';
import { type Integers, isIntegers, readNested } from '../tensor/nested.js';
import { Tensor } from '../tensor/tensor.js';
import type { NestedList } from './kinds.js';

/** Float64 numbers in any arrangement except a single number. */
export type Arrangement = NestedList | Float64Array | Tensor;

/** Numbers that lie side by side in the arrangement's own memory. */
export type Row = number[] | Float64Array;

/**
 * Refuses what cannot be differentiated.
 *
 * @throws {DtypeError} for float32 and integer arrays, even as rows of a list
 * @throws {ShapeError} for rows of different lengths
 * @throws {ArgumentError} for anything but numbers
 */
export function requireArrangement(operation: string, x: unknown): asserts x is Arrangement {
  if (isInstance(x, Tensor)) return requireFloat64(operation, 'x', x.data);
  if (isFloats(x) || isIntegers(x)) return requireFloat64(operation, 'x', x);
  readNested(operation, 'x', x, 'float64');
  requireFloat64Rows(operation, 'x', x as readonly unknown[]);
}

function requireFloat64Rows(operation: string, argument: string, list: readonly unknown[]): void {
  list.forEach((item, i) => {
    if (Array.isArray(item)) requireFloat64Rows(operation, `${argument}[${i}]`, item);
    else if (isFloats(item) || isIntegers(item)) requireFloat64(operation, `${argument}[${i}]`, item);
  });
}

function requireFloat64(operation: string, argument: string, data: Floats | Integers): void {
  if (isFloat64(data)) return;
  const single = isFloat32(data);
  throw new DtypeError({
    operation,
    found: `${argument} is ${single ? 'float32' : show(data)}`,
    expected: single
      ? 'float64, because in float32 rounding swamps the difference over such a small step'
      : 'float64 numbers, because among integers the step is cut to 0',
    fix: single ? "Compute in float64, with { dtype: 'float64' }" : `Convert it with Float64Array.from(${argument})`,
  });
}

/** @throws {ArgumentError} if a list is frozen: its elements are to be changed and restored */
export function requireChangeable(operation: string, x: Arrangement): void {
  if (!rowsOf(x).some(Object.isFrozen)) return;
  const expected = 'one whose elements may be changed while f is evaluated';
  throw new ArgumentError({ operation, found: 'x is a frozen array', expected, fix: 'Pass a copy' });
}

/** All rows in order: a tensor's data is one; of nested lists the innermost ones are. */
export function rowsOf(x: Arrangement): Row[] {
  if (isInstance(x, Tensor)) return [x.data as Float64Array];
  if (isFloat64(x)) return [x];
  return isRow(x) ? [x as number[]] : (x as Arrangement[]).flatMap(rowsOf);
}

/** A copy in the same arrangement. */
export function copyOf<X extends Arrangement>(x: X): X {
  const copy = (value: Arrangement): Arrangement => {
    if (isInstance(value, Tensor)) return value.clone();
    if (isFloat64(value)) return value.slice();
    return isRow(value) ? [...value] : ((value as Arrangement[]).map(copy) as NestedList);
  };
  return copy(x) as X;
}

function isRow(list: NestedList): boolean {
  return typeof list[0] !== 'object';
}
