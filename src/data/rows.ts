import { allocate, type Dtype, dtypeOf, type Floats } from '../backend/backend.js';
import { DataError, DtypeError, ShapeError, StateError } from '../errors.js';
import { isFloat64, isFloats, isUint8, lengthOf } from '../identity.js';
import { isByteArray, isBytes } from '../tensor/bytes.js';
import type { Matrix } from '../tensor/labels.js';
import { readNested } from '../tensor/nested.js';
import { formatShape, placeOf, sizeOf } from '../tensor/shape.js';
import { borrowable } from '../tensor/typed.js';
import type { Values } from '../tensor/values.js';

/** What `Backend.gatherRows` reads from. */
export type RowSource = Floats | Uint8Array;

export interface RowsOptions {
  /** Convert floats to this type now, whatever theirs is; bytes stay bytes. */
  readonly dtype?: Dtype | undefined;
  /** Take N single numbers as N rows of one. */
  readonly column?: boolean;
}

/**
 * A table of numbers from which batches gather rows: the x of a data set, its rows of labels, its targets, its weights.
 *
 * Typed floats and bytes are borrowed and stay what they are. Numbers that came without a float type (nested arrays,
 * other integers) are kept in float64 and rounded once to the requested dtype.
 */
export class Rows {
  readonly count: number;
  /** Numbers in a row. */
  readonly width: number;
  /** The shape of one sample, e.g. [28, 28] for rows of 784. */
  readonly sampleShape: readonly number[];

  private readonly converted: { float32?: Floats; float64?: Floats } = {};

  private constructor(
    private readonly operation: string,
    readonly argument: string,
    private readonly data: RowSource,
    /** As given: messages use it to name places. */
    private readonly shape: readonly number[],
    /** Whether the numbers came without a float type. */
    private readonly untyped: boolean,
  ) {
    this.count = shape[0]!;
    this.sampleShape = Object.freeze(shape.length === 1 ? [1] : shape.slice(1));
    this.width = sizeOf(this.sampleShape);
    this.requireFinite(data);
  }

  /**
   * @throws {ShapeError} for a single number, a list without rows, or rows of different lengths
   * @throws {DataError} for no rows, empty rows, NaN or infinity
   * @throws {ArgumentError} for anything but numbers
   */
  static from(operation: string, argument: string, values: Values, options: RowsOptions = {}): Rows {
    const typed = borrowable(operation, argument, values);
    if (typed !== undefined) return Rows.of(operation, argument, typed, options);
    const { data, shape } = readNested(operation, argument, values, 'float64');
    return isBytes(values)
      ? Rows.of(operation, argument, { data: Uint8Array.from(data), shape }, options)
      : Rows.of(operation, argument, { data, shape, untyped: true }, options);
  }

  /** The same from numbers that have already been read. */
  static of(
    operation: string,
    argument: string,
    { data, shape, untyped = false }: Matrix,
    { dtype, column = false }: RowsOptions = {},
  ): Rows {
    if (sizeOf(shape) === 0) {
      throw new DataError({
        operation,
        found: `${argument} is empty (shape ${formatShape(shape)})`,
        expected: 'at least one row of at least one number',
      });
    }
    if (shape.length < (column ? 1 : 2)) {
      throw new ShapeError({
        operation,
        found: `${argument} has shape ${formatShape(shape)}`,
        expected: '[N, size], a row for each sample',
        fix: shape.length === 1 ? 'Nest single numbers, as in [[1], [2]], or give { data, shape: [N, 1] }' : undefined,
      });
    }
    if (dtype !== undefined) {
      const kept = new Rows(operation, argument, asSource(data), shape, true);
      return new Rows(operation, argument, kept.as(dtype), shape, false);
    }
    const isTyped = !untyped && (isByteArray(data) || isFloats(data));
    return new Rows(operation, argument, asSource(data), shape, !isTyped);
  }

  /** Whether the numbers are bytes. */
  get isBytes(): boolean {
    return isUint8(this.data);
  }

