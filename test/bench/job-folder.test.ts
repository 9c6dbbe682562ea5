import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readJobFolder, writeJobFolder } from '../../bench/job-folder.js';
import { readDataset, readParameters } from '../../bench/job-rows.js';
import { JOBS } from '../../bench/jobs.js';
import { libraryWorkloads } from '../../bench/workloads.js';
import { createBackend } from '../../src/backend/choose/load.js';
import { imitations } from '../../src/bench/imitations.js';
import { SEED, stepFlops } from '../../src/bench/jobs.js';
import { Batches } from '../../src/data/batches.js';
import { Random } from '../../src/random.js';

const js = createBackend('js');
const net = { ...JOBS.j1.net, sizes: [784, 7, 10], batchSize: 30, rows: 100, checkSteps: 5 };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zerokara-test-'));
  writeJobFolder(folder, net, { train: imitations(100, 1), test: imitations(20, 2), source: 'test' });
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('a job as files', () => {
  test('is read as it was written', () => {
    const { sizes, activation, batchSize, rows, testRows, checkSteps, learningRate } = readJobFolder(folder);
    expect({ sizes, activation, batchSize, rows, testRows, checkSteps, learningRate }).toEqual({
      sizes: [784, 7, 10],
      activation: 'sigmoid',
      batchSize: 30,
      rows: 100,
      testRows: 20,
      checkSteps: 5,
      learningRate: 0.1,
    });
    expect(readParameters(readJobFolder(folder))).toHaveLength(785 * 7 + 8 * 10);
    expect(readDataset(readJobFolder(folder), 'test').size).toBe(20);
  });

  test('holds the very batches that Batches draws, over more than one epoch', () => {
    const { buffer } = new Uint8Array(readFileSync(join(folder, 'indices.i32')));
    const indices = new Int32Array(buffer);
    const train = readDataset(readJobFolder(folder), 'train');
    const { labels } = train.toTensors();
    const batches = new Batches(train, {
      batchSize: 30,
      sampling: 'replacement',
      random: new Random(SEED),
      dtype: 'float32',
      backend: js,
    });
    for (let step = 0; step < 2 * batches.stepsPerEpoch + 1; step++) {
      const rows = indices.subarray(30 * step, 30 * (step + 1));
      expect(batches.next().labels).toEqual(rows.map((row) => (labels as Int32Array)[row]!));
    }
  });

  test('gives the same losses each time a workload is checked', async () => {
    const step = libraryWorkloads(readJobFolder(folder), js)['step']!();
    const first = await step.check();
    await step.run();
    const second = await step.check();
    expect(second).toEqual(first);
    expect((first as { values: number[] }).values).toHaveLength(5);
  });
});

test('imitated digits have about as much ink as real ones, every class, and the same bytes for the same seed', () => {
  const { x, labels, count } = imitations(500, 3);
  const inked = x.reduce((sum, pixel) => sum + (pixel > 0 ? 1 : 0), 0) / x.length;
  expect(inked).toBeGreaterThan(0.12);
  expect(inked).toBeLessThan(0.28);
  expect(new Set(labels).size).toBe(10);
  expect(count).toBe(500);
  expect(Buffer.compare(imitations(500, 3).x, x)).toBe(0);
});

test('a J1 step is 15.98 MFLOP and a J2 step 2,354 MFLOP', () => {
  expect(stepFlops(JOBS.j1.net) / 1e6).toBeCloseTo(15.98, 2);
  expect(stepFlops(JOBS.j2.net) / 1e6).toBeCloseTo(2354, 0);
});
