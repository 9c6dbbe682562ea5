/** Statistics of a data set: whether all its numbers are finite, and how large its columns and targets are. */

import type { Floats } from '../backend/backend.js';
import { Batches } from '../data/batches.js';
import { CHUNK_ROWS } from '../data/chunk.js';
import type { Dataset } from '../data/dataset.js';
import { LABELS_OF } from '../data/dataset-parts.js';
import { isInt32 } from '../identity.js';
import type { Network } from '../models/network.js';
import type { Tensor } from '../tensor/tensor.js';

/** The size of the numbers of one column. */
export interface ColumnScale {
  readonly column: number;
  /** The largest absolute value. */
  readonly largest: number;
  /** The root mean square. */
  readonly rootMeanSquare: number;
}

export interface NumbersOfData {
  /** The first number that is NaN or infinite, e.g. `x[17][3] is NaN`. */
  readonly nonFinite: string | undefined;
  /** The rows without such a number, as positions in the data set. */
  readonly finiteRows: Int32Array;
  /** The column of x with the largest root mean square, over the finite rows. */
  readonly x: ColumnScale;
  /** The same of the targets of a regression. */
  readonly targets: ColumnScale | undefined;
}

/** Reads every number as a network sees it: scaled. */
export function numbersOfData(dataset: Dataset, { dtype, backend }: Pick<Network, 'dtype' | 'backend'>): NumbersOfData {
  const batches = new Batches(dataset, { batchSize: CHUNK_ROWS, sampling: 'inOrder', dtype, backend });
  const regression = dataset.kind === 'regression';
  const x = new Columns(dataset.inputSize);
  const targets = new Columns(dataset.outputSize);
  const finiteRows: number[] = [];
  let nonFinite: string | undefined;
  for (let chunk = 0, first = 0; chunk < batches.stepsPerEpoch; chunk++) {
    const batch = batches.next();
    const rows = isInt32(batch.labels) ? undefined : batch.labels;
    for (let row = 0; row < batch.size; row++) {
      const place = first + row;
      const found =
        firstNonFinite('x', batch.x, row, place) ??
        (rows && firstNonFinite(LABELS_OF[dataset.kind], rows, row, place)) ??
        weightNonFinite(batch.weights, row, place);
      nonFinite ??= found;
      if (found !== undefined) continue;
      finiteRows.push(place);
      x.add(batch.x, row);
      if (regression) targets.add(rows!, row);
    }
    first += batch.size;
  }
  return {
    nonFinite,
    finiteRows: Int32Array.from(finiteRows),
    x: x.largest(),
    targets: regression ? targets.largest() : undefined,
  };
}

function firstNonFinite(name: string, { data, shape }: Tensor, row: number, place: number): string | undefined {
  const width = shape[1]!;
  for (let j = 0; j < width; j++) {
    const value = data[row * width + j]!;
    if (!Number.isFinite(value)) return `${name}[${place}][${j}] is ${value}`;
  }
  return undefined;
}

function weightNonFinite(weights: Floats | undefined, row: number, place: number): string | undefined {
  return weights === undefined || Number.isFinite(weights[row]) ? undefined : `weights[${place}] is ${weights[row]}`;
}

/** Sums over rows, column by column. */
class Columns {
  private readonly squares: Float64Array;
  private readonly maxima: Float64Array;
  private rows = 0;

  constructor(width: number) {
    this.squares = new Float64Array(width);
    this.maxima = new Float64Array(width);
  }

  add({ data }: Tensor, row: number): void {
    const width = this.squares.length;
    for (let j = 0; j < width; j++) {
      const value = Math.abs(data[row * width + j]!);
      this.squares[j]! += value * value;
      if (value > this.maxima[j]!) this.maxima[j] = value;
    }
    this.rows++;
  }

  largest(): ColumnScale {
    let column = 0;
    for (let j = 1; j < this.squares.length; j++) {
      if (this.squares[j]! > this.squares[column]!) column = j;
    }
    const rootMeanSquare = Math.sqrt(this.squares[column]! / Math.max(this.rows, 1));
    return { column, largest: this.maxima[column]!, rootMeanSquare };
  }
}
