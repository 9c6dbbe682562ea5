import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createJsBackend } from '../../src/backend/js/js.js';
import { Batches, type BatchesOptions } from '../../src/data/batches.js';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, DataError, DtypeError, StateError } from '../../src/errors.js';
import { Random } from '../../src/random.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { errorOf } from './error-of.js';

const backend = createJsBackend('the tests ask for it');
const LIBRARY = resolve(import.meta.dirname, '../../dist/library.js');

/** Row r of x is [r, r / 2], its class is r mod 3. */
function numbered(size: number): Dataset {
  const x = Array.from({ length: size }, (_, row) => [row, row / 2]);
  return Dataset.from({ x, labels: x.map(([row]) => row! % 3), classes: 3 });
}

function batchesOf(dataset: Dataset, options: Partial<BatchesOptions> = {}): Batches {
  return new Batches(dataset, {
    batchSize: 4,
    sampling: 'shuffle',
    random: new Random(1),
    dtype: 'float32',
    backend,
    ...options,
  });
}

/** The rows of the next epoch, batch by batch. */
function epoch(batches: Batches): number[][] {
  return Array.from({ length: batches.stepsPerEpoch }, () => {
    const { x, labels, size } = batches.next();
    expect(x.shape).toEqual([size, 2]);
    const rows = (x.toArray() as number[][]).map(([row]) => row!);
    expect((x.toArray() as number[][]).map(([, half]) => half)).toEqual(rows.map((row) => row / 2));
    expect([...(labels as Int32Array)]).toEqual(rows.map((row) => row % 3));
    return rows;
  });
}

const sorted = (rows: number[][]): number[] => rows.flat().sort((a, b) => a - b);
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('shuffled epochs', () => {
  test('hold every row once, the last batch being short', () => {
    const batches = batchesOf(numbered(10));
    expect([batches.stepsPerEpoch, batches.batchSize]).toEqual([3, 4]);
    for (let i = 0; i < 5; i++) {
      const rows = epoch(batches);
      expect(rows.map((batch) => batch.length)).toEqual([4, 4, 2]);
      expect(sorted(rows)).toEqual(range(10));
    }
  });

  test('come in a new order each time, the same for the same seed', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => batchesOf(numbered(20), { random: new Random(seed) })) as [
      Batches,
      Batches,
      Batches,
    ];
    const first = epoch(a);
    expect(epoch(b)).toEqual(first);
    expect(epoch(c)).not.toEqual(first);
    const second = epoch(a);
    expect(second).not.toEqual(first);
    expect(epoch(b)).toEqual(second);
  });

  test('depend only on the state of the generator at their start', () => {
    const batches = batchesOf(numbered(20), { random: new Random(9) });
    epoch(batches);
    // Another generator, brought to the state after one epoch by one shuffle of as many rows.
    const random = new Random(9);
    random.shuffle(new Int32Array(20));
    expect(epoch(batches)).toEqual(epoch(batchesOf(numbered(20), { random })));
  });

  test.each([
    [1, 1, [1]],
    [3, 7, [3]],
    [8, 4, [4, 4]],
    [9, 4, [4, 4, 1]],
    [5, 1, [1, 1, 1, 1, 1]],
  ])('of %d rows in batches of %d have the sizes %j', (size, batchSize, sizes) => {
    const rows = epoch(batchesOf(numbered(size), { batchSize }));
    expect(rows.map((batch) => batch.length)).toEqual(sizes);
    expect(sorted(rows)).toEqual(range(size));
  });

  test('draw from the rows of a split alone', () => {
    const { train } = numbered(30).split({ test: 0.5, seed: 3 });
    const all = train.toTensors({ backend }).x.toArray() as number[][];
    expect(sorted(epoch(batchesOf(train)))).toEqual(sorted(all.map(([row]) => [row!])));
  });
});

