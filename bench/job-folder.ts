/**
 * A job as files: raw arrays and a text file with its sizes, so that every system, in any language, starts from the same
 * weights and sees the same rows in the same batches.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digits } from '../src/bench/imitations.js';
import { digitsDataset, initialParameters, type JobData } from '../src/bench/job-data.js';
import { type JobNet, LEARNING_RATE, SEED } from '../src/bench/jobs.js';
import type { Dataset } from '../src/data/dataset.js';
import { Random } from '../src/random.js';
import { type DigitSets, loadDigits } from './digits.js';

/** Batches in the file; systems that read them start over after the last. */
const STEPS = 2_000;

/** The contents of a job's text file, and where its arrays are. */
export interface JobFolder {
  readonly folder: string;
  readonly sizes: readonly number[];
  readonly activation: JobNet['activation'];
  readonly batchSize: number;
  readonly rows: number;
  readonly testRows: number;
  readonly checkSteps: number;
  readonly learningRate: number;
}

/** Writes a job's files for the duration of `work`; `source` says which digits they hold. */
export async function withJobFolder<T>(net: JobNet, work: (folder: string, source: string) => T): Promise<Awaited<T>> {
  const digits = await loadDigits(net.rows);
  const folder = mkdtempSync(join(tmpdir(), 'zerokara-bench-'));
  try {
    writeJobFolder(folder, net, digits);
    return await work(folder, digits.source);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function writeJobFolder(folder: string, net: JobNet, { train, test }: DigitSets): void {
  const facts: Record<string, string | number> = {
    sizes: net.sizes.join(' '),
    activation: net.activation,
    batchSize: net.batchSize,
    rows: train.count,
    testRows: test.count,
    steps: STEPS,
    checkSteps: net.checkSteps,
    learningRate: LEARNING_RATE,
  };
  const lines = Object.entries(facts).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(join(folder, 'job.txt'), lines.join(''));
  writeDigits(folder, '', train);
  writeDigits(folder, 'test-', test);
  // What Batches draws with this seed, sampling with replacement.
  const random = new Random(SEED);
  const indices = Int32Array.from({ length: STEPS * net.batchSize }, () => random.integer(train.count));
  writeFileSync(join(folder, 'indices.i32'), indices);
  writeFileSync(join(folder, 'parameters.f32'), initialParameters(net));
}

function writeDigits(folder: string, prefix: string, { x, labels }: Digits): void {
  writeFileSync(join(folder, `${prefix}x.u8`), x);
  writeFileSync(join(folder, `${prefix}labels.i32`), labels);
}

export function readJobFolder(folder: string): JobFolder {
  const lines = readFileSync(join(folder, 'job.txt'), 'utf8').trim().split('\n');
  const facts = new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
  const number = (name: string): number => Number(facts.get(name));
  return {
    folder,
    sizes: facts.get('sizes')!.split(' ').map(Number),
    activation: facts.get('activation') as JobNet['activation'],
    batchSize: number('batchSize'),
    rows: number('rows'),
    testRows: number('testRows'),
    checkSteps: number('checkSteps'),
    learningRate: number('learningRate'),
  };
}

/** The data that the library's workloads start from. */
export function jobData(job: JobFolder): JobData {
  return { ...job, train: readDataset(job, 'train'), parameters: readParameters(job) };
}

/** The job's rows as a data set; pixels stay bytes. */
export function readDataset({ folder, sizes, rows, testRows }: JobFolder, part: 'train' | 'test'): Dataset {
  const [prefix, count] = part === 'train' ? ['', rows] : ['test-', testRows];
  const x = new Uint8Array(readBytes(join(folder, `${prefix}x.u8`)));
  const labels = new Int32Array(readBytes(join(folder, `${prefix}labels.i32`)));
  return digitsDataset({ x, labels, count }, sizes);
}

/** The initial weights and biases, one after another. */
export function readParameters({ folder }: JobFolder): Float32Array {
  return new Float32Array(readBytes(join(folder, 'parameters.f32')));
}

/** A file in a separate buffer: small files share a pool, whose offsets are not aligned for typed arrays. */
function readBytes(path: string): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
