/** The array that users hold: numbers, their shape, and the backend that computes with them. */

import {
  allocate,
  type Backend,
  type Dtype,
  dtypeOf,
  type Floats,
  type Reduction,
  withinMemory,
} from '../backend/backend.js';
import { resolveBackend } from '../backend/choose/load.js';
import { ArgumentError, DataError, DtypeError, show } from '../errors.js';
import { brand, isFloats, isInstance } from '../identity.js';
import { addScaledInPlace } from './broadcast.js';
import { filled, identityMatrix, normalDraws, sequence, uniformDraws } from './create.js';
import { Elementwise } from './elementwise.js';
import { type MatMulOptions, matMul } from './matmul.js';
import { requireMemory, withoutNumbers } from './memory.js';
import { type List, type NestedArray, type NestedNumbers, readNested, toNested } from './nested.js';
import {
  type CreateOptions,
  checkCreateOptions,
  checkKeepDims,
  type NormalOptions,
  type ReduceOptions,
  type UniformOptions,
} from './options.js';
import { printArray } from './print.js';
import { type AxisRange, checkRange, indicesOf, offsetOf, resolveShape, slice, transpose } from './rearrange.js';
import * as reduce from './reduce.js';
import type { OutOptions } from './result.js';
import { checkShape, formatShape, type NdArray, requireShape, sizeOf } from './shape.js';
import type { ArrayOfShape, ShapeArgument } from './shape-types.js';
import { take } from './take.js';
import { borrowable, convert, requireDtype, requireFilled, type TypedValues } from './typed.js';

/** A tensor of two axes: rows of numbers. */
export type Matrix = Tensor<number[][]>;

/** A tensor of one axis. */
export type Vector = Tensor<number[]>;

/**
 * Numbers of one dtype in row-major order, contiguous, with a shape of any rank.
 *
 * structuredClone and postMessage turn a tensor into `{ data, shape }`, which is accepted wherever a tensor is. For a
 * part made by `rows` they send the memory of the whole tensor; `clone` it first.
 *
 * A is the type that `toArray` returns, if it is known: `Tensor<number[][]>` is a matrix.
 *
 * Methods return new tensors and leave this one unchanged, except `set`, `addScaled` and where a result goes by `{ out }`;
 * `reshape` and `rows` share the memory, all others copy. Operations that NumPy has behave as in NumPy, also for NaN. Two
 * tensors must have the same dtype; if their backends differ, the left one's is used. Sums, differences, products, quotients
 * and roots are rounded once; docs/numerics.md has the bounds of the other functions.
 */
export class Tensor<A extends NestedArray = NestedArray> extends Elementwise<Tensor, Tensor<A>> {
  override readonly data: Floats;
  override readonly shape: readonly number[];
  /**
   * Private, so that structuredClone and JSON see only the numbers and the shape: functions cannot be sent to a Worker.
   */
  readonly #backend: Backend;

  /**
   * Wraps `data` without copying it; `Tensor.from` is the friendlier way.
   *
   * @throws {ShapeError} unless `data` has as many elements as the shape
   * @throws {DtypeError} unless `data` is a Float32Array or a Float64Array
   */
  constructor(data: Floats, shape: readonly number[], backend?: Backend);
  /** The shape has been checked and is frozen. @internal */
  constructor(data: Floats, shape: readonly number[], backend: Backend, isChecked: true);
  constructor(
    data: Floats,
    shape: readonly number[],
    backend: Backend = resolveBackend(undefined),
    isChecked: boolean = false,
  ) {
    super();
    if (isChecked) {
      this.shape = shape;
      this.data = data;
      this.#backend = backend;
      return;
    }
    if (!isFloats(data)) {
      const found = `data is ${show(data)}`;
      throw new DtypeError({ operation: 'Tensor', found, expected: 'a Float32Array or a Float64Array' });
    }
    this.shape = Object.freeze(checkShape('Tensor', shape));
    requireFilled('Tensor', 'data', data, this.shape);
    this.data = data;
    this.#backend = backend;
  }

  /** What computes with the numbers. */
  override get backend(): Backend {
    return this.#backend;
  }

