/** Seeded test data: the same numbers in every run and on every backend. */

import { allocate, type Dtype, type Floats } from '../../src/backend/backend.js';
import { Random } from '../../src/random.js';

/** n numbers, uniform in [low, high). */
export function randomFloats(
  dtype: Dtype,
  n: number,
  { seed, low = -1, high = 1 }: { seed: number; low?: number; high?: number },
): Floats {
  const random = new Random(seed);
  const values = allocate(dtype, n);
  for (let i = 0; i < n; i++) values[i] = low + (high - low) * random.uniform();
  return values;
}

/** n integers, uniform in [0, bound). */
export function randomIntegers(n: number, bound: number, { seed }: { seed: number }): Int32Array {
  const random = new Random(seed);
  return Int32Array.from({ length: n }, () => random.integer(bound));
}
