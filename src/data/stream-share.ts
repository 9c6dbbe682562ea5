/** Which rows of a stream one of several processes reads and keeps. */

import { ArgumentError } from '../errors.js';
import type { RowRange, Share } from './share.js';

/**
 * Of each batch, process k of p has rows k, k + p, k + 2p, …: the parts differ by at most one row, and which row belongs where is
 * known before it is known how many follow. Of files, whose rows are counted, it has as many, but one after another.
 */
export class StreamShare {
  constructor(
    private readonly share: Share,
    private readonly batchSize: number,
  ) {}

  /** How many rows of a batch of so many are those of this process. */
  sizeOf(rows: number): number {
    return sizeOf(rows, this.share.index, this.share.count);
  }

  /** How many of them are those of the processes before this one. */
  before(rows: number): number {
    let before = 0;
    for (let index = 0; index < this.share.index; index++) before += sizeOf(rows, index, this.share.count);
    return before;
  }

  /** Whether the row at this place of a pass is one of this process. */
  has(row: number): boolean {
    return (row % this.batchSize) % this.share.count === this.share.index;
  }

  /** The part of the rows of a pass that this process reads where it can begin anywhere. */
  rangeOf(rows: number): RowRange {
    const batches = Math.floor(rows / this.batchSize);
    const left = rows % this.batchSize;
    const start = batches * this.before(this.batchSize) + this.before(left);
    return { start, end: start + batches * this.sizeOf(this.batchSize) + this.sizeOf(left) };
  }

  /**
   * Rows of the window of this process, where the windows of all together have so many; at least s + 1, where it has s rows of a batch.
   *
   * So a full window and s more rows, at least 2s + 1, are of two whole batches or more: of one whole batch and a shorter one it has at
   * most 2s, because its part of the shorter one can be s too. The next batch is whole then, and not the last, on every process alike.
   */
  windowOf(rows: number): number {
    return Math.max(Math.ceil(rows / this.share.count), this.sizeOf(this.batchSize) + 1);
  }
}

function sizeOf(rows: number, index: number, count: number): number {
  return Math.max(0, Math.ceil((rows - index) / count));
}

/** @throws {ArgumentError} for a process without rows in every batch: it would read for ever, and keep nothing */
export function requireRowsOfEach(operation: string, batchSize: number, { count }: Share): void {
  if (batchSize >= count) return;
  throw new ArgumentError({
    operation,
    found: `batchSize is ${batchSize} for ${count} ranks that share a stream`,
    expected: `at least ${count}, a row for each`,
  });
}