  /** 'float32' or 'float64'. */
  get dtype(): Dtype {
    return dtypeOf(this.data);
  }

  /** The number of elements. */
  get size(): number {
    return this.data.length;
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /**
   * A copy of numbers: nested arrays, typed arrays, typed arrays with a shape, another tensor.
   *
   * Without `dtype`, typed floats keep their dtype and all else becomes float32; with it, everything is converted.
   *
   * @throws {ShapeError} for rows of different lengths, naming the row
   * @throws {ArgumentError} for anything that is not a number, naming its place
   * @example Tensor.from([[1, 2, 3], [4, 5, 6]]).shape   // [2, 3]
   */
  static from<A extends NestedArray>(values: Tensor<A>, options?: CreateOptions): Tensor<A>;
  static from(values: number, options?: CreateOptions): Tensor<number>;
  static from(values: List, options?: CreateOptions): Tensor<number[]>;
  static from(values: readonly List[], options?: CreateOptions): Tensor<number[][]>;
  static from(values: readonly (readonly List[])[], options?: CreateOptions): Tensor<number[][][]>;
  static from(values: Tensor | TypedValues | NestedNumbers, options?: CreateOptions): Tensor;
  static from(values: Tensor | TypedValues | NestedNumbers, options: CreateOptions = {}): Tensor {
    const asked = checkCreateOptions('Tensor.from', options);
    const typed = borrowable('Tensor.from', 'values', values);
    const backend = isInstance(values, Tensor) && options.backend === undefined ? values.backend : options.backend;
    if (typed === undefined) {
      return wrap(readNested('Tensor.from', 'values', values, asked ?? 'float32'), resolveBackend(backend));
    }
    const dtype = asked ?? (isFloats(typed.data) ? dtypeOf(typed.data) : 'float32');
    return new Tensor(convert('Tensor.from', typed.data, dtype), typed.shape, resolveBackend(backend));
  }

  /** Zeros. @throws {ShapeError} unless `shape` is a length or an array of lengths, as in all of the following */
  static zeros<S extends ShapeArgument>(shape: S, options: CreateOptions = {}): Tensor<ArrayOfShape<S>> {
    return create('Tensor.zeros', options, (dtype) => filled('Tensor.zeros', shape, 0, dtype));
  }

  /** Ones. */
  static ones<S extends ShapeArgument>(shape: S, options: CreateOptions = {}): Tensor<ArrayOfShape<S>> {
    return create('Tensor.ones', options, (dtype) => filled('Tensor.ones', shape, 1, dtype));
  }

  /** One value everywhere. */
  static full<S extends ShapeArgument>(shape: S, value: number, options: CreateOptions = {}): Tensor<ArrayOfShape<S>> {
    return create('Tensor.full', options, (dtype) => filled('Tensor.full', shape, value, dtype));
  }

  /** The n × n identity matrix. */
  static eye(n: number, options: CreateOptions = {}): Matrix {
    return create('Tensor.eye', options, (dtype) => identityMatrix('Tensor.eye', n, dtype));
  }

  /**
   * The numbers from `start` up to but not including `stop`, in steps of `step`.
   *
   * @example Tensor.arange(2, 3, 0.25).toArray()   // [2, 2.25, 2.5, 2.75]
   */
  static arange(stop: number, options?: CreateOptions): Tensor<number[]>;
  static arange(start: number, stop: number, options?: CreateOptions): Tensor<number[]>;
  static arange(start: number, stop: number, step: number, options?: CreateOptions): Tensor<number[]>;
  static arange(...bounds: (number | CreateOptions | undefined)[]): Tensor<number[]> {
    while (bounds.length > 1 && bounds.at(-1) === undefined) bounds.pop();
    const options = typeof bounds.at(-1) === 'object' ? (bounds.pop() as CreateOptions) : {};
    return create('Tensor.arange', options, (dtype) => sequence('Tensor.arange', bounds, dtype));
  }

  /** Draws from the normal distribution; the same seed gives the same numbers on every backend and platform. */
  static randomNormal<S extends ShapeArgument>(shape: S, options: NormalOptions = {}): Tensor<ArrayOfShape<S>> {
    const operation = 'Tensor.randomNormal';
    return create(operation, options, (dtype) => normalDraws(operation, shape, options, dtype), [
      'mean',
      'std',
      'seed',
    ]);
  }

  /** Draws from the uniform distribution over [low, high). */
  static randomUniform<S extends ShapeArgument>(shape: S, options: UniformOptions = {}): Tensor<ArrayOfShape<S>> {
    const operation = 'Tensor.randomUniform';
    return create(operation, options, (dtype) => uniformDraws(operation, shape, options, dtype), [
      'low',
      'high',
      'seed',
    ]);
  }

  /** A tensor of these numbers on the backend of this one. @internal */
  like({ data, shape }: NdArray): Tensor {
    return new Tensor(data, shape, this.backend);
  }

  /** The same for the result of an operation, whose shape is known; `out` itself if they are its own. @internal */
  override resultOf({ data, shape }: NdArray, options?: OutOptions<NdArray>): Tensor {
    if (options?.out !== undefined) return options.out as Tensor;
    // To freeze it, or to ask whether it is frozen, takes as long as a call into the addon.
    return new Tensor(data, shape === this.shape ? shape : Object.freeze(shape), this.#backend, true);
  }

  /**
   * The matrix product this · b, on the backend; a vector is a row on the left and a column on the right.
   *
   * Shapes: (m, k) · (k, n) → (m, n); (k) · (k, n) → (n); (m, k) · (k) → (m); (k) · (k) → [], a single number. `out` must not
   * share memory with an operand. `{ transposeA: true }` gives thisᵀ · b, `{ transposeB: true }` this · bᵀ, without a copy.
   *
   * @throws {ShapeError} e.g. `matMul: b has shape [50, 10]; expected [784, n] because a has shape [100, 784]`
   */
  matMul(this: Matrix, b: Matrix, options?: MatMulOptions<Tensor>): Matrix;
  matMul(this: Matrix, b: Vector, options?: MatMulOptions<Tensor>): Vector;
  matMul(this: Vector, b: Matrix, options?: MatMulOptions<Tensor>): Vector;
  matMul(this: Vector, b: Vector, options?: MatMulOptions<Tensor>): Tensor<number>;
  matMul(b: Tensor, options?: MatMulOptions<Tensor>): Tensor;
  matMul(b: Tensor, options?: MatMulOptions<Tensor>): Tensor {
    return this.resultOf(matMul(this.backend, this, b, options), options);
  }

  /**
   * The sum of all elements, or along one axis (negative: counted from the end). An empty sum is 0.
   *
   * Added in double, float64 pairwise, and rounded to the dtype once. `out` takes the result along an axis.
   *
   * @throws {ArgumentError} if there is no such axis, as in all of the following
   * @example Tensor.from([[1, 2], [3, 4]]).sum(0).toArray()   // [4, 6]
   */
  sum(): number;
  sum(this: Matrix, axis: number): Vector;
  sum(axis: number | undefined, options: { readonly keepDims: true; readonly out?: Tensor | undefined }): Tensor<A>;
  sum(axis: number, options?: ReduceOptions<Tensor>): Tensor;
  sum(axis?: number, options: ReduceOptions<Tensor> = {}): number | Tensor {
    return reduced('sum', this, axis, options, 'sum');
  }

  /** The mean; of no elements it is NaN, as in NumPy. */
  mean(): number;
  mean(this: Matrix, axis: number): Vector;
  mean(axis: number | undefined, options: { readonly keepDims: true; readonly out?: Tensor | undefined }): Tensor<A>;
  mean(axis: number, options?: ReduceOptions<Tensor>): Tensor;
  mean(axis?: number, options: ReduceOptions<Tensor> = {}): number | Tensor {
    return reduced('mean', this, axis, options, 'mean');
  }

  /** The maximum, NaN if an element is NaN. @throws {ShapeError} if there are no elements */
  max(): number;
  max(this: Matrix, axis: number): Vector;
  max(axis: number | undefined, options: { readonly keepDims: true; readonly out?: Tensor | undefined }): Tensor<A>;
  max(axis: number, options?: ReduceOptions<Tensor>): Tensor;
  max(axis?: number, options: ReduceOptions<Tensor> = {}): number | Tensor {
    reduce.requireElements('max', this, axis);
    return reduced('max', this, axis, options, 'maximum');
  }

  /** The minimum, NaN if an element is NaN. @throws {ShapeError} if there are no elements */
  min(): number;
  min(this: Matrix, axis: number): Vector;
  min(axis: number | undefined, options: { readonly keepDims: true; readonly out?: Tensor | undefined }): Tensor<A>;
  min(axis: number, options?: ReduceOptions<Tensor>): Tensor;
  min(axis?: number, options: ReduceOptions<Tensor> = {}): number | Tensor {
    reduce.requireElements('min', this, axis);
    return reduced('min', this, axis, options, 'minimum');
  }

  /**
   * The position of the first maximum: over all elements, its index in `data`; along an axis, one index for each
   * remaining place, in row-major order. The first NaN counts as the maximum.
   *
   * @throws {ShapeError} if there are no elements
   * @example Tensor.from([[0.1, 0.9], [0.8, 0.2]]).argMax(1)   // Int32Array [1, 0]
   */
  argMax(): number;
  argMax(axis: number): Int32Array;
  argMax(axis?: number): number | Int32Array {
    reduce.requireElements('argMax', this, axis);
    if (axis === undefined) return reduce.argMaxAll('argMax', this.backend, this);
    return reduce.argMaxAxis('argMax', this.backend, this, axis);
  }

  /**
   * The same numbers, in the same memory, with another shape; one dimension may be −1 and is computed.
   *
   * @throws {ShapeError} if the elements do not fill it
   */
  reshape<S extends ShapeArgument>(shape: S): Tensor<ArrayOfShape<S>> {
    return new Tensor(this.data, resolveShape('reshape', shape, this.shape), this.backend);
  }

  /**
   * A copy with the axes in another order, by default reversed: the rows of a matrix become its columns.
   *
   * @throws {ArgumentError} unless `axes` names every axis once
   */
  transpose(axes?: readonly number[]): Tensor<A> {
    return this.like(transpose('transpose', this, axes)) as Tensor<A>;
  }

  /**
   * Rows start … end − 1 along the first axis, in the same memory; bounds as in Array.prototype.slice.
   *
   * @throws {ShapeError} if this is a single number
   */
  rows(start: number, end?: number): Tensor<A> {
    requireMemory('rows', 'this tensor', this);
    const [length, ...row] = this.shape;
    if (length === undefined) requireShape('rows', 'this tensor', this, ['N', '…']);
    const [first, last] = checkRange('rows', '[start, end]', [start, end], length!, 'two integers');
    const width = sizeOf(row);
    return new Tensor(this.data.subarray(first * width, last * width), [last - first, ...row], this.backend);
  }

  /**
   * The rows with these numbers along the first axis, in this order, copied: a batch. A negative number counts from the end.
   *
   * @throws {ShapeError} if this is a single number
   * @throws {ArgumentError} for a row that does not exist
   * @example x.take([3, 0, 3])   // NumPy's x[[3, 0, 3]]
   */
  take(rows: Int32Array | readonly number[], options?: OutOptions<Tensor>): Tensor<A> {
    return this.resultOf(take('take', this.backend, this, rows, options), options) as Tensor<A>;
  }

  /**
   * A part, copied: for each axis an index, which drops it, a range [start, end), or null for all of it.
   *
   * @throws {ArgumentError} for more ranges than axes or an index outside its axis
   * @example x.slice([0, 10], 3)   // NumPy's x[0:10, 3]
   */
  slice(...ranges: readonly AxisRange[]): Tensor {
    return this.like(slice('slice', this, ranges));
  }

  /** A copy in its own memory. */
  clone(): Tensor<A> {
    requireMemory('clone', 'this tensor', this);
    const data = withinMemory('clone', this.dtype, this.size, () => this.data.slice());
    return new Tensor(data, this.shape, this.backend);
  }

  /**
   * Overwrites the elements with those of a tensor or nested array of the same shape, or all with one number.
   *
   * @throws {ShapeError} if the shapes differ
   * @throws {DtypeError} if this is float32 and the values are typed float64
   * @returns this
   */
  set(values: Tensor | TypedValues | NestedNumbers): this {
    requireMemory('set', 'this tensor', this);
    if (typeof values === 'number') {
      this.data.fill(values);
      return this;
    }
    const typed = borrowable('set', 'values', values) ?? readNested('set', 'values', values, this.dtype);
    requireShape('set', 'values', typed, this.shape, 'the shape of this tensor');
    this.data.set(requireDtype('set', 'values', typed.data, this.dtype));
    return this;
  }

  /**
   * this ← this + alpha · x: one step of gradient descent with alpha = −learningRate, which takes the dtype first.
   *
   * @throws {ShapeError} if the shapes differ: an update does not broadcast
   * @returns this
   */
  addScaled(x: Tensor, alpha = 1): this {
    addScaledInPlace('addScaled', this.backend, this, x, alpha);
    return this;
  }

  /**
   * Nested JavaScript arrays, one level for each axis; a number for rank 0.
   *
   * @throws {ShapeError} if its memory was taken away; {StateError} if a `tidy` has ended it
   */
  toArray(): A {
    requireMemory('toArray', 'this tensor', this);
    return toNested(this) as A;
  }

  /**
   * What JSON.stringify writes: nested arrays, as from `toArray`.
   *
   * @throws {DataError} if an element is NaN or infinite, naming it: JSON would write null
   */
  toJSON(): A {
    requireMemory('toJSON', 'this tensor', this);
    requireFinite('Tensor.toJSON', this);
    return this.toArray();
  }

  /**
   * One element as a number: the only one, or the one at `indices`.
   *
   * @throws {ArgumentError} unless there is an index for every axis, or a single element and none
   */
  item(...indices: readonly number[]): number {
    requireMemory('item', 'this tensor', this);
    return this.data[offsetOf('item', this, indices)]!;
  }

  /** The numbers as NumPy prints them, large tensors abbreviated. */
  override toString(): string {
    return withoutNumbers(this) ?? printArray(this);
  }
}

brand(Tensor, 'Tensor');

// What console.log shows. Set from outside the class, because its declaration would need the types of Node.
Object.defineProperty(Tensor.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: Tensor): string {
    return `Tensor ${this.dtype} ${formatShape(this.shape)}\n${this.toString()}`;
  },
});

