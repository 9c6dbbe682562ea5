/** Outputs with a fence on both sides, to detect a write that goes a little too far. */

import { expect } from 'vitest';
import { allocate, type Dtype, type Floats } from '../../src/backend/backend.js';

/** Elements of fence on each side: more than the widest vector register of any backend. */
const FENCE = 32;
/** All bits set: a NaN for floats that no arithmetic produces, −1 for integers. */
const FENCE_BYTE = 0xff;

export interface Guarded<T extends Floats | Int32Array | Uint8Array = Floats> {
  readonly data: T;
  assertFenceIntact(): void;
}

/** n elements of all bits set between two fences; `initial` overwrites the elements. */
export function guarded(dtype: Dtype, n: number, initial?: ArrayLike<number>): Guarded {
  return fence(allocate(dtype, n + 2 * FENCE), n, initial);
}

/** The same for class indices. */
export function guardedIntegers(n: number): Guarded<Int32Array> {
  return fence(new Int32Array(n + 2 * FENCE), n);
}

/** The same for bytes. */
export function guardedBytes(n: number): Guarded<Uint8Array> {
  return fence(new Uint8Array(n + 2 * FENCE), n);
}

function fence<T extends Floats | Int32Array | Uint8Array>(
  whole: T,
  n: number,
  initial?: ArrayLike<number>,
): Guarded<T> {
  const bytes = new Uint8Array(whole.buffer).fill(FENCE_BYTE);
  const data = whole.subarray(FENCE, FENCE + n) as T;
  if (initial !== undefined) data.set(initial);
  const start = data.byteOffset;
  const end = start + data.byteLength;
  return {
    data,
    assertFenceIntact() {
      const intact = (byte: number): boolean => byte === FENCE_BYTE;
      expect(bytes.subarray(0, start).every(intact), 'nothing is written before the array').toBe(true);
      expect(bytes.subarray(end).every(intact), 'nothing is written after the array').toBe(true);
    },
  };
}
