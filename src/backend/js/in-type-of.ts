import { dtypeOf, type Floats } from '../backend.js';

/** The factor as the element type of the array holds it. */
export function inTypeOf(array: Floats, factor: number): number {
  return dtypeOf(array) === 'float32' ? Math.fround(factor) : factor;
}