/** @throws {DataError} for the first element that JSON cannot represent */
function requireFinite(operation: string, { data, shape }: NdArray): void {
  const place = data.findIndex((value) => !Number.isFinite(value));
  if (place < 0) return;
  throw new DataError({
    operation,
    found: `element ${formatShape(indicesOf(shape, place))} is ${data[place]}`,
    expected: 'finite numbers, because JSON would write null',
    fix: 'toArray() gives the numbers as they are',
  });
}

function wrap<A extends NestedArray>({ data, shape }: NdArray, backend: Backend): Tensor<A> {
  return new Tensor<A>(data, shape, backend);
}

function create<A extends NestedArray>(
  operation: string,
  options: CreateOptions,
  make: (dtype: Dtype) => NdArray,
  further?: readonly string[],
): Tensor<A> {
  const dtype = checkCreateOptions(operation, options, further) ?? 'float32';
  return wrap(make(dtype), resolveBackend(options.backend));
}

function reduced(
  operation: string,
  tensor: Tensor,
  axis: number | undefined,
  options: ReduceOptions,
  how: Reduction,
): number | Tensor {
  const { backend } = tensor;
  const keepDims = checkKeepDims(operation, options);
  if (axis !== undefined) {
    return tensor.resultOf(reduce.reduceAxis(operation, backend, tensor, axis, keepDims, how, options), options);
  }
  if (options.out !== undefined) {
    const expected = 'an axis: over all elements the result is a number';
    throw new ArgumentError({ operation, found: 'out without an axis', expected });
  }
  const value = reduce.reduceAll(operation, backend, tensor, how);
  if (!keepDims) return value;
  return tensor.like({ data: allocate(tensor.dtype, 1).fill(value), shape: tensor.shape.map(() => 1) });
}
