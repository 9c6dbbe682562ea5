/** The job's arrays, as the JavaScript systems want them. */
import fs from 'node:fs';
import path from 'node:path';
import { readJobFolder, readParameters } from '../../dist/bench/job-folder.js';

/**
 * @param {string} folder
 * @returns {object} the facts of the job, and x: Float32Array (rows, inputs) in [0, 1]; labels: Int32Array;
 *   batches: Int32Array[]; layers: { inputs, outputs, W: Float32Array (in, out), b: Float32Array }[]
 */
export function readJob(folder) {
  const facts = readJobFolder(folder);
  const x = Float32Array.from(new Uint8Array(read(folder, 'x.u8')), (byte) => byte / 255);
  const labels = new Int32Array(read(folder, 'labels.i32'));
  const indices = new Int32Array(read(folder, 'indices.i32'));
  const batches = [];
  for (let start = 0; start < indices.length; start += facts.batchSize)
    batches.push(indices.subarray(start, start + facts.batchSize));
  const parameters = readParameters(facts);
  let offset = 0;
  const take = (count) => {
    offset += count;
    return parameters.slice(offset - count, offset);
  };
  const layers = facts.sizes.slice(1).map((outputs, l) => {
    const inputs = facts.sizes[l];
    return { inputs, outputs, W: take(inputs * outputs), b: take(outputs) };
  });
  return { ...facts, x, labels, batches, layers };
}

function read(folder, name) {
  return new Uint8Array(fs.readFileSync(path.join(folder, name))).buffer;
}

/** The batches one after another, again from the front after the last: x (batchSize, inputs) and labels, reused. */
export function batchReader({ x, labels, batches, batchSize, sizes }) {
  const width = sizes[0];
  const rows = new Float32Array(batchSize * width);
  const classes = new Int32Array(batchSize);
  let next = 0;
  return () => {
    const batch = batches[next];
    next = (next + 1) % batches.length;
    for (let i = 0; i < batchSize; i++) {
      const row = batch[i];
      rows.set(x.subarray(row * width, (row + 1) * width), i * width);
      classes[i] = labels[row];
    }
    return { x: rows, labels: classes };
  };
}

/** Makes `batches` of `size` rows with `make` and hands them out in turn. */
export function rowCycle({ x, rows, sizes }, size, make) {
  const width = sizes[0];
  const made = [];
  for (let start = 0; start + size <= rows; start += size)
    made.push(make(x.subarray(start * width, (start + size) * width), size));
  let next = 0;
  return () => made[next++ % made.length];
}
