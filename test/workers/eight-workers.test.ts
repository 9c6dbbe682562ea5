/** Eight Workers that load the built library and train at the same time, on one data set in shared memory. */

import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/backend/native/addon-file.js';
import { addonFile } from '../support/addon.js';

const require = createRequire(import.meta.url);
const library = join(packageRoot()!, 'dist', 'index.js');
const { train } = require('./train.cjs') as { train(library: string, job: Job): Result };

interface Job {
  readonly backend: 'native' | 'wasm' | 'js';
  readonly seed: number;
  readonly steps: number;
  readonly pixels: Uint8Array | Float32Array;
  readonly labels: Int32Array;
}
interface Result {
  readonly backend: string;
  readonly bits: string;
  readonly firstLoss: number;
  readonly lastLoss: number;
}

const WORKERS = 8;
const ROWS = 1000;
const WIDTH = 100;

/** Blurred stripes, a pattern for each of ten classes, in memory that all threads see. */
const { Random } = require(library) as typeof import('../../src/index.js');
const random = new Random(7);
const labels = Int32Array.from({ length: ROWS }, () => random.integer(10));
const bytes = new Uint8Array(new SharedArrayBuffer(ROWS * WIDTH));
for (let i = 0; i < bytes.length; i++) {
  const label = labels[Math.floor(i / WIDTH)]!;
  bytes[i] = Math.min(255, 25 * ((i + 1) % (label + 2)) + random.integer(30));
}
const floats = new Float32Array(new SharedArrayBuffer(4 * bytes.length));
for (let i = 0; i < floats.length; i++) floats[i] = bytes[i]! / 255;

const digest = (pixels: Uint8Array | Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength).slice())
    .digest('hex');

/** Starts all jobs at once; what each answers. */
function inWorkers(jobs: readonly Job[], runs = 1): Promise<Result[][]> {
  const gate = new Int32Array(new SharedArrayBuffer(8));
  return Promise.all(
    jobs.map(
      (job) =>
        new Promise<Result[]>((resolve, reject) => {
          const workerData = { library, job, runs, gate, workers: jobs.length };
          new Worker(join(import.meta.dirname, 'worker.cjs'), { workerData })
            .once('message', resolve)
            .once('error', reject);
        }),
    ),
  );
}

const jobs = (job: Omit<Job, 'seed' | 'labels'>): Job[] =>
  Array.from({ length: WORKERS }, (_, seed) => ({ ...job, labels, seed }));

const hasAddon = addonFile() !== undefined;

describe.each([
  { backend: 'native', steps: 60 },
  { backend: 'wasm', steps: 30 },
  { backend: 'js', steps: 30 },
] as const)('eight Workers on $backend', ({ backend, steps }) => {
  describe.skipIf(backend === 'native' && !hasAddon)('', () => {
    test.each([
      ['bytes', bytes],
      ['floats', floats],
    ] as const)('train on the same shared %s to the bits of a single thread', async (_, pixels) => {
      const before = digest(pixels);
      const all = jobs({ backend, steps, pixels });
      const alone = all.map((job) => train(library, job));
      const together = await inWorkers(all);
      expect(together.map(([result]) => result)).toEqual(alone);
      expect(new Set(alone.map(({ bits }) => bits)).size).toBe(WORKERS); // every seed is a run of its own
      for (const { backend: used, firstLoss, lastLoss } of alone) {
        expect(used).toBe(backend);
        expect(lastLoss).toBeLessThan(firstLoss);
      }
      expect(digest(pixels)).toBe(before);
    });

    test('load and train again after require.cache was cleared, with the same bits', async () => {
      const results = await inWorkers(jobs({ backend, steps: 3, pixels: bytes }), 3);
      for (const [first, ...again] of results) expect(again).toEqual([first, first]);
    });
  });
});

test('labels in shared memory are copied: a change afterwards does not reach the data set', () => {
  const { Dataset } = require(library) as typeof import('../../src/index.js');
  const shared = new Int32Array(new SharedArrayBuffer(4 * ROWS));
  shared.set(labels);
  const dataset = Dataset.from({ x: { data: bytes, shape: [ROWS, WIDTH] }, labels: shared, scale: 1 / 255 });
  const before = [...(dataset.take(ROWS).toTensors().labels as Int32Array)];
  shared.fill(0);
  expect(before).toEqual([...labels]);
  expect([...(dataset.take(ROWS).toTensors().labels as Int32Array)]).toEqual(before);
});