describe('drawing with replacement', () => {
  test('fills every batch, whatever its size', () => {
    const batches = batchesOf(numbered(10), { sampling: 'replacement', batchSize: 25 });
    expect([batches.stepsPerEpoch, batches.batchSize]).toEqual([1, 25]);
    const rows = epoch(batches).flat();
    expect(rows.length).toBe(25);
    expect(rows.every((row) => row >= 0 && row < 10)).toBe(true);
    expect(epoch(batchesOf(numbered(10), { sampling: 'replacement' })).map((batch) => batch.length)).toEqual([4, 4, 4]);
  });

  test('draws each row equally often', () => {
    const batches = batchesOf(numbered(10), { sampling: 'replacement', batchSize: 10 });
    const counts = new Array<number>(10).fill(0);
    for (let step = 0; step < 2000; step++) for (const row of epoch(batches).flat()) counts[row]!++;
    // 20,000 draws: mean 2000, standard deviation 42.
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(5 * 42);
  });

  test('sees about 63 % of the rows in an epoch (E29)', () => {
    const rows = epoch(batchesOf(numbered(10_000), { sampling: 'replacement', batchSize: 100 })).flat();
    expect(new Set(rows).size / 10_000).toBeCloseTo(1 - 1 / Math.E, 1);
  });
});

