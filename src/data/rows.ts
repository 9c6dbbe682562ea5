import { allocate, type Dtype, dtypeOf, type Floats } from '../backend/backend.js';
import { DataError, DtypeError, ShapeError, StateError } from '../errors.js';
import { readNested } from '../tensor/nested.js';
import { formatShape, sizeOf } from '../tensor/shape.js';
import { borrowable } from '../tensor/typed.js';
import type { Values } from '../tensor/values.js';
import { oneHotIndices } from './labels.js';

/** What `Backend.gatherRows` reads from. */
export type RowSource = Floats | Uint8Array;

/**
 * A table of numbers from which batches gather rows: the x of a data set, its soft labels or its targets.
 *
 * Typed floats and bytes are borrowed and stay what they are. Numbers that came without a float type (nested arrays,
 * other integers) are kept in float64 and rounded to the dtype that is asked for, once.
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
    private readonly argument: string,
    private readonly data: RowSource,
    shape: readonly number[],
    /** Whether the numbers came without a float type. */
    private readonly untyped: boolean,
  ) {
    this.count = shape[0]!;
    this.sampleShape = Object.freeze(shape.slice(1));
    this.width = sizeOf(this.sampleShape);
    this.requireFinite(data);
  }

  /**
   * @param dtype convert floats to this type now, whatever their own; bytes stay bytes
   * @param column take N single numbers as N rows of one
   * @throws {ShapeError} for a single number, a list without rows, or rows of different lengths
   * @throws {DataError} for no rows, empty rows, NaN or infinity
   * @throws {ArgumentError} for anything that is no number
   */
  static from(
    operation: string,
    argument: string,
    values: Values,
    { dtype, column = false }: { readonly dtype?: Dtype | undefined; readonly column?: boolean },
  ): Rows {
    const typed = borrowable(operation, argument, values);
    const { data, shape: given } = typed ?? readNested(operation, argument, values, 'float64');
    const shape = column && given.length === 1 ? [given[0]!, 1] : given;
    if (sizeOf(given) === 0) {
      throw new DataError({
        operation,
        found: `${argument} is empty (shape ${formatShape(given)})`,
        expected: 'at least one row of at least one number',
      });
    }
    if (shape.length < 2) {
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
    const bytesOrFloats = data instanceof Uint8Array || data instanceof Uint8ClampedArray || isFloats(data);
    return new Rows(operation, argument, asSource(data), shape, typed === undefined || !bytesOrFloats);
  }

  /** The dtype to compute with where nobody says otherwise. */
  get naturalDtype(): Dtype {
    return this.data instanceof Float64Array && !this.untyped ? 'float64' : 'float32';
  }

  /**
   * The table for computing with `dtype`: bytes as they are, floats of that type.
   *
   * @throws {DtypeError} if it was given as float64 and float32 is wanted
   * @throws {DataError} if a number is too large for float32
   * @throws {StateError} if the memory of the borrowed array has gone to another thread since
   */
  as(dtype: Dtype): RowSource {
    const { data } = this;
    const known = this.converted[dtype];
    if (known !== undefined) return known;
    if (data.length === 0) throw detached(this.argument);
    if (data instanceof Uint8Array || dtypeOf(data) === dtype) return data;
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

  /** The column of each row's single 1, or undefined if the rows are not all exactly one-hot. */
  oneHotIndices(): Int32Array | undefined {
    return oneHotIndices(this.data, this.width);
  }

  private requireFinite(data: RowSource): void {
    if (data instanceof Uint8Array) return;
    for (let i = 0; i < data.length; i++) {
      if (Number.isFinite(data[i]!)) continue;
      const given = this.data[i]!;
      throw new DataError({
        operation: this.operation,
        found: `${this.argument}${placeOf(i, [this.count, ...this.sampleShape])} is ${given}`,
        expected: Number.isFinite(given) ? 'numbers within the range of float32' : 'finite numbers',
      });
    }
  }
}

/** The error for an array that was borrowed and has lost its memory. */
export function detached(argument: string): StateError {
  return new StateError({
    operation: 'Dataset',
    found: `the array of ${argument} was detached after Dataset.from`,
    expected: 'it to keep its memory, which the data set borrows',
    fix: 'Give Dataset.from a copy, or transfer one',
  });
}

function isFloats(data: unknown): data is Floats {
  return data instanceof Float32Array || data instanceof Float64Array;
}

/** Floats and bytes as they are; other integers as float64, which holds them exactly. */
function asSource(data: Exclude<ReturnType<typeof borrowable>, undefined>['data']): RowSource {
  if (data instanceof Uint8Array || isFloats(data)) return data;
  // The pixels of a canvas: the same bytes, seen without clamping, which only writing knows.
  if (data instanceof Uint8ClampedArray) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  return Float64Array.from(data);
}

/** Where element `i` lies, as `[17][3]`. */
function placeOf(i: number, shape: readonly number[]): string {
  let rest = i;
  let place = '';
  for (const length of [...shape].reverse()) {
    place = `[${rest % length}]${place}`;
    rest = Math.floor(rest / length);
  }
  return place;
}
