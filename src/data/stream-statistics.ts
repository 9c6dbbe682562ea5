/** What one pass over a stream tells of its rows. */

import { DataError } from '../errors.js';
import { RowWindow } from './row-window.js';
import type { ReadStreamOptions } from './stream-options.js';
import type { StreamReader } from './stream-reader.js';

/** What is read of a `DatasetStream`. */
interface RowStream {
  readonly options: ReadStreamOptions;
  open(window: RowWindow): StreamReader;
  learnRows(operation: string, rows: number): void;
}

/** The columns of x, as `Standardization` takes them, and what is learned. */
export interface StreamStatistics {
  /** Rows of the pass. */
  readonly rows: number;
  /** The mean of each column of x; of bytes, times their scale. */
  readonly mean: readonly number[];
  /** The standard deviation of each column of x (divided by the number of rows); 1 for a column that is constant. */
  readonly deviation: readonly number[];
  /** Rows of each class; empty for a regression. */
  readonly classCounts: readonly number[];
  /** The mean of each target; empty for a classification. */
  readonly targetMean: readonly number[];
  /** The standard deviation of each target, 1 for one that is constant; empty for a classification. */
  readonly targetDeviation: readonly number[];
}

/** Rows that are looked at together. */
const ROWS = 500;

/**
 * Reads every row once, in order.
 *
 * @throws what the source throws, and {DataError} for rows that cannot be learned from, or too large for the sums
 */
export async function statisticsOf(stream: RowStream): Promise<StreamStatistics> {
  const { inputSize, outputSize, kind, byteScale = 1 } = stream.options;
  const x = new Columns(inputSize);
  const targets = new Columns(kind === 'regression' ? outputSize : 0);
  const classCounts = new Array<number>(kind === 'classification' ? outputSize : 0).fill(0);
  await eachWindow(stream, new RowWindow(stream.options, ROWS, 'float64'), ({ members, held, x: rows, learned }) => {
    for (let i = 0; i < held; i++) {
      const slot = members[i]!;
      x.add(rows, slot);
      targets.add(learned, slot);
      if (kind === 'classification') classCounts[learned[slot]!]!++;
    }
    return true;
  });
  const { name } = stream.options;
  x.requireFinite('x', name);
  targets.requireFinite('targets', name);
  return {
    rows: x.rows,
    mean: x.means(byteScale),
    deviation: x.deviations(byteScale),
    classCounts,
    targetMean: targets.means(1),
    targetDeviation: targets.deviations(1),
  };
}

/**
 * Hands the rows of a pass out in order, a window at a time, until `use` returns false or the pass ends.
 *
 * @throws what the source throws, and {DataError} for rows that cannot be learned from
 */
export async function eachWindow(
  stream: RowStream,
  window: RowWindow,
  use: (window: RowWindow) => boolean,
): Promise<void> {
  const reader = stream.open(window);
  try {
    for (;;) {
      window.fill();
      reader.resume();
      if (window.held === window.size || (reader.length !== undefined && window.held > 0)) {
        if (!use(window)) return;
        window.empty();
      } else if (reader.length !== undefined) {
        return;
      } else if (reader.failure !== undefined) {
        throw reader.failure.cause;
      } else {
        await reader.change();
      }
    }
  } finally {
    if (reader.length !== undefined) stream.learnRows('DatasetStream', reader.length);
    reader.close();
  }
}

/** Means and squared deviations of columns, row by row (Welford 1962): exact also for columns far from 0. */
class Columns {
  rows = 0;
  private readonly mean: Float64Array;
  private readonly squares: Float64Array;

  constructor(private readonly width: number) {
    this.mean = new Float64Array(width);
    this.squares = new Float64Array(width);
  }

  add(from: ArrayLike<number>, slot: number): void {
    const { width, mean, squares } = this;
    const n = ++this.rows;
    for (let j = 0; j < width; j++) {
      const value = from[slot * width + j]!;
      const before = value - mean[j]!;
      mean[j]! += before / n;
      squares[j]! += before * (value - mean[j]!);
    }
  }

  /** Numbers beyond about 1e154 are finite, but the sum of their squares is not. */
  requireFinite(what: string, source: string | undefined): void {
    const column = this.squares.findIndex((sum) => !Number.isFinite(sum));
    if (column < 0) return;
    throw new DataError({
      operation: 'DatasetStream.statistics',
      found: `column ${column} of ${what}${source === undefined ? '' : ` of ${source}`} has numbers too large for a deviation`,
      expected: 'numbers of which the squares are within the range of float64',
    });
  }

  means(scale: number): readonly number[] {
    return Array.from(this.mean, (mean) => scale * mean);
  }

  deviations(scale: number): readonly number[] {
    return Array.from(this.squares, (sum) => (sum > 0 ? scale * Math.sqrt(sum / this.rows) : 1));
  }
}
