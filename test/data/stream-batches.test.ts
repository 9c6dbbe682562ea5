import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stepsOfEpoch } from '../../src/data/batches.js';
import { DatasetStream } from '../../src/data/dataset-stream.js';
import type { Share } from '../../src/data/share.js';
import { createBackend } from '../../src/index.js';
import { Random } from '../../src/random.js';

const folder = mkdtempSync(join(tmpdir(), 'stream-batches-'));
afterAll(() => rmSync(folder, { recursive: true }));
const backend = createBackend('js');

type Open = (rows: number, window: number) => Promise<DatasetStream>;

/** That there are no more rows is told late: all have been taken by then. */
const fromFunction: Open = async (rows, window) =>
  DatasetStream.from(
    async function* () {
      yield { x: Float32Array.from({ length: rows }, (_, row) => row), labels: new Int32Array(rows) };
      await new Promise(setImmediate);
    },
    { inputSize: 1, classes: 2, window },
  );

const fromFiles: Open = (rows, window) => {
  const [x, targets] = ['x', 'targets'].map((name) => join(folder, `${name}-${rows}.f32`));
  const numbers = Float32Array.from({ length: rows }, (_, row) => row);
  writeFileSync(x!, numbers);
  writeFileSync(targets!, numbers);
  return DatasetStream.fromFiles({ x: x!, targets: targets!, format: 'float32', inputSize: 1, window });
};

interface Drawn {
  /** Of each batch, how many rows it has in all processes. */
  readonly sizes: readonly number[];
  /** Of each batch, those that were drawn here. */
  readonly rows: readonly (readonly number[])[];
}

async function draw(
  stream: DatasetStream,
  { steps, share, ...options }: { steps: number; batchSize: number; dropLast: boolean; share?: Share },
): Promise<Drawn> {
  const random = new Random(1, 'order');
  const common = { ...options, random, classWeights: undefined, dtype: 'float32', backend } as const;
  const batches = stream.batches({ ...common, share });
  const sizes: number[] = [];
  const rows: number[][] = [];
  for (let step = 0; step < steps; step++) {
    for (let arriving = batches.arriving(); arriving !== undefined; arriving = batches.arriving()) await arriving;
    const { x, size, within } = batches.next();
    sizes.push(within!.rows);
    rows.push(Array.from(x.data.subarray(0, size)));
  }
  batches.close();
  return { sizes, rows };
}

/** Two epochs and a batch, by one process and by `count`. */
async function compare(open: Open, rows: number, batchSize: number, count: number, window: number, dropLast: boolean) {
  const perEpoch = stepsOfEpoch(rows, batchSize, dropLast);
  const options = { batchSize, dropLast, steps: 2 * perEpoch + 1 };
  const one = await draw(await open(rows, window), options);
  const shares = Array.from({ length: count }, (_, index) => ({ index, count }));
  const parts = await Promise.all(shares.map(async (share) => draw(await open(rows, window), { ...options, share })));
  const together = one.sizes.map((_, step) => parts.flatMap((part) => part.rows[step]!));
  const what = `${rows} rows, batches of ${batchSize}, ${count} processes, window ${window}, dropLast ${dropLast}`;
  for (const { sizes } of parts) expect(sizes, what).toEqual(one.sizes);
  expect(
    together.map(({ length }) => length),
    what,
  ).toEqual(one.sizes);
  for (const epoch of [together.slice(0, perEpoch), together.slice(perEpoch, 2 * perEpoch)]) {
    const seen = new Set(epoch.flat());
    expect(seen.size, what).toBe(dropLast && rows >= batchSize ? perEpoch * batchSize : rows);
  }
}

test('of a function, processes draw the parts of as many batches, as large as those of one process', async () => {
  for (const [count, batchSize] of [
    [2, 2],
    [2, 4],
    [2, 7],
    [3, 4],
    [3, 6],
    [4, 7],
  ] as const)
    for (const window of [1, batchSize + 1, 30])
      for (let rows = count; rows <= 3 * batchSize; rows++)
        for (const dropLast of [true, false]) await compare(fromFunction, rows, batchSize, count, window, dropLast);
});

test('of files too', async () => {
  for (const [rows, batchSize, count] of [
    [11, 4, 2],
    [13, 4, 3],
    [12, 5, 2],
    [20, 7, 4],
    [3, 4, 2],
  ] as const)
    for (const window of [1, batchSize, 30])
      for (const dropLast of [true, false]) await compare(fromFiles, rows, batchSize, count, window, dropLast);
});
