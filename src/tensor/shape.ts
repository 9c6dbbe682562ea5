/** Shapes: sizes, strides, axes, and the check that says which shape was expected and why. */

import type { Floats } from '../backend/backend.js';
import { ArgumentError, ShapeError, show } from '../errors.js';

/** Numbers and their shape, contiguous and row-major: what all operations of this folder read and return. */
export interface NdArray {
  readonly data: Floats;
  readonly shape: readonly number[];
}

/** A fixed length, or the letter that stands for a free one in the message. */
export type Dimension = number | string;

/** The free first dimension of a batch. */
export const ANY = 'N';

// Every operation asks for sizes and compares shapes: loops, because V8 calls the methods of arrays that take a function, and the
// function each time, which costs more than all of the other checks.

/** The number of elements: the product of the dimensions, 1 for the shape [] of a single number. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (let axis = 0; axis < shape.length; axis++) size *= shape[axis]!;
  return size;
}

/** The shape as messages write it, e.g. `[N, 784]`. */
export function formatShape(shape: readonly Dimension[]): string {
  return `[${shape.join(', ')}]`;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** The distance in the data between neighbours along each axis: [12, 4, 1] for the shape [2, 3, 4]. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** The place of element `i` in an array of this shape, as messages write it: `[17][3]`. */
export function placeOf(i: number, shape: readonly number[]): string {
  let left = i;
  let place = '';
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place = `[${left % shape[axis]!}]${place}`;
    left = Math.floor(left / shape[axis]!);
  }
  return place;
}

/** Sizes stay below 2³¹ because the backends count in 32 bits. */
const TOO_MANY = 2 ** 31;

/**
 * The caller's shape (a single number means one axis), checked, as a new array.
 *
 * @throws {ShapeError} unless every dimension is a whole number of at least 0 and their product is below 2³¹
 */
export function checkShape(operation: string, shape: unknown, argument = 'shape'): number[] {
  const dimensions: unknown = typeof shape === 'number' ? [shape] : shape;
  if (!Array.isArray(dimensions)) {
    throw new ShapeError({ operation, found: `${argument} is ${show(shape)}`, expected: 'an array of whole numbers' });
  }
  const wrong = dimensions.findIndex((dimension) => !Number.isSafeInteger(dimension) || dimension < 0);
  if (wrong >= 0) {
    const found = `${argument}[${wrong}] is ${show(dimensions[wrong])}`;
    throw new ShapeError({ operation, found, expected: 'an integer of at least 0' });
  }
  if (sizeOf(dimensions) >= TOO_MANY) {
    throw new ShapeError({ operation, found: `${argument} is ${show(shape)}`, expected: 'fewer than 2³¹ elements' });
  }
  return [...(dimensions as number[])];
}

/**
 * Refuses a tensor that does not have the shape `expected`, in which a letter stands for any length.
 *
 * @throws {ArgumentError} for what is not a tensor
 * @param why what the expected lengths come from, e.g. `inputSize of this layer`
 * @throws {ShapeError} e.g. `Affine.forward: x has shape [100, 700]; expected [N, 784] (inputSize of this layer)`
 */
export function requireShape(
  operation: string,
  argument: string,
  tensor: { readonly shape: readonly number[] },
  expected: readonly Dimension[],
  why?: string,
): void {
  const shape = tensor?.shape;
  if (!Array.isArray(shape)) throw notATensor(operation, argument, tensor);
  if (fits(shape, expected)) return;
  throw new ShapeError({
    operation,
    found: `${argument} has shape ${formatShape(shape)}`,
    expected: formatShape(expected) + (why === undefined ? '' : ` (${why})`),
  });
}

/** The error for what is not a tensor, with the remedy for an array. */
export function notATensor(operation: string, argument: string, value: unknown): ArgumentError {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  return new ArgumentError({
    operation,
    found: `${argument} is ${Array.isArray(value) ? 'an array' : show(value)}`,
    expected: `a Tensor${isList ? `: Tensor.from(${argument})` : ''}`,
  });
}

/** A loop rather than `every`: layers call this in each step, and a closure would be garbage each time. */
function fits(shape: readonly number[], expected: readonly Dimension[]): boolean {
  if (shape.length !== expected.length) return false;
  for (let axis = 0; axis < shape.length; axis++) {
    const dimension = expected[axis];
    if (typeof dimension === 'number' && dimension !== shape[axis]) return false;
  }
  return true;
}

/**
 * The axis counted from 0; a negative one counts from the end, as in NumPy.
 *
 * @throws {ArgumentError} if the tensor has no such axis
 */
export function resolveAxis(operation: string, axis: unknown, rank: number, argument = 'axis'): number {
  if (typeof axis === 'number' && Number.isInteger(axis) && axis >= -rank && axis < rank) {
    return axis < 0 ? axis + rank : axis;
  }
  throw new ArgumentError({
    operation,
    found: `${argument} is ${show(axis)}`,
    expected: rank === 0 ? 'no axis (the tensor is a single number)' : `an integer in [${-rank}, ${rank})`,
  });
}
