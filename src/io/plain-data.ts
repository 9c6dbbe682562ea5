/** Copying and comparing plain data: objects, lists, numbers, strings and typed arrays, in any nesting. */

import { dtypeOf, withinMemory } from '../backend/backend.js';
import { isFloat32, isFloats, typedArrayName } from '../identity.js';

/** Whatever its elements, as far as copying and comparing goes. */
type TypedArray = Float32Array | Int32Array | Uint8Array;

function isTypedArray(value: unknown): value is TypedArray {
  return typedArrayName(value) !== undefined;
}

/**
 * A copy that shares nothing with `value`. It reuses a typed array of `old` where one of the same type and length is at
 * the same place, so that repeated copying allocates no arrays.
 */
export function copyPlain<T>(value: T, old?: unknown): T {
  return copied(value, old, sliceOf);
}

/**
 * The same, where all new arrays that are small lie in one memory. To allocate an array takes some microseconds, as long as a step
 * of a small network spends on it, and a run begins by copying dozens.
 */
export function copyTogether<T>(value: T, old?: unknown): T {
  let memory: ArrayBuffer | undefined;
  let at = 0;
  return copied(value, old, (array) => {
    const size = placeOf(array);
    if (size === 0) return sliceOf(array);
    memory ??= new ArrayBuffer(placesOf(value));
    const [start, { length }] = [at, array];
    at += size;
    const copy = isFloat32(array) ? new Float32Array(memory, start, length) : new Float64Array(memory, start, length);
    copy.set(array);
    return copy;
  });
}

/** Floats of up to this many bytes are small. */
const SMALL = 2 ** 16;

/** Bytes of an array's place beside others, a multiple of 8; 0 for one that has a memory of its own. */
function placeOf(array: TypedArray): number {
  return isFloats(array) && array.byteLength <= SMALL ? 8 * Math.ceil(array.byteLength / 8) : 0;
}

function placesOf(value: unknown): number {
  if (isTypedArray(value)) return placeOf(value);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, entry) => sum + placesOf(entry), 0);
}

/** @throws {ArgumentError} if this process cannot allocate it */
function sliceOf(array: TypedArray): TypedArray {
  const dtype = isFloats(array) ? dtypeOf(array) : array.BYTES_PER_ELEMENT === 1 ? 'uint8' : 'int32';
  return withinMemory('copy', dtype, array.length, () => array.slice());
}

function copied<T>(value: T, old: unknown, copyOf: (array: TypedArray) => unknown): T {
  if (isTypedArray(value)) {
    if (!isTypedArray(old) || typedArrayName(old) !== typedArrayName(value) || old.length !== value.length)
      return copyOf(value) as T;
    old.set(value);
    return old as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  const before = (typeof old === 'object' && old !== null ? old : {}) as Record<string, unknown>;
  if (Array.isArray(value)) return value.map((entry, i) => copied(entry, before[i], copyOf)) as T;
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const entry = copied((value as Record<string, unknown>)[key], before[key], copyOf);
    // Plain assignment to this one name would set the prototype.
    if (key === '__proto__') Object.defineProperty(fields, key, { value: entry, enumerable: true });
    else fields[key] = entry;
  }
  return fields as T;
}

/** Whether two values are equal to the bit; NaN equals NaN, and 0 is not −0. An absent entry equals an undefined one. */
export function samePlain(a: unknown, b: unknown): boolean {
  if (isTypedArray(a)) return isTypedArray(b) && typedArrayName(a) === typedArrayName(b) && sameBytes(a, b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b) || isTypedArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => samePlain(left[key], right[key]));
}

function sameBytes(a: TypedArray, b: TypedArray): boolean {
  if (a.length !== b.length) return false;
  // Compared by their bits: two NaNs may differ. Four bytes at a time, where the elements are as long.
  const areWords = a.BYTES_PER_ELEMENT % 4 === 0;
  const [left, right] = [a, b].map(({ buffer, byteOffset, byteLength }) =>
    areWords ? new Int32Array(buffer, byteOffset, byteLength / 4) : new Uint8Array(buffer, byteOffset, byteLength),
  ) as [Int32Array | Uint8Array, Int32Array | Uint8Array];
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}
