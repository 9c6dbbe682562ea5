/**
 * Arithmetic element by element, with NumPy's broadcasting.
 *
 * Every element is computed in double and rounded to the tensor's dtype once, so float32 sums, products, quotients and
 * square roots are the correctly rounded ones. A plain number takes the tensor's dtype first, as in NumPy.
 */

import { allocate, type Dtype, dtypeOf, type Floats } from '../backend/backend.js';
import { ArgumentError, DtypeError, ShapeError, show } from '../errors.js';
import { isFloats, typedArrayName } from '../identity.js';
import { checkShape, formatShape, type NdArray, sameShape, sizeOf, stridesOf } from './shape.js';

type Unary = (x: number) => number;
type Binary = (x: number, y: number) => number;

/** f of every element, as a new array. */
export function mapElements({ data, shape }: NdArray, f: Unary): NdArray {
  const out = allocate(dtypeOf(data), data.length);
  for (let i = 0; i < data.length; i++) out[i] = f(data[i]!);
  return { data: out, shape };
}

/**
 * f of the elements of a and b that broadcasting pairs up, as a new array.
 *
 * Shapes are aligned at their last axes; an axis of length 1, or one that is missing, is repeated.
 *
 * @throws {ShapeError} if two lengths differ and neither is 1
 * @throws {DtypeError} if a is float32 and b float64, or the other way round
 * @throws {ArgumentError} if b is neither a tensor nor a number
 */
export function combine(operation: string, a: NdArray, b: unknown, f: Binary): NdArray {
  if (typeof b === 'number') {
    const scalar = roundTo(dtypeOf(a.data), b);
    return mapElements(a, (x) => f(x, scalar));
  }
  requireOperand(operation, b);
  requireSameDtype(operation, a, b);
  if (sameShape(a.shape, b.shape)) return combineAligned(a, b, f);
  return combineStretched(a, b, checkShape(operation, broadcastShapes(operation, a.shape, b.shape)), f);
}

function combineAligned(a: NdArray, b: NdArray, f: Binary): NdArray {
  const out = allocate(dtypeOf(a.data), a.data.length);
  for (let i = 0; i < out.length; i++) out[i] = f(a.data[i]!, b.data[i]!);
  return { data: out, shape: a.shape };
}

/** Walks the result row by row; along a stretched axis the operand's stride is 0. */
function combineStretched(a: NdArray, b: NdArray, shape: readonly number[], f: Binary): NdArray {
  const out = allocate(dtypeOf(a.data), sizeOf(shape));
  const aStrides = stretchedStrides(a.shape, shape);
  const bStrides = stretchedStrides(b.shape, shape);
  const last = shape.length - 1;
  let next = 0;

  const walk = (axis: number, aStart: number, bStart: number): void => {
    const aStep = aStrides[axis]!;
    const bStep = bStrides[axis]!;
    for (let i = 0; i < shape[axis]!; i++) {
      const aIndex = aStart + i * aStep;
      const bIndex = bStart + i * bStep;
      if (axis === last) out[next++] = f(a.data[aIndex]!, b.data[bIndex]!);
      else walk(axis + 1, aIndex, bIndex);
    }
  };

  walk(0, 0, 0); // there is an axis: two shapes [] are the same shape
  return { data: out, shape };
}

function stretchedStrides(from: readonly number[], to: readonly number[]): number[] {
  const strides = stridesOf(from);
  const missing = to.length - from.length;
  return to.map((_, axis) => (axis < missing || from[axis - missing] === 1 ? 0 : strides[axis - missing]!));
}

/** @throws {ShapeError} if the shapes do not broadcast together */
function broadcastShapes(operation: string, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const ofA = a[axis - rank + a.length] ?? 1;
    const ofB = b[axis - rank + b.length] ?? 1;
    if (ofA === ofB || ofB === 1) return ofA;
    if (ofA === 1) return ofB;
    throw new ShapeError({
      operation,
      found: `b has shape ${formatShape(b)}`,
      expected: `one that broadcasts with a's ${formatShape(a)}: from the last axis on, lengths equal or 1`,
    });
  });
}

/**
 * y ← y + alpha · x in place, each element rounded once. The shapes must be equal: an update does not broadcast.
 *
 * @throws {ShapeError} if the shapes differ
 * @throws {DtypeError} if the dtypes differ
 * @throws {ArgumentError} if x is not a tensor or alpha not a number
 */
export function addScaledInPlace(operation: string, y: NdArray, x: unknown, alpha: unknown): void {
  requireOperand(operation, x, 'x', 'a tensor');
  requireSameDtype(operation, y, x, 'x');
  if (typeof alpha !== 'number') {
    throw new ArgumentError({ operation, found: `alpha is ${show(alpha)}`, expected: 'a number' });
  }
  if (!sameShape(y.shape, x.shape)) {
    const found = `x has shape ${formatShape(x.shape)}`;
    throw new ShapeError({ operation, found, expected: `${formatShape(y.shape)}, the shape of this tensor` });
  }
  // Copied if it shares part of our memory: else elements would be read after they were overwritten.
  const source = overlaps(y.data, x.data) ? x.data.slice() : x.data;
  for (let i = 0; i < y.data.length; i++) y.data[i]! += alpha * source[i]!;
}

/** Whether two arrays share memory without being the same elements. */
function overlaps(a: Floats, b: Floats): boolean {
  if (a.buffer !== b.buffer || a.byteOffset === b.byteOffset) return false;
  return a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;
}

/** @throws {ArgumentError} unless `b` is a tensor, or the numbers with a shape that structuredClone makes of one */
export function requireOperand(
  operation: string,
  b: unknown,
  argument = 'b',
  expected = 'a tensor or a number',
): asserts b is NdArray {
  if (isNdArray(b)) return;
  const fix =
    Array.isArray(b) || typedArrayName(b) !== undefined ? `Make it one with Tensor.from(${argument})` : undefined;
  throw new ArgumentError({ operation, found: `${argument} is ${show(b)}`, expected, fix });
}

function isNdArray(value: unknown): value is NdArray {
  if (typeof value !== 'object' || value === null || !('data' in value && 'shape' in value)) return false;
  const { data, shape } = value;
  return isFloats(data) && Array.isArray(shape) && data.length === sizeOf(shape);
}

/** @throws {DtypeError} unless both are float32 or both float64 */
export function requireSameDtype(operation: string, a: NdArray, b: NdArray, argument = 'b'): void {
  const [ofA, ofB] = [dtypeOf(a.data), dtypeOf(b.data)];
  if (ofA === ofB) return;
  throw new DtypeError({
    operation,
    found: `${argument} is ${ofB}`,
    expected: `${ofA} as ${argument === 'b' ? 'a' : 'this tensor'} is`,
    fix: `Convert one of them, for example with Tensor.from(${argument}, { dtype: '${ofA}' })`,
  });
}

/** The number rounded to the dtype. */
export function roundTo(dtype: Dtype, x: number): number {
  return dtype === 'float32' ? Math.fround(x) : x;
}

/**
 * x to the power y, as in NumPy and C: 1 to any power is 1, and so is −1 to an infinite one, where JavaScript gives
 * NaN. A square is the correctly rounded product.
 */
export function power(x: number, y: number): number {
  if (y === 2) return x * x;
  if (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY)) return 1;
  return x ** y;
}
