/** Identifies the data a run was trained on, in a few strings, so that it cannot continue with other data. */

import { platform } from '#platform';
import type { Dtype, Floats } from '../backend/backend.js';
import { Batches } from '../data/batches.js';
import { CHUNK_ROWS } from '../data/chunk.js';
import type { Dataset } from '../data/dataset.js';
import type { DatasetStream } from '../data/dataset-stream.js';
import { isStream } from '../data/is-stream.js';
import { RowWindow } from '../data/row-window.js';
import { beginSlice, isSliceOver, nextSlice } from '../data/slice.js';
import { eachWindow } from '../data/stream-statistics.js';
import { ArgumentError } from '../errors.js';
import { isInt32 } from '../identity.js';
import type { Network } from '../models/network.js';
import { formatShape } from '../tensor/shape.js';

/** A data set as a network sees it: its sizes, and the SHA-256 of its numbers, scaled, row by row; of a stream the first ones. */
export interface Fingerprint {
  readonly kind: string;
  /** Rows of the window of a stream; undefined for a data set in memory. */
  readonly window: number | undefined;
  /** Undefined for a stream of unknown length. */
  readonly rows: number | undefined;
  readonly inputSize: number;
  /** Of samples that are images; a run may change them. */
  readonly inputShape: readonly number[] | undefined;
  readonly outputSize: number;
  readonly x: string;
  readonly labels: string;
  /** Empty without weights. */
  readonly weights: string;
}

/** The rows of a stream that identify it: a pass over all of them may take minutes. */
const STREAM_ROWS = 1000;

/** Reads every number once, in slices that let the event loop run; of a stream the first rows. */
export async function fingerprint(
  dataset: Dataset | DatasetStream,
  { dtype, backend }: Pick<Network, 'dtype' | 'backend'>,
): Promise<Fingerprint> {
  if (isStream(dataset)) return streamFingerprint(dataset, dtype);
  const batches = new Batches(dataset, { batchSize: CHUNK_ROWS, sampling: 'inOrder', dtype, backend });
  let [x, labels, weights] = ['', '', ''];
  beginSlice();
  for (let chunk = 0; chunk < batches.stepsPerEpoch; chunk++) {
    const batch = batches.next();
    x = extend(x, batch.x.data);
    labels = extend(labels, isInt32(batch.labels) ? batch.labels : batch.labels.data);
    if (batch.weights !== undefined) weights = extend(weights, batch.weights);
    if (isSliceOver()) await nextSlice();
  }
  const { kind, size: rows, inputSize, inputShape, outputSize } = dataset;
  return { kind, window: undefined, rows, inputSize, inputShape, outputSize, x, labels, weights };
}

async function streamFingerprint(stream: DatasetStream, dtype: Dtype): Promise<Fingerprint> {
  const { kind, inputSize, inputShape, outputSize, options } = stream;
  let [x, labels] = ['', ''];
  await eachWindow(stream, new RowWindow(options, STREAM_ROWS, dtype), ({ members, held, x: rows, learned }) => {
    const width = learned.length / (rows.length / inputSize);
    for (const slot of members.subarray(0, held)) {
      x = extend(x, rows.subarray(slot * inputSize, (slot + 1) * inputSize));
      labels = extend(labels, learned.subarray(slot * width, (slot + 1) * width));
    }
    return false;
  });
  return {
    ...{ kind, window: options.window, rows: stream.rows },
    ...{ inputSize, inputShape, outputSize, x, labels, weights: '' },
  };
}

/** The hash of a previous hash followed by the next numbers. */
function extend(hash: string, { buffer, byteOffset, byteLength }: Floats | Int32Array | Uint8Array): string {
  return platform.sha256([new TextEncoder().encode(hash), new Uint8Array(buffer, byteOffset, byteLength)]);
}

const SIZES = [
  ['rows', 'rows'],
  ['inputSize', 'columns'],
  ['outputSize', 'outputs'],
] as const;

/**
 * @param name the data set's name in the call: train or test
 * @throws {ArgumentError} if the data set is not that of the saved run, naming what differs
 */
export function requireSameData(operation: string, name: string, found: Fingerprint, saved: Fingerprint): void {
  const refuse = (what: string, expected: string): never => {
    throw new ArgumentError({
      operation,
      found: `${name} ${what}`,
      expected,
      fix: 'A run continues with the data that it began with: the same rows in the same order (a split of the same seed)',
    });
  };
  const form = ({ window }: Fingerprint): string => (window === undefined ? 'Dataset' : 'DatasetStream');
  if (form(found) !== form(saved)) refuse(`is a ${form(found)}`, `a ${form(saved)}, as in the saved run`);
  if (found.window !== saved.window)
    refuse(`has a window of ${found.window} rows`, `${saved.window}, as in the saved run`);
  if (found.kind !== saved.kind) refuse(`is a ${found.kind}`, `a ${saved.kind}, as in the saved run`);
  for (const [size, unit] of SIZES) {
    if (found[size] === saved[size] || found[size] === undefined || saved[size] === undefined) continue;
    refuse(`has ${found[size]} ${unit}`, `${saved[size]}, as in the saved run`);
  }
  if (found.inputShape !== undefined && saved.inputShape !== undefined) {
    const [shape, expected] = [formatShape(found.inputShape), formatShape(saved.inputShape)];
    if (shape !== expected) refuse(`has images of ${shape}`, `${expected}, as in the saved run`);
  }
  if (found.x !== saved.x) refuse('has other numbers in x', 'those of the saved run');
  if (found.labels !== saved.labels) refuse('has other labels', 'those of the saved run');
  if (found.weights !== saved.weights) refuse('has other weights of its rows', 'those of the saved run');
}
