/** Nested JavaScript arrays to flat typed ones, and back. */

import { allocate, type Dtype, type Floats } from '../backend/backend.js';
import { ArgumentError, ShapeError, show } from '../errors.js';
import { isFloats, typedArrayName } from '../identity.js';
import { type NdArray, sizeOf } from './shape.js';

/** Typed arrays of whole numbers, which always convert (beyond 2²⁴, float32 rounds them). */
export type Integers = Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** A number, a list of numbers, a list of such lists …: rows of one length on every level. */
export type NestedNumbers = number | Floats | Integers | readonly NestedNumbers[];

/** A flat list of numbers. */
export type List = Floats | Integers | readonly number[];

/** What `toArray` returns for a tensor of unknown rank: nested arrays as deep as the tensor has axes. */
export type NestedArray = number | NestedArray[];

/** The depth that NumPy allows; an array that contains itself would have no end. */
const DEEPEST = 64;

type AnyList = readonly unknown[] | Floats | Integers;

/** Whether the value is a typed array of whole numbers. BigInts do not count as numbers. */
export function isIntegers(value: unknown): value is Integers {
  const name = typedArrayName(value);
  return name !== undefined && !isFloats(value) && !name.startsWith('Big');
}

function isList(value: unknown): value is AnyList {
  return Array.isArray(value) || isFloats(value) || isIntegers(value);
}

/**
 * Nested numbers as one new flat array with its shape.
 *
 * @throws {ShapeError} for rows of different lengths, naming the row, e.g. `x[3][1]`
 * @throws {ArgumentError} for anything that is not a number, naming its place
 */
export function readNested(operation: string, argument: string, nested: unknown, dtype: Dtype): NdArray {
  const shape = shapeOfFirst(operation, argument, nested);
  const data = allocate(dtype, sizeOf(shape), operation);
  let next = 0;

  const read = (value: unknown, axis: number, path: readonly number[]): void => {
    if (axis === shape.length) {
      if (typeof value !== 'number') throw notANumber(operation, place(argument, path), value);
      data[next++] = value;
      return;
    }
    if (!isList(value) || value.length !== shape[axis]) throw ragged(operation, argument, path, value, shape[axis]!);
    if (axis === shape.length - 1) next = readRow(value, path);
    else for (let i = 0; i < value.length; i++) read(value[i], axis + 1, [...path, i]);
  };

  // The innermost loop by itself: a path is only built if something is wrong.
  const readRow = (row: AnyList, path: readonly number[]): number => {
    for (let i = 0; i < row.length; i++) {
      const value = row[i];
      if (typeof value === 'number') data[next + i] = value;
      else if (isList(value)) throw ragged(operation, argument, [...path, i], value, undefined);
      else throw notANumber(operation, place(argument, [...path, i]), value);
    }
    return next + row.length;
  };

  read(nested, 0, []);
  return { data, shape };
}

/** The lengths on the way to the first number: the shape, if all rows are like the first. */
function shapeOfFirst(operation: string, argument: string, nested: unknown): number[] {
  const shape: number[] = [];
  for (let value = nested; isList(value); value = value[0]) {
    shape.push(value.length);
    if (shape.length > DEEPEST) {
      const found = `${argument} is nested more than ${DEEPEST} deep`;
      throw new ShapeError({ operation, found, expected: 'an array that does not contain itself' });
    }
    if (value.length === 0) break;
  }
  return shape;
}

function place(argument: string, path: readonly number[]): string {
  return argument + path.map((index) => `[${index}]`).join('');
}

function notANumber(operation: string, where: string, value: unknown): ArgumentError {
  const expected = where.endsWith(']') ? 'a number' : 'a number, an array of numbers or a tensor';
  return new ArgumentError({ operation, found: `${where} is ${show(value)}`, expected, fix: adviceForValue(value) });
}

/** How a value that stands for a number becomes one. */
function adviceForValue(value: unknown): string | undefined {
  if (typeof value === 'boolean') return 'Give false as 0 and true as 1: Number(value)';
  const isNumber = typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
  return isNumber ? 'Convert texts with Number' : undefined;
}

function ragged(
  operation: string,
  argument: string,
  path: readonly number[],
  value: unknown,
  length: number | undefined,
): ShapeError | ArgumentError {
  const where = place(argument, path);
  const first = place(
    argument,
    path.map(() => 0),
  );
  if (length === undefined) {
    const found = `${where} is an array of ${(value as AnyList).length}`;
    return new ShapeError({ operation, found, expected: `a number, as ${first} is` });
  }
  if (!isList(value) && typeof value !== 'number') return notANumber(operation, where, value);
  const found = isList(value) ? `${where} has length ${value.length}` : `${where} is ${show(value)}`;
  const expected = isList(value) ? `${length}, as ${first} has` : `an array of ${length}, as ${first} is`;
  return new ShapeError({ operation, found, expected });
}

/** The inverse of `readNested`: nested arrays as deep as the shape is long; a number for the shape []. */
export function toNested({ data, shape }: NdArray): NestedArray {
  let next = 0;
  const build = (axis: number): NestedArray => {
    if (axis === shape.length) return data[next++]!;
    return Array.from({ length: shape[axis]! }, () => build(axis + 1));
  };
  return build(0);
}