describe('in order', () => {
  test('the batches are the data set, again and again, without a generator', () => {
    const dataset = numbered(7);
    const batches = new Batches(dataset, { batchSize: 3, sampling: 'inOrder', dtype: 'float32', backend });
    expect(epoch(batches)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    batches.next();
    batches.restart();
    expect(epoch(batches)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  });
});

describe('a batch', () => {
  test('scales bytes, rounding once in its own type', () => {
    const data = Uint8Array.from({ length: 256 }, (_, i) => i);
    const dataset = Dataset.from({ x: { data, shape: [256, 1] }, labels: new Int32Array(256), scale: 1 / 255 });
    const whole = { batchSize: 256, sampling: 'inOrder' } as const;
    const float32 = batchesOf(dataset, whole).next().x.data;
    expect(float32).toEqual(Float32Array.from(data, (byte) => byte * Math.fround(1 / 255)));
    const float64 = batchesOf(dataset, { ...whole, dtype: 'float64' }).next().x.data;
    expect(float64).toEqual(Float64Array.from(data, (byte) => byte * (1 / 255)));
  });

  test('holds soft labels and targets as rows', () => {
    const soft = Dataset.from({
      x: [[1], [2], [3]],
      labels: [
        [0.5, 0.5],
        [1, 0],
        [0, 1],
      ],
    });
    const batches = batchesOf(soft, { sampling: 'inOrder', batchSize: 2 });
    expect((batches.next().labels as Tensor).toArray()).toEqual([
      [0.5, 0.5],
      [1, 0],
    ]);
    expect((batches.next().labels as Tensor).toArray()).toEqual([[0, 1]]);
    const regression = Dataset.from({
      x: [[1], [2]],
      targets: [
        [3, 4, 5],
        [6, 7, 8],
      ],
    });
    const { x, labels } = batchesOf(regression, { sampling: 'inOrder' }).next();
    expect(x.toArray()).toEqual([[1], [2]]);
    expect((labels as Tensor).toArray()).toEqual([
      [3, 4, 5],
      [6, 7, 8],
    ]);
  });

  test.each(['float32', 'float64'] as const)('holds the weights of its rows in %s', (dtype) => {
    const weights = [0.5, 0, 2, 1, 3];
    for (const given of [weights, Float32Array.from(weights), Float64Array.from(weights)]) {
      const dataset = Dataset.from({ x: weights.map((_, row) => [row]), labels: [0, 1, 0, 1, 0], weights: given });
      const batches = batchesOf(dataset, { batchSize: 3, dtype });
      for (let step = 0; step < 4; step++) {
        const { x, weights: gathered, size } = batches.next();
        expect(gathered!.length).toBe(size);
        expect(gathered!.constructor.name.toLowerCase()).toBe(`${dtype}array`);
        expect([...gathered!]).toEqual(Array.from(x.data, (row) => weights[row]));
      }
    }
    expect(batchesOf(numbered(3)).next().weights).toBeUndefined();
  });

  test('holds multiLabels as rows of 0 and 1', () => {
    const multiLabels = [
      [true, false],
      [true, true],
    ];
    const batches = batchesOf(Dataset.from({ x: [[1], [2]], multiLabels }), { sampling: 'inOrder' });
    expect((batches.next().labels as Tensor).toArray()).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });

  test('is the same object with the same arrays each time, full or short', () => {
    const batches = batchesOf(numbered(10));
    const first = [batches.next(), batches.next(), batches.next()];
    const [x, labels] = [first[0]!.x, first[0]!.labels as Int32Array];
    expect(first[1]).toBe(first[0]);
    expect(first[2]!.x.data.buffer).toBe(x.data.buffer);
    expect((first[2]!.labels as Int32Array).buffer).toBe(labels.buffer);
    for (let i = 0; i < 7; i++) expect(batches.next()).toBe(first[i % 3]);
    expect(first[0]!.x).toBe(x);
  });
});

describe('steady state', () => {
  test.each(['shuffle', 'replacement', 'inOrder'] as const)(
    '%s makes no typed array after construction',
    (sampling) => {
      const datasets = [
        numbered(10),
        Dataset.from({
          x: [[1], [2], [3]],
          labels: [
            [0.5, 0.5],
            [1, 0],
            [0, 1],
          ],
          weights: [1, 2, 3],
        }),
        Dataset.from({ x: [[1], [2], [3]], multiLabels: [[1], [0], [1]] }),
      ];
      const all = datasets.map((dataset) => batchesOf(dataset, { sampling, batchSize: 2 }));
      const images = Dataset.from({ x: [[[1, 2]], [[3, 4]], [[5, 6]]], labels: [0, 1, 0] });
      const augment = { shift: 1, rotate: 5, scale: 0.1 };
      all.push(batchesOf(images, { sampling, batchSize: 2, augment, augmentRandom: new Random(2) }));
      let made = 0;
      for (const name of ['Float32Array', 'Float64Array', 'Int32Array', 'Uint8Array', 'ArrayBuffer'] as const) {
        const counting = new Proxy(globalThis[name], {
          construct: (target, args) => {
            made++;
            return Reflect.construct(target, args);
          },
        });
        vi.stubGlobal(name, counting);
      }
      const views = (['subarray', 'slice', 'map'] as const).map((name) =>
        vi.spyOn(Object.getPrototypeOf(Int32Array.prototype), name),
      );
      try {
        for (const batches of all) for (let step = 0; step < 50; step++) batches.next();
        expect(made).toBe(0);
        for (const view of views) expect(view).not.toHaveBeenCalled();
        batchesOf(numbered(3));
        expect(made).toBeGreaterThan(0); // the counting itself works
      } finally {
        vi.unstubAllGlobals();
        vi.restoreAllMocks();
      }
    },
  );
});

describe('dtypes', () => {
  const single = Float32Array.of(0.1, 0.2);
  const double = Float64Array.of(0.1, 0.2);
  const labels = [0, 1];
  const firstX = (dataset: Dataset, dtype: 'float32' | 'float64') =>
    batchesOf(dataset, { sampling: 'inOrder', dtype }).next().x.data;

  test('nested numbers suit both, unrounded in float64', () => {
    const dataset = Dataset.from({ x: [[0.1], [0.2]], labels });
    expect(firstX(dataset, 'float32')).toEqual(single);
    expect(firstX(dataset, 'float64')).toEqual(double);
  });

  test('float32 numbers widen', () => {
    expect(firstX(Dataset.from({ x: { data: single, shape: [2, 1] }, labels }), 'float64')).toEqual(
      Float64Array.from(single),
    );
  });

  test.each<[string, Dataset]>([
    ['x', Dataset.from({ x: { data: double, shape: [2, 1] }, labels })],
    ['targets', Dataset.from({ x: [[1], [2]], targets: double })],
    ['labels', Dataset.from({ x: [[1]], labels: { data: Float64Array.of(0.1, 0.9), shape: [1, 2] } })],
  ])('float64 %s in a float32 net is an error that names the fix', (argument, dataset) => {
    const error = errorOf(() => batchesOf(dataset));
    expect(error).toBeInstanceOf(DtypeError);
    expect(error.message).toBe(
      `Dataset: ${argument} holds float64 numbers; expected float32. Give the network { dtype: 'float64' }, or convert the numbers with Float32Array.from(data)`,
    );
  });

  test('a nested number too large for float32 is an error, not infinity', () => {
    const error = errorOf(() => batchesOf(Dataset.from({ x: [[0], [-1e39]], labels })));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toBe('Dataset.from: x[1][0] is -1e+39; expected numbers within the range of float32');
  });
});

describe('errors', () => {
  test.each([0, 1.5, Number.NaN])('a batch size of %d is refused', (batchSize) => {
    const error = errorOf(() => batchesOf(numbered(5), { batchSize }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toBe(`Batches: batchSize is ${batchSize}; expected an integer of at least 1`);
  });

  test('random batches need a generator', () => {
    const error = errorOf(
      () => new Batches(numbered(5), { batchSize: 2, sampling: 'replacement', dtype: 'float32', backend }),
    );
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toBe('Batches: random is undefined; expected a Random for sampling "replacement"');
    const unsaid = errorOf(() => new Batches(numbered(5), { batchSize: 2, dtype: 'float32', backend } as never));
    expect(unsaid.message).toBe('Batches: sampling is undefined; expected "shuffle", "replacement" or "inOrder"');
  });

  /** What a resizable buffer, made before anything is borrowed, is taken from. */
  type Resizable = ArrayBuffer & { resize(length: number): void };
  const resizable = (bytes: number): Resizable => Reflect.construct(ArrayBuffer, [bytes, { maxByteLength: bytes }]);

  test.each(['x', 'labels', 'multiLabels', 'targets', 'weights'])(
    'FOUND L6: an array of %s that lost memory since is named, transferred or shrunk, whole or in part',
    (name) => {
      for (const [lose, left] of [
        [(buffer: ArrayBuffer) => structuredClone(buffer, { transfer: [buffer] }), 0],
        [(buffer: ArrayBuffer) => (buffer as Resizable).resize(0), 0],
        [(buffer: ArrayBuffer) => (buffer as Resizable).resize(4), 1],
      ] as const) {
        const buffer = resizable(8);
        const data = name === 'labels' ? new Int32Array(buffer) : new Float32Array(buffer);
        data.fill(1);
        const borrowed = name === 'labels' || name === 'weights' ? data : { data, shape: [2, 1] };
        const named = name === 'weights' || name === 'x' ? { labels: [0, 1] } : {};
        const dataset = Dataset.from({ x: [[1], [2]], ...named, [name]: borrowed } as never);
        const batches = batchesOf(dataset);
        batches.next();
        lose(buffer);
        for (const use of [() => batches.next(), () => dataset.toTensors({ backend })]) {
          const error = errorOf(use);
          expect(error).toBeInstanceOf(StateError);
          expect(error.message).toBe(
            `Dataset: the array of ${name} has ${left} of its 2 elements left; expected an array that keeps its memory, which the data set borrows. Its buffer was transferred, or shrank: give Dataset.from a copy`,
          );
        }
      }
    },
  );
});

describe('Batches.state', () => {
  const newBatches = (sampling: 'shuffle' | 'replacement', seed: number): Batches =>
    batchesOf(numbered(10), { batchSize: 3, sampling, random: new Random(seed) });
  const drawn = (batches: Batches, count: number): number[][] =>
    Array.from({ length: count }, () => [...batches.next().x.data]);

  test.each(['shuffle', 'replacement'] as const)('continues with the same batches from any place (%s)', (sampling) => {
    for (const place of [0, 1, 3, 4, 6]) {
      const whole = newBatches(sampling, 1);
      drawn(whole, place);
      const other = newBatches(sampling, 2);
      drawn(other, 2);
      other.restore(JSON.parse(JSON.stringify(whole.state())));
      expect(drawn(other, 9)).toEqual(drawn(whole, 9));
    }
  });

  test('refuses a step that its epochs do not have, and stays where it was', () => {
    const batches = newBatches('shuffle', 1);
    const { random } = newBatches('shuffle', 5).state();
    expect(() => batches.restore({ step: 4, random })).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: 'Batches.restore: step is 4; expected an integer in [0, 3]',
      }),
    );
    expect(drawn(batches, 4)).toEqual(drawn(newBatches('shuffle', 1), 4));
  });

  // In a process of its own: what V8 compiles depends on all arrays that the function has seen before.
  test.skipIf(!existsSync(LIBRARY))(
    'a transferred array is refused also where V8 has compiled the check for arrays over resizable buffers',
    () => {
      const program = `
        const { requireWhole } = require(${JSON.stringify(LIBRARY)})['data/rows'];
        const growing = () => new Int32Array(new ArrayBuffer(400, { maxByteLength: 800 }));
        const seen = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? growing() : new Int32Array(100)));
        for (let i = 0; i < 200_000; i++) requireWhole('labels', seen[i % 8], 100);
        const labels = new Int32Array(100);
        for (let i = 0; i < 20_000; i++) requireWhole('labels', labels, 100);
        structuredClone(labels.buffer, { transfer: [labels.buffer] });
        try {
          requireWhole('labels', labels, 100);
        } catch (error) {
          console.log(error.message);
        }`;
      const { stdout } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
      expect(stdout).toContain('the array of labels has 0 of its 100 elements left');
    },
  );
});
