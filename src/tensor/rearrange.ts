/** The same numbers in another shape, order or part. */

import { allocateUnwritten, dtypeOf, type Floats } from '../backend/backend.js';
import { ArgumentError, ShapeError, show } from '../errors.js';
import { requireMemory } from './memory.js';
import { checkShape, formatShape, type NdArray, resolveAxis, sizeOf, stridesOf } from './shape.js';

/**
 * Which part of an axis `slice` takes: an index, which drops the axis; a range [start, end), its end optional; or null
 * for all of it. Negative numbers count from the end.
 */
export type AxisRange = number | readonly [start: number, end?: number] | null;

/**
 * The shape for these elements, with the one dimension given as −1 computed.
 *
 * @throws {ShapeError} if the elements do not fill the shape, or more than one dimension is −1
 */
export function resolveShape(operation: string, shape: unknown, from: readonly number[]): number[] {
  const size = sizeOf(from);
  const wanted = Array.isArray(shape) ? [...shape] : [shape];
  const open = wanted.indexOf(-1);
  if (open >= 0) wanted[open] = 1; // provisionally; a second -1 is left for checkShape to refuse
  const resolved = checkShape(operation, Array.isArray(shape) || typeof shape === 'number' ? wanted : shape);
  const others = sizeOf(resolved);
  if (open >= 0) resolved[open] = others === 0 ? 0 : size / others;
  if (sizeOf(resolved) === size && Number.isInteger(resolved[open] ?? 0) && !(open >= 0 && others === 0)) {
    return resolved;
  }
  throw new ShapeError({
    operation,
    found: `shape is ${show(shape)}`,
    expected: `one of ${size} elements because this tensor has shape ${formatShape(from)}`,
  });
}

/**
 * The elements with their axes in another order, copied; without `axes`, in reverse order.
 *
 * @throws {ArgumentError} unless `axes` names every axis once
 */
export function transpose(operation: string, a: NdArray, axes?: readonly number[]): NdArray {
  const order = axes === undefined ? a.shape.map((_, axis) => axis).reverse() : checkOrder(operation, axes, a.shape);
  requireMemory(operation, 'this tensor', a);
  const strides = stridesOf(a.shape);
  const shape = order.map((axis) => a.shape[axis]!);
  if (shape.length === 2 && order[0] === 1) return transposeMatrix(a, shape);
  return gather(
    a,
    shape,
    order.map((axis) => strides[axis]!),
    0,
  );
}

/** Rows and columns of a square that stays in the first cache: 4 kB of what is read, and as much of what is written. */
const SQUARE = 32;

function transposeMatrix({ data }: NdArray, shape: readonly number[]): NdArray {
  const [n, m] = shape as [number, number]; // of the result; the source is m × n
  const out = allocateUnwritten(dtypeOf(data), data.length);
  for (let top = 0; top < m; top += SQUARE) {
    const bottom = Math.min(top + SQUARE, m);
    for (let left = 0; left < n; left += SQUARE) {
      const right = Math.min(left + SQUARE, n);
      for (let j = left; j < right; j++) {
        for (let i = top; i < bottom; i++) out[j * m + i] = data[i * n + j]!;
      }
    }
  }
  return { data: out, shape };
}

function checkOrder(operation: string, axes: unknown, shape: readonly number[]): number[] {
  const rank = shape.length;
  if (Array.isArray(axes) && axes.length === rank) {
    const order = axes.map((axis, i) => resolveAxis(operation, axis, rank, `axes[${i}]`));
    if (new Set(order).size === rank) return order;
  }
  throw new ArgumentError({
    operation,
    found: `axes is ${show(axes)}`,
    expected: `each of the ${rank} axes once because this tensor has shape ${formatShape(shape)}`,
  });
}

/**
 * A part of the elements, copied; axes without a range are taken whole.
 *
 * @throws {ArgumentError} for more ranges than axes, an index outside its axis, or an invalid range
 */
