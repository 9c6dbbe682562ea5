import { DataError, DtypeError, ShapeError, show } from '../errors.js';
import { isUint8 } from '../identity.js';
import type { RowWindow } from './row-window.js';
import type { ReadStreamOptions } from './stream-options.js';

/** What the source of a classification gives: one row or several, one after another in flat arrays. */
export interface ClassRows {
  /** rows · inputSize numbers. The array may be used again once the next rows are asked for. */
  readonly x: ArrayLike<number>;
  /** A class for each row; of a single row also the number alone. */
  readonly labels: number | ArrayLike<number>;
  readonly targets?: never;
}

/** What the source of a regression gives: one row or several, one after another in flat arrays. */
export interface ValueRows {
  /** rows · inputSize numbers. The array may be used again once the next rows are asked for. */
  readonly x: ArrayLike<number>;
  /** rows · outputSize numbers; of a single row with one target also the number alone. */
  readonly targets: number | ArrayLike<number>;
  readonly labels?: never;
}

/** What a source gives at a time: one row or several. */
export type StreamRows = ClassRows | ValueRows;

/** Rows whose sizes have been checked, and the place of the first in the pass. */
export interface SizedRows {
  readonly x: ArrayLike<number>;
  readonly learned: ArrayLike<number>;
  readonly count: number;
  readonly first: number;
}

const OPERATION = 'DatasetStream';

/** Checks what a source gives and writes it into the window. */
export class RowWriter {
  constructor(
    private readonly options: ReadStreamOptions,
    private readonly window: RowWindow,
  ) {}

  /**
   * @param first the number of rows before these
   * @throws {DataError} for something else than rows, {ShapeError} for numbers that make no whole rows, {DtypeError} for bytes
   *   where floats belong, or the reverse
   */
  sized(given: unknown, first: number): SizedRows {
    const { kind, inputSize, outputSize, byteScale } = this.options;
    const name = kind === 'classification' ? 'labels' : 'targets';
    const { x, [name]: value } = (given ?? {}) as {
      readonly x?: unknown;
      readonly labels?: unknown;
      readonly targets?: unknown;
    };
    if (!isList(x) || !(isList(value) || typeof value === 'number')) {
      const found =
        typeof given === 'object' && given !== null && 'x' in given
          ? `{ x: ${show(x)}, ${name}: ${show(value)} }`
          : show(given);
      throw new DataError({
        operation: OPERATION,
        found: `${this.row(first)} is ${found}`,
        expected: `{ x, ${name} }: arrays with the numbers of one row or several`,
      });
    }
    this.requireBytes(x, first, byteScale !== undefined);
    const count = x.length / inputSize;
    if (!Number.isInteger(count)) {
      throw new ShapeError({
        operation: OPERATION,
        found: `x from ${this.row(first)} on has ${x.length} numbers`,
        expected: `${inputSize} for each row (inputSize)`,
      });
    }
    const learned = typeof value === 'number' ? [value] : value;
    const width = kind === 'classification' ? 1 : outputSize;
    if (learned.length !== count * width) {
      throw new ShapeError({
        operation: OPERATION,
        found: `${name} from ${this.row(first)} on has ${learned.length} ${learned.length === 1 ? 'number' : 'numbers'}`,
        expected: `${count * width}: x has ${count} ${count === 1 ? 'row' : 'rows'}`,
      });
    }
    return { x, learned, count, first };
  }

  /**
   * Writes the rows of the places from `from` to `to`, until the window is full.
   *
   * @returns the place of the first row that was not written
   * @throws {DataError} for a number that is not finite, or a label that is not a class; the rows before it are written
   */
  write(rows: SizedRows, from: number, to: number): number {
    const { window } = this;
    let row = from;
    for (; row < to && !window.isFull; row++) {
      this.writeX(rows, row, window.nextSlot);
      this.writeLearned(rows, row, window.nextSlot);
      window.push();
    }
    return row;
  }

  private writeX({ x, first }: SizedRows, row: number, slot: number): void {
    const { inputSize: width } = this.options;
    const into = this.window.x;
    const from = row * width;
    const to = slot * width;
    if (isUint8(into)) {
      into.set((x as Uint8Array).subarray(from, from + width), to);
      return;
    }
    for (let j = 0; j < width; j++) {
      const value = x[from + j]!;
      into[to + j] = value;
      // Read back: a number may be too large for float32.
      if (typeof value !== 'number' || !Number.isFinite(into[to + j]!))
        throw this.notFinite(`x[${first + row}][${j}]${this.ofSource}`, value);
    }
  }

  private writeLearned({ learned, first }: SizedRows, row: number, slot: number): void {
    const { kind, outputSize, classes } = this.options;
    const into = this.window.learned;
    if (kind === 'classification') {
      const label = learned[row]!;
      if (!(Number.isInteger(label) && label >= 0 && label < classes!)) {
        throw new DataError({
          operation: OPERATION,
          found: `labels[${first + row}]${this.ofAnswers} is ${show(label)}`,
          expected: `an integer in [0, ${classes})`,
        });
      }
      into[slot] = label;
      return;
    }
    for (let j = 0; j < outputSize; j++) {
      const value = learned[row * outputSize + j]!;
      into[slot * outputSize + j] = value;
      if (typeof value !== 'number' || !Number.isFinite(into[slot * outputSize + j]!)) {
        throw this.notFinite(`targets[${first + row}]${outputSize === 1 ? '' : `[${j}]`}${this.ofAnswers}`, value);
      }
    }
  }

  /** A number of x or of the targets that cannot be learned from. */
  private notFinite(place: string, value: unknown): DataError {
    return new DataError({
      operation: OPERATION,
      found: `${place} is ${show(value)}`,
      expected: Number.isFinite(value) ? 'numbers within the range of float32' : 'finite numbers',
    });
  }

  private requireBytes(x: ArrayLike<number>, first: number, expected: boolean): void {
    if (isUint8(x) === expected) return;
    throw new DtypeError({
      operation: OPERATION,
      found: `x from ${this.row(first)} on is ${show(x)}`,
      expected: expected ? 'a Uint8Array, because the stream has a scale' : 'floats, because the stream has no scale',
      fix: expected ? undefined : 'For bytes give the option scale, e.g. 1 / 255, or 1 to take them as they are',
    });
  }

  private row(row: number): string {
    return `row[${row}]${this.ofSource}`;
  }

  private get ofSource(): string {
    const { name } = this.options;
    return name === undefined ? '' : ` of ${name}`;
  }

  private get ofAnswers(): string {
    const { learnedName } = this.options;
    return learnedName === undefined ? this.ofSource : ` of ${learnedName}`;
  }
}

function isList(value: unknown): value is ArrayLike<number> {
  return typeof value === 'object' && value !== null && Number.isInteger((value as ArrayLike<number>).length);
}
