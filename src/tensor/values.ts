/** What networks and functions accept as numbers, and how it becomes a tensor. */

import type { Backend, Dtype } from '../backend/backend.js';
import { isInstance } from '../identity.js';
import { type NestedNumbers, readNested } from './nested.js';
import { Tensor } from './tensor.js';
import { borrowable, requireDtype, type TypedValues } from './typed.js';

export type { NestedNumbers } from './nested.js';
export type { TypedValues } from './typed.js';

/** A tensor, typed numbers with their shape, or nested arrays. A flat typed array is a list: one axis. */
export type Values = Tensor | TypedValues | NestedNumbers;

/**
 * The values as a tensor of the given dtype, on the given backend.
 *
 * Floats of that dtype are borrowed: the tensor shares their memory. Nested arrays, whole numbers (Uint8Array …) and,
 * for float64, float32 numbers are converted into a new array. Numbers typed float64 are not silently rounded to
 * float32.
 *
 * @throws {DtypeError} for float64 values in a float32 computation
 * @throws {ShapeError} if the data does not fill the shape, or rows differ in length
 * @throws {ArgumentError} for anything that is not a number
 */
export function toTensor(
  operation: string,
  argument: string,
  values: Values,
  { dtype, backend }: { readonly dtype: Dtype; readonly backend: Backend },
): Tensor {
  const typed = borrowable(operation, argument, values);
  if (typed === undefined) {
    const { data, shape } = readNested(operation, argument, values, dtype);
    return new Tensor(data, shape, backend);
  }
  if (isInstance(values, Tensor) && values.dtype === dtype && values.backend === backend) return values;
  return new Tensor(requireDtype(operation, argument, typed.data, dtype), typed.shape, backend);
}
