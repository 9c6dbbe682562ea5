/**
 * Sums, means and maxima along one axis or over all elements, as in NumPy, on the backend.
 *
 * Sums are in double and rounded to the dtype once at the end, so that float32 does not lose small terms.
 * In float64 the order of additions along contiguous elements is NumPy's own, so the digits of up to 8,192 elements agree; NumPy
 * takes more in blocks of 8,192.
 */

import { type Backend, dtypeOf, type Reduction, withinMemory } from '../backend/backend.js';
import { ShapeError } from '../errors.js';
import { requireMemory } from './memory.js';
import { apart, type OutOptions, resultFor } from './result.js';
import { formatShape, type NdArray, resolveAxis, sizeOf } from './shape.js';

/** The result of a reduction over all elements. */
const SINGLE = { float32: new Float32Array(1), float64: new Float64Array(1) };
const PLACE = new Int32Array(1);

/** Over all elements: one number, rounded to the dtype. */
export function reduceAll(operation: string, backend: Backend, a: NdArray, how: Reduction): number {
  requireMemory(operation, 'this tensor', a);
  const { data } = a;
  const out = SINGLE[dtypeOf(data)];
  backend.reduce(out, data, 1, data.length, 1, how);
  return out[0]!;
}

/** Along one axis, which the result lacks, or keeps with length 1 under `keepDims`. */
export function reduceAxis(
  operation: string,
  backend: Backend,
  a: NdArray,
  axis: number,
  keepDims: boolean,
  how: Reduction,
  options: OutOptions,
): NdArray {
  const along = resolveAxis(operation, axis, a.shape.length);
  const shape = keepDims ? a.shape.with(along, 1) : a.shape.toSpliced(along, 1);
  const result = resultFor(operation, a, shape, options, REDUCE_OPTIONS);
  const x = apart(result.data, a.data, options.out === undefined ? undefined : options);
  const [outer, length, inner] = extents(a.shape, along);
  backend.reduce(result.data, x, outer, length, inner, how);
  return result;
}

export const REDUCE_OPTIONS: readonly string[] = ['keepDims', 'out'];

/** How many elements lie outside, along and inside the axis. */
function extents(shape: readonly number[], axis: number): [outer: number, length: number, inner: number] {
  let [outer, inner] = [1, 1];
  for (let i = 0; i < axis; i++) outer *= shape[i]!;
  for (let i = axis + 1; i < shape.length; i++) inner *= shape[i]!;
  return [outer, shape[axis]!, inner];
}

/** The place of the first maximum in `data`. */
export function argMaxAll(operation: string, backend: Backend, a: NdArray): number {
  requireMemory(operation, 'this tensor', a);
  const { data } = a;
  backend.argMax(PLACE, data, 1, data.length, 1);
  return PLACE[0]!;
}

/** The place of the first maximum along an axis, for each remaining place in row-major order. */
export function argMaxAxis(operation: string, backend: Backend, a: NdArray, axis: number): Int32Array {
  requireMemory(operation, 'this tensor', a);
  const { data, shape } = a;
  const [outer, length, inner] = extents(shape, resolveAxis(operation, axis, shape.length));
  const places = withinMemory(operation, 'int32', outer * inner, () => new Int32Array(outer * inner));
  backend.argMax(places, data, outer, length, inner);
  return places;
}

/**
 * An empty sum is 0, but an empty maximum has no value.
 *
 * @throws {ShapeError} if a maximum would be taken over no elements
 */
export function requireElements(operation: string, { shape }: NdArray, axis?: number): void {
  const reduced = axis === undefined ? sizeOf(shape) : shape[resolveAxis(operation, axis, shape.length)]!;
  if (reduced > 0) return;
  throw new ShapeError({
    operation,
    found: `this tensor has shape ${formatShape(shape)}`,
    expected: `at least one element${axis === undefined ? '' : ` along axis ${axis}`} (an empty array has no maximum or minimum)`,
  });
}
