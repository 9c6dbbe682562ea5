/**
 * The single rules out of which arguments.ts builds the check of each backend function, and the words of each refusal.
 */

import { ArgumentError, DtypeError, ShapeError, show } from '../errors.js';
import { requireOneOf } from '../options.js';
import { ACTIVATIONS, type Floats } from './backend.js';

type NumericArray = Floats | Uint8Array | Int32Array;

/** Sizes are below 2³¹, so that they fit the int of every BLAS. */
const SIZE_LIMIT = 2 ** 31;

/** An input of numbers may lie in memory that other threads can write: the worst that comes of it is another number. */
export const INPUT = false;
/** An output may not. */
export const OUTPUT = true;

/** `gemm: transA is 1; expected true or false` */
export function flag(operation: string, name: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'true or false' });
}

/** `gemm: m is -1; expected an integer in [0, 2147483648)` */
export function size(operation: string, name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value < SIZE_LIMIT && Math.floor(value) === value) return;
  throw new ArgumentError({
    operation,
    found: `${name} is ${show(value)}`,
    expected: `an integer in [0, ${SIZE_LIMIT})`,
  });
}

/** `gemm: alpha is "1"; expected a number`. NaN and ∞ are numbers, and propagate. */
export function scalar(operation: string, name: string, value: unknown): void {
  if (typeof value === 'number') return;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'a number' });
}

/** `activation: f is "rleu"; expected "identity", "relu", "sigmoid" or "tanh". Did you mean "relu"?` */
export function activationName(operation: string, value: string): void {
  if (value === 'identity' || value === 'relu' || value === 'sigmoid' || value === 'tanh') return;
  requireOneOf(operation, 'f', value, ACTIVATIONS);
}

/** `softmax: y is a Uint8Array; expected a Float32Array or a Float64Array`: the first `Floats` of a call. */
export function floats(operation: string, name: string, value: Floats, output: boolean = INPUT, orElse = ''): void {
  if (!(value instanceof Float32Array || value instanceof Float64Array)) {
    const types = orElse === '' ? 'a Float32Array or a Float64Array' : `a Float32Array, a Float64Array${orElse}`;
    refuseKind(operation, name, value, types);
  }
  if (output) notShared(operation, name, value);
}

/** `softmax: x is a Float64Array; expected a Float32Array like y`: every other `Floats` of the call. */
export function floatsLike(
  operation: string,
  name: string,
  value: Floats,
  firstName: string,
  first: Floats,
  output: boolean = INPUT,
  orElse = '',
): void {
  const single = first instanceof Float32Array;
  if (single ? !(value instanceof Float32Array) : !(value instanceof Float64Array)) {
    refuseKind(operation, name, value, `a ${single ? 'Float32Array' : 'Float64Array'} like ${firstName}${orElse}`);
  }
  if (output) notShared(operation, name, value);
}

/** `argMaxRows: out is a Uint8Array; expected an Int32Array`. Never in shared memory: these values index memory. */
export function integers(operation: string, name: string, value: Int32Array): void {
  if (!(value instanceof Int32Array)) refuseKind(operation, name, value, 'an Int32Array');
  notShared(operation, name, value);
}

/** An array of the wrong element type is a DtypeError, anything that is no array of numbers an ArgumentError. */
function refuseKind(operation: string, name: string, value: unknown, expected: string): never {
  if (!ArrayBuffer.isView(value)) throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected });
  const type = value.constructor.name;
  throw new DtypeError({ operation, found: `${name} is a${/^[AEIO]/i.test(type) ? 'n' : ''} ${type}`, expected });
}

/** `softmax: y lies in a SharedArrayBuffer; expected an array that no other thread can change during the call` */
function notShared(operation: string, name: string, value: NumericArray): void {
  if (!(value.buffer instanceof SharedArrayBuffer)) return;
  throw new ArgumentError({
    operation,
    found: `${name} lies in a SharedArrayBuffer`,
    expected: 'an array that no other thread can change during the call',
  });
}

