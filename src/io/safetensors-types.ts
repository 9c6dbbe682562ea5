/** The element types of the safetensors format that this library reads and writes, and their bytes. */

import { typedArrayName } from '../identity.js';

/** An array that a safetensors file can hold. */
export type StoredArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A stored array with its shape; a scalar has shape []. */
export interface StoredTensor {
  readonly data: StoredArray;
  readonly shape: readonly number[];
}

/** How an element type is read: the array, the bytes of an element, and how it is widened. */
interface Reading {
  readonly array: new (length: number) => StoredArray;
  readonly itemSize: number;
  /** For elements that have no typed array in JavaScript. */
  readonly widen?: (halves: Uint16Array) => Float32Array;
}

const as = (array: Reading['array'] & { readonly BYTES_PER_ELEMENT: number }): Reading => ({
  array,
  itemSize: array.BYTES_PER_ELEMENT,
});

/** The format's name for each element type. Booleans are read as bytes of 0 and 1. */
const READINGS: Readonly<Record<string, Reading>> = {
  F64: as(Float64Array),
  F32: as(Float32Array),
  F16: { array: Float32Array, itemSize: 2, widen: widenHalf },
  BF16: { array: Float32Array, itemSize: 2, widen: widenBrain },
  I64: as(BigInt64Array),
  I32: as(Int32Array),
  I16: as(Int16Array),
  I8: as(Int8Array),
  U64: as(BigUint64Array),
  U32: as(Uint32Array),
  U16: as(Uint16Array),
  U8: as(Uint8Array),
  BOOL: as(Uint8Array),
};

/** The names of the element types that can be read, for messages. */
export const READABLE = Object.keys(READINGS).join(', ');

/** The bytes of one element, undefined for a type that cannot be read. */
export function itemSizeOf(dtype: string): number | undefined {
  return Object.hasOwn(READINGS, dtype) ? READINGS[dtype]!.itemSize : undefined;
}

/** The arrays that can be written, by the format's name for their elements. */
const WRITTEN: Readonly<Record<string, string>> = {
  Float64Array: 'F64',
  Float32Array: 'F32',
  BigInt64Array: 'I64',
  Int32Array: 'I32',
  Int16Array: 'I16',
  Int8Array: 'I8',
  BigUint64Array: 'U64',
  Uint32Array: 'U32',
  Uint16Array: 'U16',
  Uint8Array: 'U8',
};

/** The format's name for the type of `data`, undefined if we do not write it. */
export function storedTypeOf(data: unknown): string | undefined {
  const name = typedArrayName(data);
  return name === undefined ? undefined : WRITTEN[name];
}

/** The number of elements of an array of this shape; NaN if it is not a list of whole numbers or exceeds 2⁵³. */
export function countElements(shape: unknown): number {
  if (!Array.isArray(shape)) return Number.NaN;
  let count = 1;
  for (const length of shape as unknown[]) {
    if (!Number.isSafeInteger(length) || (length as number) < 0) return Number.NaN;
    count *= length as number;
    if (count > Number.MAX_SAFE_INTEGER) return Number.NaN;
  }
  return count;
}

/** The elements of a known type in `bytes`, as a new array. */
export function decodeElements(dtype: string, bytes: Uint8Array): StoredArray {
  const { array, itemSize, widen } = READINGS[dtype]!;
  const count = bytes.length / itemSize;
  const elements = widen === undefined ? new array(count) : new Uint16Array(count);
  copyLittleEndian(new Uint8Array(elements.buffer, 0, elements.byteLength), bytes, itemSize);
  return widen === undefined ? (elements as StoredArray) : widen(elements as Uint16Array);
}

/** IEEE 754 half precision: 1 bit of sign, 5 of exponent (bias 15), 10 of fraction. Every half is a float32. */
function widenHalf(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  const bits = new Uint32Array(floats.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) floats[i] = (sign === 0 ? fraction : -fraction) * 2 ** -24;
    else bits[i] = sign | ((exponent === 0x1f ? 0xff : exponent + 112) << 23) | (fraction << 13);
  }
  return floats;
}

/** bfloat16: the upper half of a float32. */
function widenBrain(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

/**
 * Copies the bytes of `from` to the start of `to`, reversing each element if the host is big-endian, since files are
 * little-endian. It copies bytes, not numbers: the payload of a NaN changes when it passes through a JavaScript number.
 */
export function copyLittleEndian(
  to: Uint8Array,
  from: Uint8Array,
  itemSize: number,
  hostIsLittleEndian = LITTLE_ENDIAN,
): void {
  to.set(from);
  if (hostIsLittleEndian) return;
  for (let at = 0; at < from.length; at += itemSize) to.subarray(at, at + itemSize).reverse();
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
