/** Typed arrays as users give them: with a shape or flat, of the right element type or to be converted. */

import { type Dtype, dtypeOf, type Floats, withinMemory } from '../backend/backend.js';
import { DtypeError, ShapeError, show } from '../errors.js';
import { isFloats, lengthOf } from '../identity.js';
import { type Integers, isIntegers } from './nested.js';
import { checkShape, formatShape, sizeOf } from './shape.js';
import { refuseEnded } from './tidy.js';

/** Numbers in row-major order with their shape. */
export interface TypedValues {
  readonly data: Floats | Uint8Array;
  readonly shape: readonly number[];
}

/**
 * The typed numbers in `values` with their shape, not copied; undefined if it is a number or a nested array.
 *
 * @throws {DtypeError} if `data` is not a typed array of numbers
 * @throws {ShapeError} if `data` does not have the length that the shape needs
 */
export function borrowable(
  operation: string,
  argument: string,
  values: unknown,
): { data: Floats | Integers; shape: readonly number[] } | undefined {
  if (isFloats(values) || isIntegers(values)) return { data: values, shape: [values.length] };
  if (typeof values !== 'object' || values === null || !('data' in values && 'shape' in values)) return undefined;
  const { data } = values;
  if (!isFloats(data) && !isIntegers(data)) {
    const expected = 'a Float32Array, Float64Array or Uint8Array';
    throw new DtypeError({ operation, found: `${argument}.data is ${show(data)}`, expected });
  }
  const shape = checkShape(operation, values.shape, `${argument}.shape`);
  requireFilled(operation, `${argument}.data`, data, shape);
  return { data, shape };
}

/**
 * @throws {ShapeError} unless the data has as many elements as the shape
 * @throws {StateError} if it was made within a `tidy` that has ended
 */
export function requireFilled(
  operation: string,
  argument: string,
  data: ArrayLike<unknown> & { readonly buffer: ArrayBufferLike },
  shape: readonly number[],
): void {
  const size = sizeOf(shape);
  const length = lengthOf(data);
  if (length === size) return;
  refuseEnded(operation, argument, data);
  const found = `${argument} has ${length} elements`;
  throw new ShapeError({ operation, found, expected: `${size} (shape ${formatShape(shape)})` });
}

/**
 * The numbers in the wanted dtype: the array itself if it has that dtype, else a converted copy.
 *
 * @throws {DtypeError} for float64 numbers where float32 is wanted
 */
export function requireDtype(operation: string, argument: string, data: Floats | Integers, dtype: Dtype): Floats {
  if (isFloats(data)) {
    if (dtypeOf(data) === dtype) return data;
    if (dtype === 'float32') {
      throw new DtypeError({
        operation,
        found: `${argument} holds float64 numbers`,
        expected: 'float32',
        fix: `Convert it with Tensor.from(${argument}, { dtype: 'float32' }), or compute in float64 throughout with { dtype: 'float64' }`,
      });
    }
  }
  return convert(operation, data, dtype);
}

/** A new array of the wanted dtype with the same numbers. */
export function convert(operation: string, data: Floats | Integers, dtype: Dtype): Floats {
  return withinMemory<Floats>(operation, dtype, data.length, () =>
    dtype === 'float32' ? new Float32Array(data) : new Float64Array(data),
  );
}