export function slice(operation: string, a: NdArray, ranges: readonly AxisRange[]): NdArray {
  requireMemory(operation, 'this tensor', a);
  if (ranges.length > a.shape.length) {
    const found = `${ranges.length} ranges came`;
    throw new ArgumentError({
      operation,
      found,
      expected: `at most ${a.shape.length} because this tensor has shape ${formatShape(a.shape)}`,
    });
  }
  const shape: number[] = [];
  const steps: number[] = [];
  let start = 0;
  stridesOf(a.shape).forEach((stride, axis) => {
    const range = ranges[axis] ?? null;
    const length = a.shape[axis]!;
    if (typeof range === 'number') {
      start += stride * resolveIndex(operation, `ranges[${axis}]`, range, length);
      return;
    }
    const [first, end] = range === null ? [0, length] : checkRange(operation, `ranges[${axis}]`, range, length);
    start += stride * first;
    shape.push(end - first);
    steps.push(stride);
  });
  return gather(a, shape, steps, start);
}

/** Copies the elements that lie `steps` apart along the axes of `shape`, from `start` on. */
function gather({ data }: NdArray, shape: readonly number[], steps: readonly number[], start: number): NdArray {
  const out = allocateUnwritten(dtypeOf(data), sizeOf(shape));
  if (out.length > 0) fillFrom(out, data, shape, steps, start);
  return { data: out, shape };
}

/** out ← the elements of `data` that lie `steps` apart along the axes of `shape`, from `start` on. */
export function fillFrom(
  out: Floats,
  data: Floats,
  shape: readonly number[],
  steps: readonly number[],
  start: number,
): void {
  const last = shape.length - 1;
  if (last < 0) {
    out[0] = data[start]!;
    return;
  }
  const [n, step] = [shape[last]!, steps[last]!];
  let next = 0;
  const walk = (axis: number, from: number): void => {
    if (axis === last) {
      for (let i = 0; i < n; i++) out[next + i] = data[from + i * step]!;
      next += n;
      return;
    }
    for (let i = 0; i < shape[axis]!; i++) walk(axis + 1, from + i * steps[axis]!);
  };
  walk(0, start);
}

/**
 * The offset of an element in the data: of the only one, or of the one at `indices`.
 *
 * @throws {ArgumentError} unless there is an index for every axis, or a single element and none
 */
export function offsetOf(operation: string, { data, shape }: NdArray, indices: readonly number[]): number {
  if (indices.length === 0 && data.length === 1) return 0;
  if (indices.length !== shape.length) {
    const found = `${indices.length} indices came`;
    const expected = `${shape.length} because this tensor has shape ${formatShape(shape)}`;
    throw new ArgumentError({ operation, found, expected });
  }
  return stridesOf(shape).reduce(
    (offset, stride, axis) =>
      offset + stride * resolveIndex(operation, `indices[${axis}]`, indices[axis], shape[axis]!),
    0,
  );
}

/** The inverse: the index along each axis of the element at `offset` in the data. */
export function indicesOf(shape: readonly number[], offset: number): number[] {
  return stridesOf(shape).map((stride, axis) => Math.floor(offset / stride) % shape[axis]!);
}

/** A negative index counts from the end. @throws {ArgumentError} if the axis has no such index */
export function resolveIndex(operation: string, argument: string, index: unknown, length: number): number {
  if (typeof index === 'number' && Number.isInteger(index) && index >= -length && index < length) {
    return index < 0 ? index + length : index;
  }
  const expected = length === 0 ? 'no index (the axis is empty)' : `an integer in [${-length}, ${length})`;
  throw new ArgumentError({ operation, found: `${argument} is ${show(index)}`, expected });
}

/**
 * Start and end of a range, clipped to the axis as in NumPy; if the end comes before the start, the range is empty.
 *
 * @throws {ArgumentError} unless `range` is [start] or [start, end] of whole numbers
 */
export function checkRange(
  operation: string,
  argument: string,
  range: unknown,
  length: number,
  expected = 'an index, a range [start, end] of integers, or null for the whole axis',
): [number, number] {
  const isBound = (bound: unknown): boolean => bound === undefined || Number.isInteger(bound);
  if (!Array.isArray(range) || range.length > 2 || !range.every(isBound)) {
    throw new ArgumentError({ operation, found: `${argument} is ${show(range)}`, expected });
  }
  const [start = 0, end = length] = range as [number?, number?];
  const cut = (bound: number): number => Math.min(Math.max(bound < 0 ? bound + length : bound, 0), length);
  return [cut(start), Math.max(cut(start), cut(end))];
}
