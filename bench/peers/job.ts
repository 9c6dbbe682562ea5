/** The job's arrays, as the JavaScript systems need them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JobFolder, readJobFolder, readParameters } from '../job-folder.js';

export interface PeerJob extends JobFolder {
  /** (rows, inputs) in [0, 1]. */
  readonly x: Float32Array;
  readonly labels: Int32Array;
  /** The rows of each batch. */
  readonly batches: readonly Int32Array[];
  /** W is (in, out). */
  readonly layers: readonly { inputs: number; outputs: number; W: Float32Array; b: Float32Array }[];
}

export function readJob(folder: string): PeerJob {
  const facts = readJobFolder(folder);
  const x = Float32Array.from(new Uint8Array(read(folder, 'x.u8')), (byte) => byte / 255);
  const labels = new Int32Array(read(folder, 'labels.i32'));
  const indices = new Int32Array(read(folder, 'indices.i32'));
  const batches: Int32Array[] = [];
  for (let start = 0; start < indices.length; start += facts.batchSize)
    batches.push(indices.subarray(start, start + facts.batchSize));
  const parameters = readParameters(facts);
  let offset = 0;
  const take = (count: number): Float32Array => {
    offset += count;
    return parameters.slice(offset - count, offset);
  };
  const layers = facts.sizes.slice(1).map((outputs, l) => {
    const inputs = facts.sizes[l]!;
    return { inputs, outputs, W: take(inputs * outputs), b: take(outputs) };
  });
  return { ...facts, x, labels, batches, layers };
}

function read(folder: string, name: string): ArrayBuffer {
  return new Uint8Array(readFileSync(join(folder, name))).buffer;
}

/** The batches one after another, starting over after the last: x (batchSize, inputs) and labels, reused. */
export function batchReader({ x, labels, batches, batchSize, sizes }: PeerJob) {
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
  { x, rows, sizes }: PeerJob,
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
