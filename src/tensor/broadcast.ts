/**
 * Arithmetic element by element on the backend, with NumPy's broadcasting.
 *
 * A backend repeats rows and columns of matrices; so the axes of two operands are joined to two where neighbours are treated
 * alike, as nearly always. A plain number takes the tensor's dtype first, as in NumPy.
 */

import { type Backend, type BinaryOperation, type Dtype, dtypeOf, type Floats } from '../backend/backend.js';
import { ArgumentError, DtypeError, ShapeError, show } from '../errors.js';
import { isFloats, isShared, typedArrayName } from '../identity.js';
import { requireMemory } from './memory.js';
import { fillFrom } from './rearrange.js';
import { type OutOptions, overlap, resultFor, sameOrApart } from './result.js';
import { checkShape, formatShape, type NdArray, sameShape, sizeOf, stridesOf } from './shape.js';

type Unary = (x: number) => number;

/** f of every element, as a new array: for functions that no backend has. */
export function mapElements({ data, shape }: NdArray, f: Unary): NdArray {
  const out = data.slice();
  for (let i = 0; i < out.length; i++) out[i] = f(data[i]!);
  return { data: out, shape };
}

/** The operand of a call that is a plain number. */
const SCALARS = { float32: new Float32Array(1), float64: new Float64Array(1) };

/**
 * The operation on the elements of a and b that broadcasting pairs up, as a new array or in `out`.
 *
 * Shapes are aligned at their last axes; an axis of length 1, or one that is missing, is repeated.
 *
 * @throws {ShapeError} if two lengths differ and neither is 1
 * @throws {DtypeError} if a is float32 and b float64, or the other way round
 * @throws {ArgumentError} if b is neither a tensor nor a number
 */
export function combine(
  operation: string,
  backend: Backend,
  a: NdArray,
  b: unknown,
  how: BinaryOperation,
  options: OutOptions | undefined,
): NdArray {
  if (typeof b === 'number') return combineWithNumber(operation, backend, a, b, how, options);
  requireOperand(operation, b);
  requireSameDtype(operation, a, b);
  if (a.shape === b.shape || sameShape(a.shape, b.shape)) {
    const result = resultFor(operation, a, a.shape, options);
    const y = result.data;
    const n = y.length;
    backend.binary(y, sameOrApart(y, a.data, options), sameOrApart(y, b.data, options), 1, n, 1, n, 1, n, how);
    return result;
  }
  const shape = checkShape(operation, broadcastShapes(operation, a.shape, b.shape));
  const result = resultFor(operation, a, shape, options);
  combineStretched(backend, result, a, b, how, options);
  return result;
}

function combineWithNumber(
  operation: string,
  backend: Backend,
  a: NdArray,
  b: number,
  how: BinaryOperation,
  options: OutOptions | undefined,
): NdArray {
  const result = resultFor(operation, a, a.shape, options);
  const data = sameOrApart(result.data, a.data, options);
  const n = data.length;
  const scalar = SCALARS[dtypeOf(data)];
  // A square is a product, and a power of −1 a quotient: a hundredth of the time of any other power.
  if (how === 'power' && b === 2) backend.binary(result.data, data, data, 1, n, 1, n, 1, n, 'multiply');
  else if (how === 'power' && b === -1) {
    scalar[0] = 1;
    backend.binary(result.data, scalar, data, 1, n, 1, 1, 1, n, 'divide');
  } else {
    scalar[0] = b;
    backend.binary(result.data, data, scalar, 1, n, 1, n, 1, 1, how);
  }
  return result;
}

/** Neighbouring axes along which the same operands are repeated. */
interface Run {
  length: number;
  readonly repeatsA: boolean;
  readonly repeatsB: boolean;
}

function combineStretched(
  backend: Backend,
  { data: y, shape }: NdArray,
  { data: aData, shape: aShape }: NdArray,
  { data: bData, shape: bShape }: NdArray,
  how: BinaryOperation,
  options: OutOptions | undefined,
): void {
  const [a, b] = [sameOrApart(y, aData, options), sameOrApart(y, bData, options)];
  const runs = runsOf(shape, aShape, bShape);
  if (runs.length > 2) {
    const n = y.length;
    const [left, right] = [stretched(a, aShape, shape), stretched(b, bShape, shape)];
    backend.binary(y, left, right, 1, n, 1, n, 1, n, how);
    return;
  }
  const one: Run = { length: 1, repeatsA: true, repeatsB: true };
  const columns = runs.at(-1) ?? one;
  const rows = runs.length === 2 ? runs[0]! : one;
  const [m, n] = [rows.length, columns.length];
  backend.binary(
    y,
    a,
    b,
    m,
    n,
    rows.repeatsA ? 1 : m,
    columns.repeatsA ? 1 : n,
    rows.repeatsB ? 1 : m,
    columns.repeatsB ? 1 : n,
    how,
  );
}

