/** The rules that the argument check of each backend function (calls.ts) is made of, and their error messages. */

import { ArgumentError, DtypeError, ShapeError, show } from '../errors.js';
import { howLost, lengthOf, typedArrayName } from '../identity.js';
import { requireOneOf } from '../options.js';
import type { Floats } from './backend.js';

export { lengthOf };

type NumericArray = Floats | Uint8Array | Int32Array;

/** Sizes are below 2³¹, so that they fit the int of every BLAS. */
const SIZE_LIMIT = 2 ** 31;

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

/** Whether a value can be read for sizes: the compiled backends read them before they check anything. */
export function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** `convolution: shape is null; expected an object of sizes (height, width, …)`, and each field as a size */
export function sizes(operation: string, name: string, value: unknown, fields: readonly string[]): void {
  if (!isObject(value)) {
    const expected = `an object of sizes (${fields.join(', ')})`;
    throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected });
  }
  for (const field of fields) size(operation, `${name}.${field}`, (value as Record<string, unknown>)[field]);
}

/** `maxPooling: shape.poolHeight × shape.poolWidth is 272; expected at most 256 (…)` */
export function tooLarge(operation: string, name: string, value: number, limit: number, why: string): never {
  throw new ArgumentError({ operation, found: `${name} is ${value}`, expected: `at most ${limit} (${why})` });
}

/** `gemm: alpha is "1"; expected a number`. NaN and ∞ are numbers, and propagate. */
export function scalar(operation: string, name: string, value: unknown): void {
  if (typeof value === 'number') return;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'a number' });
}

/** `argMaxRows: n is 0; expected at least 1 column to take the maximum of` */
export function tooSmall(operation: string, name: string, value: number, expected: string): never {
  throw new ArgumentError({ operation, found: `${name} is ${value}`, expected });
}

/** `binary: aRows is 3; expected 1 or 5 (m)` */
export function repeatable(operation: string, name: string, value: number, wholeName: string, whole: number): void {
  if (value === 1 || value === whole) return;
  const expected = whole === 1 ? `1 (${wholeName})` : `1 or ${whole} (${wholeName})`;
  throw new ArgumentError({ operation, found: `${name} is ${value}`, expected });
}

/** `activation: f is "rleu"; expected "identity", "relu", "sigmoid" or "tanh". Did you mean "relu"?` */
export function oneOf(operation: string, name: string, value: string, list: readonly string[]): void {
  if (!list.includes(value)) requireOneOf(operation, name, value, list);
}

/**
 * `softmax: y is a Uint8Array; expected a Float32Array or a Float64Array`: the first `Floats` of a call.
 *
 * @returns its type, which the others must share
 */
export function floats(operation: string, name: string, value: unknown, orElse = ''): string {
  const type = typedArrayName(value);
  if (type === 'Float32Array' || type === 'Float64Array') return type;
  const types = orElse === '' ? 'a Float32Array or a Float64Array' : `a Float32Array, a Float64Array${orElse}`;
  refuseKind(operation, name, value, types);
}

/** `softmax: x is a Float64Array; expected a Float32Array like y`: the remaining `Floats` of a call. */
export function floatsLike(
  operation: string,
  name: string,
  value: unknown,
  firstName: string,
  type: string,
  orElse = '',
): string {
  if (typedArrayName(value) === type) return type;
  refuseKind(operation, name, value, `a ${type} like ${firstName}${orElse}`);
}

/** Whether a source of rows holds bytes. */
export function isBytes(value: unknown): value is Uint8Array {
  return typedArrayName(value) === 'Uint8Array';
}

/** `argMaxRows: out is a Uint8Array; expected an Int32Array` */
export function int32s(operation: string, name: string, value: Int32Array): void {
  if (typedArrayName(value) !== 'Int32Array') refuseKind(operation, name, value, 'an Int32Array');
}

/** `maxPooling: winners is an Int32Array; expected a Uint8Array` */
export function bytes(operation: string, name: string, value: Uint8Array): void {
  if (typedArrayName(value) !== 'Uint8Array') refuseKind(operation, name, value, 'a Uint8Array');
}

/** DtypeError for an array of the wrong element type, ArgumentError for anything that is not an array of numbers. */
function refuseKind(operation: string, name: string, value: unknown, expected: string): never {
  if (!ArrayBuffer.isView(value)) throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected });
  const type = typedArrayName(value) ?? 'DataView';
  throw new DtypeError({ operation, found: `${name} is a${/^[AEIO]/i.test(type) ? 'n' : ''} ${type}`, expected });
}

/**
 * The buffer of an array that is written, or whose values are used as indices.
 *
 * `softmax: y lies in a SharedArrayBuffer; expected an array that no other thread can change during the call`
 */
export function unshared(operation: string, name: string, value: NumericArray): ArrayBufferLike {
  const { buffer } = value;
  if (buffer[Symbol.toStringTag] === 'ArrayBuffer') return buffer;
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

/** The number of elements from the first to the last of a rows × columns matrix with `ld` between row starts. */
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
  if (lengthOf(value) >= needed) return;
  tooShort(operation, name, value, needed, `${rows} rows of ${columns}, ld${name} ${ld}`);
}

/** `columnSums: x has 5 elements; expected at least 6 (m × n)` */
export function atLeast(operation: string, name: string, value: NumericArray, needed: number, formula: string): void {
  if (lengthOf(value) >= needed) return;
  tooShort(operation, name, value, needed, formula);
}

function tooShort(operation: string, name: string, value: NumericArray, needed: number, formula: string): never {
  const length = lengthOf(value);
  throw new ShapeError({
    operation,
    found: isDetached(value) ? `${name} ${howLost(value)}` : `${name} has ${length} element${length === 1 ? '' : 's'}`,
    expected: `at least ${needed} (${formula})`,
  });
}

/** A transferred buffer has no bytes and no view can be made of it; of an empty one a view can be made. */
function isDetached(value: NumericArray): boolean {
  if (lengthOf(value) > 0) return false;
  try {
    new Uint8Array(value.buffer);
    return false;
  } catch {
    return true;
  }
}

/** `gemm: c overlaps a; expected separate memory`, for two arrays that lie in one buffer. */
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
  throw new ArgumentError({ operation, found: `${outputName} overlaps ${otherName}`, expected: 'separate memory' });
}

/** `softmax: y overlaps x in part; expected the same array or separate memory`, for two arrays of one buffer. */
export function sameOrApart(
  operation: string,
  outputName: string,
  output: NumericArray,
  length: number,
  otherName: string,
  other: NumericArray,
  otherLength: number,
): void {
  if (output.byteOffset === other.byteOffset && length === otherLength) return;
  if (!overlap(output, length, other, otherLength)) return;
  throw new ArgumentError({
    operation,
    found: `${outputName} overlaps ${otherName} in part`,
    expected: 'the same array or separate memory',
  });
}

/** Whether the first `lengthA` elements of a and the first `lengthB` of b, both in one buffer, share a byte. */
function overlap(a: NumericArray, lengthA: number, b: NumericArray, lengthB: number): boolean {
  if (lengthA === 0 || lengthB === 0) return false;
  return (
    a.byteOffset < b.byteOffset + lengthB * b.BYTES_PER_ELEMENT &&
    b.byteOffset < a.byteOffset + lengthA * a.BYTES_PER_ELEMENT
  );
}

/** `softmaxCrossEntropy: labels[17] is 10; expected an integer in [0, 10)`, for values[start … start + count). */
export function inRange(
  operation: string,
  name: string,
  values: Int32Array | Uint8Array,
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
