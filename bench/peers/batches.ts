/** A job as a JavaScript system has it in memory, and its batches; in Node and in a page. */

import type { JobFolder } from '../job-folder.js';
import type { RowFacts } from '../job-rows.js';

export interface PeerRows extends RowFacts {
  /** (rows, inputs) in [0, 1]. */
  readonly x: Float32Array;
  readonly labels: Int32Array;
  /** The rows of each batch. */
  readonly batches: readonly Int32Array[];
}

/** A fully connected network. */
export interface PeerJob extends PeerRows, JobFolder {
  /** W is (in, out). */
  readonly layers: readonly { inputs: number; outputs: number; W: Float32Array; b: Float32Array }[];
}

/** The batches one after another, starting over after the last: x (batchSize, inputs) and labels, reused. */
export function batchReader({ x, labels, batches, batchSize, sizes }: PeerRows) {
  const width = sizes[0]!;
  const rows = new Float32Array(batchSize * width);
  const classes = new Int32Array(batchSize);
  let next = 0;
  return () => {
    const batch = batches[next]!;
    next = (next + 1) % batches.length;
    for (const [i, row] of batch.entries()) {
      rows.set(x.subarray(row * width, (row + 1) * width), i * width);
      classes[i] = labels[row]!;
    }
    return { x: rows, labels: classes };
  };
}

/** Makes batches of `size` rows with `make` and returns them in turn. */
export function rowCycle<T>(
  { x, rows, sizes }: PeerRows,
  size: number,
  make: (x: Float32Array, rows: number) => T,
): () => T {
  const width = sizes[0]!;
  const made: T[] = [];
  for (let start = 0; start + size <= rows; start += size)
    made.push(make(x.subarray(start * width, (start + size) * width), size));
  let next = 0;
  return () => made[next++ % made.length]!;
}