/** The axes of the result, neighbours that are treated alike joined; axes of length 1 are left out. */
function runsOf(shape: readonly number[], a: readonly number[], b: readonly number[]): Run[] {
  const runs: Run[] = [];
  const rank = shape.length;
  for (let axis = 0; axis < rank; axis++) {
    const length = shape[axis]!;
    if (length === 1) continue;
    const repeatsA = (a[axis - rank + a.length] ?? 1) === 1;
    const repeatsB = (b[axis - rank + b.length] ?? 1) === 1;
    const last = runs.at(-1);
    if (last !== undefined && last.repeatsA === repeatsA && last.repeatsB === repeatsB) last.length *= length;
    else runs.push({ length, repeatsA, repeatsB });
  }
  return runs;
}

/** The elements of an operand as the result pairs them up, written out. */
function stretched(data: Floats, from: readonly number[], to: readonly number[]): Floats {
  const size = sizeOf(to);
  if (data.length === size) return data;
  const out = dtypeOf(data) === 'float32' ? new Float32Array(size) : new Float64Array(size);
  fillFrom(out, data, to, stretchedStrides(from, to), 0);
  return out;
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
 * y ← y + alpha · x in place. The shapes must be equal: an update does not broadcast.
 *
 * float32 is computed by `axpy` of the backend, float64 as NumPy does: the product is rounded, then the sum.
 *
 * @throws {ShapeError} if the shapes differ
 * @throws {DtypeError} if the dtypes differ
 * @throws {ArgumentError} if x is not a tensor or alpha not a number
 */
export function addScaledInPlace(operation: string, backend: Backend, y: NdArray, x: unknown, alpha: unknown): void {
  requireOperand(operation, x, 'x', 'a tensor');
  requireSameDtype(operation, y, x, 'x');
  if (typeof alpha !== 'number') {
    throw new ArgumentError({ operation, found: `alpha is ${show(alpha)}`, expected: 'a number' });
  }
  if (!sameShape(y.shape, x.shape)) {
    const found = `x has shape ${formatShape(x.shape)}`;
    throw new ShapeError({ operation, found, expected: `${formatShape(y.shape)}, the shape of this tensor` });
  }
  requireMemory(operation, 'this tensor', y);
  const n = y.data.length;
  // Copied if it shares part of our memory: else elements would be read after they were overwritten.
  const source = sameOrApart(y.data, x.data, { out: y });
  if (dtypeOf(y.data) === 'float32' && !overlap(y.data, source) && !isShared(y.data)) {
    backend.axpy(n, alpha, source, y.data);
    return;
  }
  const factor = roundTo(dtypeOf(y.data), alpha);
  for (let i = 0; i < n; i++) y.data[i]! += factor * source[i]!;
}

/**
 * @throws {ArgumentError} unless `b` is a tensor, or the numbers with a shape that structuredClone makes of one
 * @throws {ShapeError} if its memory is detached
 */
export function requireOperand(
  operation: string,
  b: unknown,
  argument = 'b',
  expected = 'a tensor or a number',
): asserts b is NdArray {
  if (isNdArray(b)) return requireMemory(operation, argument, b);
  const fix =
    Array.isArray(b) || typedArrayName(b) !== undefined ? `Make it one with Tensor.from(${argument})` : undefined;
  throw new ArgumentError({ operation, found: `${argument} is ${show(b)}`, expected, fix });
}

function isNdArray(value: unknown): value is NdArray {
  if (typeof value !== 'object' || value === null || !('data' in value && 'shape' in value)) return false;
  const { data, shape } = value;
  // Detached memory has no elements; requireMemory tells that.
  return isFloats(data) && Array.isArray(shape) && (data.length === 0 || data.length === sizeOf(shape));
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
function roundTo(dtype: Dtype, x: number): number {
  return dtype === 'float32' ? Math.fround(x) : x;
}
