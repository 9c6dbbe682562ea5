/** The element types of the safetensors format that this library reads and writes, and their bytes. */

/** An array that a safetensors file can hold. */
export type StoredArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A stored array with its shape; a scalar has shape []. */
export interface StoredTensor {
  readonly data: StoredArray;
  readonly shape: readonly number[];
}

/** The format's name for each element type. */
export const STORED_TYPES = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const;

export type StoredType = keyof typeof STORED_TYPES;

/** The format's name for the type of `data`, undefined if it is none of ours. */
export function storedTypeOf(data: unknown): StoredType | undefined {
  const names = Object.keys(STORED_TYPES) as StoredType[];
  return names.find((name) => data instanceof STORED_TYPES[name]);
}

/** The number of elements of an array of this shape; NaN if it is no list of whole numbers or 2⁵³ is exceeded. */
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

/**
 * Copies the bytes of `from` to the start of `to`, reversing each element where the host is big-endian, since files are
 * little-endian. Bytes, not numbers: a NaN's payload changes when it passes through a JavaScript number.
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
