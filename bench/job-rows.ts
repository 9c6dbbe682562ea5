/** The rows of a job as files: pixels, labels and batches as raw arrays, and a text file of facts. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digits } from '../src/bench/imitations.js';
import { digitsDataset } from '../src/bench/job-data.js';
import { type JobRows, SEED } from '../src/bench/jobs.js';
import type { Dataset } from '../src/data/dataset.js';
import { Random } from '../src/random.js';
import type { DigitSets } from './digits.js';

/** Batches in the file; systems that read them start over after the last. */
const STEPS = 2_000;

/** What the text file of every job says, and where its arrays are. */
export interface RowFacts extends JobRows {
  readonly folder: string;
  /** Columns of x first, classes last. */
  readonly sizes: readonly number[];
  readonly testRows: number;
  readonly learningRate: number;
}

/** Writes rows and batches, and the text file with their facts and those of the network. */
export function writeRows(
  folder: string,
  { batchSize, checkSteps }: JobRows,
  { train, test }: DigitSets,
  network: Readonly<Record<string, string | number>>,
): void {
  const facts = { ...network, batchSize, rows: train.count, testRows: test.count, steps: STEPS, checkSteps };
  const lines = Object.entries(facts).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(join(folder, 'job.txt'), lines.join(''));
  writeDigits(folder, '', train);
  writeDigits(folder, 'test-', test);
  // What Batches draws with this seed, sampling with replacement.
  const random = new Random(SEED);
  const indices = Int32Array.from({ length: STEPS * batchSize }, () => random.integer(train.count));
  writeFileSync(join(folder, 'indices.i32'), indices);
}

function writeDigits(folder: string, prefix: string, { x, labels }: Digits): void {
  writeFileSync(join(folder, `${prefix}x.u8`), x);
  writeFileSync(join(folder, `${prefix}labels.i32`), labels);
}

/** The text file by the names of its facts. */
export function readFacts(folder: string): ReadonlyMap<string, string> {
  const lines = readFileSync(join(folder, 'job.txt'), 'utf8').trim().split('\n');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
}

export function readRowFacts(folder: string, facts: ReadonlyMap<string, string>): RowFacts {
  const number = (name: string): number => Number(facts.get(name));
  return {
    folder,
    sizes: facts.get('sizes')!.split(' ').map(Number),
    batchSize: number('batchSize'),
    rows: number('rows'),
    testRows: number('testRows'),
    checkSteps: number('checkSteps'),
    learningRate: number('learningRate'),
  };
}

/** The job's rows as a data set; pixels stay bytes. */
export function readDataset({ folder, sizes, rows, testRows }: RowFacts, part: 'train' | 'test'): Dataset {
  const [prefix, count] = part === 'train' ? ['', rows] : ['test-', testRows];
  const x = new Uint8Array(readBytes(join(folder, `${prefix}x.u8`)));
  const labels = new Int32Array(readBytes(join(folder, `${prefix}labels.i32`)));
  return digitsDataset({ x, labels, count }, sizes);
}

/** The initial weights and biases, one after another. */
export function readParameters({ folder }: Pick<RowFacts, 'folder'>): Float32Array {
  return readFloats(join(folder, 'parameters.f32'));
}

export function readIndices(path: string): Int32Array {
  return new Int32Array(readBytes(path));
}

export function readFloats(path: string): Float32Array {
  return new Float32Array(readBytes(path));
}

/** A file in a separate buffer: small files share a pool, whose offsets are not aligned for typed arrays. */
function readBytes(path: string): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