  /** The dtype to compute with by default. */
  get naturalDtype(): Dtype {
    return isFloat64(this.data) && !this.untyped ? 'float64' : 'float32';
  }

  /**
   * The table for computing with `dtype`: bytes as they are, floats of that type.
   *
   * @throws {DtypeError} if it was given as float64 and float32 is wanted
   * @throws {DataError} if a number is too large for float32
   * @throws {StateError} if the borrowed array has lost memory since then
   */
  as(dtype: Dtype): RowSource {
    const { data } = this;
    const known = this.converted[dtype];
    if (known !== undefined) return known;
    this.requireWhole(data);
    if (isUint8(data) || dtypeOf(data) === dtype) return data;
    if (dtype === 'float32' && !this.untyped) {
      throw new DtypeError({
        operation: 'Dataset',
        found: `${this.argument} holds float64 numbers`,
        expected: 'float32',
        fix: "Give the network { dtype: 'float64' }, or convert the numbers with Float32Array.from(data)",
      });
    }
    const converted = allocate(dtype, data.length);
    converted.set(data);
    this.requireFinite(converted);
    this.converted[dtype] = converted;
    return converted;
  }

  /**
   * Refuses a source of these rows that has lost memory since it was borrowed.
   *
   * @throws {StateError} if its buffer was transferred, or a resizable one shrank
   */
  requireWhole(source: RowSource): void {
    requireWhole(this.argument, source, this.count * this.width);
  }

  /** The column of each row's first maximum. */
  largestColumns(): Int32Array {
    this.requireWhole(this.data);
    const { data, width } = this;
    return Int32Array.from({ length: this.count }, (_, row) => {
      let largest = 0;
      for (let j = 1; j < width; j++) if (data[row * width + j]! > data[row * width + largest]!) largest = j;
      return largest;
    });
  }

  /** The place and value of the first number that fails the test; undefined if all pass. */
  findOther(passes: (value: number) => boolean): { place: string; value: number } | undefined {
    const i = this.data.findIndex((value: number) => !passes(value));
    return i < 0 ? undefined : { place: `${this.argument}${placeOf(i, this.shape)}`, value: this.data[i]! };
  }

  private requireFinite(data: RowSource): void {
    if (isUint8(data)) return;
    for (let i = 0; i < data.length; i++) {
      if (Number.isFinite(data[i]!)) continue;
      const given = this.data[i]!;
      throw new DataError({
        operation: this.operation,
        found: `${this.argument}${placeOf(i, this.shape)} is ${given}`,
        expected: Number.isFinite(given) ? 'numbers within the range of float32' : 'finite numbers',
      });
    }
  }
}

/**
 * Refuses a borrowed array that has lost memory: missing elements would be read as undefined.
 *
 * @throws {StateError} if fewer than `length` elements are left
 */
export function requireWhole(argument: string, array: ArrayLike<number>, length: number): void {
  const left = lengthOf(array);
  if (left >= length) return;
  throw new StateError({
    operation: 'Dataset',
    found: `the array of ${argument} has ${left} of its ${length} elements left`,
    expected: 'an array that keeps its memory, which the data set borrows',
    fix: 'Its buffer was transferred, or shrank: give Dataset.from a copy',
  });
}

/**
 * Floats and bytes as they are, other integers as float64, which holds them exactly. Arrays of another realm become
 * one of this realm over the same memory; clamped bytes (the pixels of a canvas) become plain ones, since clamping only
 * affects writing.
 */
function asSource(data: Matrix['data']): RowSource {
  if (isUint8(data) || isFloats(data)) return data;
  const { buffer, byteOffset, length } = data;
  if (isByteArray(data)) return new Uint8Array(buffer, byteOffset, length);
  if (!isFloats(data)) return Float64Array.from(data);
  return isFloat64(data) ? new Float64Array(buffer, byteOffset, length) : new Float32Array(buffer, byteOffset, length);
}
