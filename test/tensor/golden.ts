/** NumPy's results (scripts/numpy-fixtures.py), read for comparison. */

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { allocate, type Dtype, dtypeOf, type Floats } from '../../src/backend/backend.js';

export type GoldenNumber = number | 'nan' | 'inf' | '-inf';

export interface GoldenArray {
  shape: number[];
  data: GoldenNumber[];
}

export function readGolden<T>(name: string): T[] {
  const url = new URL(`../golden/numpy-${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: T[] }).cases;
}

export function toFloats({ data }: GoldenArray, dtype: Dtype): Floats {
  const words: Record<string, number> = {
    nan: Number.NaN,
    inf: Number.POSITIVE_INFINITY,
    '-inf': Number.NEGATIVE_INFINITY,
  };
  const floats = allocate(dtype, data.length);
  data.forEach((x, i) => {
    floats[i] = typeof x === 'number' ? x : words[x]!;
  });
  return floats;
}

/** Equal shapes; elements equal (0 and −0 alike, NaN to NaN) or apart by at most `tolerance` of that element. */
export function expectClose(
  actual: { readonly data: Floats; readonly shape: readonly number[] },
  expected: GoldenArray,
  tolerance: (expected: number, index: number) => number,
): void {
  expect(actual.shape).toEqual(expected.shape);
  const wanted = toFloats(expected, dtypeOf(actual.data));
  expect(actual.data.length).toBe(wanted.length);
  wanted.forEach((x, i) => {
    const y = actual.data[i]!;
    if (y === x || (Number.isNaN(y) && Number.isNaN(x))) return;
    const apart = Math.abs(y - x);
    expect(apart, `element ${i}: ${y} instead of ${x}`).toBeLessThanOrEqual(tolerance(x, i));
  });
}

/** The same bits, except for the sign of 0. */
export const exactly = (): number => 0;