/** `gemm: lda is 5; expected at least 7 (the length of a stored row of a)` */
export function leadingDimension(operation: string, matrix: string, columns: number, ld: number): void {
  if (ld >= columns) return;
  throw new ShapeError({
    operation,
    found: `ld${matrix} is ${ld}`,
    expected: `at least ${columns} (the length of a stored row of ${matrix})`,
  });
}

/** How many elements rows × columns take up from the first to the last, with `ld` between the starts of rows. */
export function extent(rows: number, columns: number, ld: number): number {
  return rows === 0 || columns === 0 ? 0 : (rows - 1) * ld + columns;
}

/** `gemm: a has 20 elements; expected at least 21 (3 rows of 7, lda 7)` */
export function storedMatrix(
  operation: string,
  name: string,
  value: Floats,
  rows: number,
  columns: number,
  ld: number,
): void {
  const needed = extent(rows, columns, ld);
  if (value.length >= needed) return;
  tooShort(operation, name, value, needed, `${rows} rows of ${columns}, ld${name} ${ld}`);
}

/** `columnSums: x has 5 elements; expected at least 6 (m × n)` */
export function atLeast(operation: string, name: string, value: NumericArray, needed: number, formula: string): void {
  if (value.length >= needed) return;
  tooShort(operation, name, value, needed, formula);
}

function tooShort(operation: string, name: string, value: NumericArray, needed: number, formula: string): never {
  throw new ShapeError({
    operation,
    found: isDetached(value)
      ? `${name} is detached (its buffer was transferred)`
      : `${name} has ${value.length} element${value.length === 1 ? '' : 's'}`,
    expected: `at least ${needed} (${formula})`,
  });
}

/** A transferred buffer has no bytes and admits no new view; an empty one does. */
function isDetached(value: NumericArray): boolean {
  if (value.length > 0) return false;
  try {
    new Uint8Array(value.buffer);
    return false;
  } catch {
    return true;
  }
}

/** `gemm: c overlaps a; expected memory of its own` */
export function apart(
  operation: string,
  outputName: string,
  output: NumericArray,
  outputLength: number,
  otherName: string,
  other: NumericArray,
  otherLength: number,
): void {
  if (!overlap(output, outputLength, other, otherLength)) return;
  throw new ArgumentError({ operation, found: `${outputName} overlaps ${otherName}`, expected: 'memory of its own' });
}

/** `softmax: y overlaps x in part; expected the same array or memory of its own`, for two arrays used to one length. */
export function sameOrApart(
  operation: string,
  outputName: string,
  output: NumericArray,
  otherName: string,
  other: NumericArray,
  length: number,
): void {
  if (output === other || !overlap(output, length, other, length) || output.byteOffset === other.byteOffset) return;
  throw new ArgumentError({
    operation,
    found: `${outputName} overlaps ${otherName} in part`,
    expected: 'the same array or memory of its own',
  });
}

/** Whether the first `lengthA` elements of a and the first `lengthB` of b share a byte. */
function overlap(a: NumericArray, lengthA: number, b: NumericArray, lengthB: number): boolean {
  if (a.buffer !== b.buffer || lengthA === 0 || lengthB === 0) return false;
  return (
    a.byteOffset < b.byteOffset + lengthB * b.BYTES_PER_ELEMENT &&
    b.byteOffset < a.byteOffset + lengthA * a.BYTES_PER_ELEMENT
  );
}

/** `softmaxCrossEntropy: labels[17] is 10; expected an integer in [0, 10)`, for values[start … start + count). */
export function inRange(
  operation: string,
  name: string,
  values: Int32Array,
  start: number,
  count: number,
  limit: number,
  why: string,
): void {
  for (let i = start; i < start + count; i++) {
    const value = values[i]!;
    if (value >= 0 && value < limit) continue;
    throw new ArgumentError({
      operation,
      found: `${name}[${i}] is ${value}`,
      expected: `an integer in [0, ${limit})${why}`,
    });
  }
}
