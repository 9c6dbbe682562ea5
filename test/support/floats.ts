import type { Dtype, Floats } from '../../src/backend/backend.js';

/** The given numbers as an array of the type. */
export function floatsOf(dtype: Dtype, values: readonly number[]): Floats {
  return dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values);
}
