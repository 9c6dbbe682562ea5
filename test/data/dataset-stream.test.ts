import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { DatasetStream } from '../../src/data/dataset-stream.js';
import type { ClassRows, ValueRows } from '../../src/data/stream-rows.js';
import { DataError } from '../../src/errors.js';
import { Random } from '../../src/random.js';
import { errorOf } from './error-of.js';

const none = (): ClassRows[] => [];
const from = DatasetStream.from as (source: unknown, options: unknown) => DatasetStream;

describe('DatasetStream.from', () => {
  test('knows the sizes of its rows', () => {
    const stream = DatasetStream.from(none, { inputSize: 4, classes: 3, rows: 150, name: 'iris.csv' });
    expect(stream).toMatchObject({ kind: 'classification', inputSize: 4, outputSize: 3, classes: 3, rows: 150 });
    expect(stream).toMatchObject({
      sampleShape: [4],
      inputShape: undefined,
      byteScale: undefined,
      labelForm: 'indices',
    });
    expect(String(stream)).toBe('DatasetStream of 150 rows from iris.csv: x [4], labels of 3 classes');
    expect(inspect(stream)).toBe(String(stream));
    const images = DatasetStream.from(none, { inputShape: [28, 28, 1], classes: 10, scale: 1 / 255 });
    expect(images).toMatchObject({ inputSize: 784, inputShape: [28, 28, 1], byteScale: 1 / 255, rows: undefined });
    expect(String(images)).toBe('DatasetStream: x [28, 28, 1] bytes, labels of 10 classes');
    const values = DatasetStream.from((): ValueRows[] => [], { inputSize: 2, outputSize: 1, rows: 1 });
    expect(values).toMatchObject({ kind: 'regression', outputSize: 1, classes: undefined, labelForm: 'rows' });
    expect(String(values)).toBe('DatasetStream of 1 row: x [2], targets [1]');
  });

  test('keeps a window of 10,000 rows, or of fewer that are wide', () => {
    expect(DatasetStream.from(none, { inputSize: 4, classes: 3 }).options.window).toBe(10_000);
    expect(DatasetStream.from(none, { inputSize: 2 ** 20, classes: 3 }).options.window).toBe(16);
  });

  test.each([
    [{ classes: 3 }, 'inputSize is undefined; expected an integer of at least 1'],
    [{ inputSize: 0, classes: 3 }, 'inputSize is 0; expected an integer of at least 1'],
    [
      { inputSize: 4 },
      'neither classes nor outputSize is given; expected classes (each row has one class) or outputSize (each row has target values)',
    ],
    [
      { inputSize: 4, classes: 2, outputSize: 1 },
      'classes and outputSize are both given; expected classes (each row has one class) or outputSize (each row has target values)',
    ],
    [{ inputSize: 4, classes: 1 }, 'classes is 1; expected an integer of at least 2'],
    [{ inputSize: 4, outputSize: 0 }, 'outputSize is 0; expected an integer of at least 1'],
    [
      { inputSize: 4, classes: 2, inputShape: [2, 3] },
      'inputShape is [2, 3], 6 numbers; expected the shape of 4 numbers, as each row of x has',
    ],
    [
      { classes: 2, inputShape: [2n, 2] },
      'inputShape is [2n, 2]; expected the sizes of one sample, e.g. [28, 28, 1]: height, width and channels',
    ],
    [
      { classes: 2, inputShape: [2, Symbol('s')] },
      'inputShape is [2, Symbol(s)]; expected the sizes of one sample, e.g. [28, 28, 1]: height, width and channels',
    ],
    [
      { classes: 2, inputShape: [] },
      'inputShape is []; expected the sizes of one sample, e.g. [28, 28, 1]: height, width and channels',
    ],
    [
      { classes: 2, inputShape: [2 ** 40, 2 ** 40] },
      'inputShape is [1099511627776, 1099511627776]; expected at most 1073741823 numbers in a row',
    ],
    [{ inputSize: 2 ** 30, classes: 2 }, 'inputSize is 1073741824; expected at most 1073741823 numbers in a row'],
    [{ inputSize: 1, classes: 2 ** 30 }, 'classes is 1073741824; expected at most 1073741823 numbers in a row'],
    [{ inputSize: 1, outputSize: 2 ** 30 }, 'outputSize is 1073741824; expected at most 1073741823 numbers in a row'],
    [{ inputSize: 4, classes: 2, scale: 0 }, 'scale is 0; expected a finite number greater than 0'],
    [{ inputSize: 4, classes: 2, rows: 1.5 }, 'rows is 1.5; expected an integer of at least 1'],
    [{ inputSize: 4, classes: 2, window: 0 }, 'window is 0; expected an integer in [1, 268435455]'],
    [{ inputSize: 4, classes: 2, name: 5 }, 'name is 5; expected a string'],
    [{ inputSize: 4, classes: 2, bufferSize: 5 }, 'unknown option "bufferSize"; did you mean "window"?'],
    [
      5,
      'options is 5; expected an object with any of inputSize, inputShape, classes, outputSize, scale, rows, window, name',
    ],
  ])('refuses %o', (options, message) => {
    expect(errorOf(() => from(none, options)).message).toBe(`DatasetStream.from: ${message}`);
  });

  test('refuses a source that is not a function', () => {
    expect(errorOf(() => from('data.csv', { inputSize: 4, classes: 3 })).message).toBe(
      'DatasetStream.from: source is "data.csv"; expected a function that begins a pass over the rows',
    );
    async function* pass(): AsyncGenerator<ClassRows> {}
    expect(errorOf(() => from(pass(), { inputSize: 4, classes: 3 })).message).toMatch(
      /^DatasetStream\.from: source is an? .+; expected a function that begins a pass over the rows\. Give the function that made it: each epoch needs a new pass$/,
    );
    expect(errorOf(() => new (DatasetStream as unknown as new () => object)()).message).toBe(
      'DatasetStream: called with new; expected DatasetStream.from(source, { inputSize, classes })',
    );
  });
});

describe('DatasetStream.statistics', () => {
  const random = new Random(3, 'data');
  const rows = 1234;
  /** A column far from 0, one that is constant, one of ordinary size. */
  const x = Float64Array.from({ length: 3 * rows }, (_, i) => [1e6 + random.normal(), 7, 3 * random.normal()][i % 3]!);
  const column = (j: number): number[] => [...x.filter((_, i) => i % 3 === j)];
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = (values: number[]): number => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

  test('counts the rows and gives means, deviations and rows of each class', async () => {
    const labels = Int32Array.from({ length: rows }, (_, i) => (i % 10 === 0 ? 1 : 0));
    const stream = DatasetStream.from(
      function* () {
        for (let i = 0; i < rows; i += 100)
          yield { x: x.subarray(3 * i, 3 * i + 300), labels: labels.subarray(i, i + 100) };
      },
      { inputSize: 3, classes: 3 },
    );
    const found = await stream.statistics();
    expect(found).toMatchObject({ rows, classCounts: [1110, 124, 0], targetMean: [], targetDeviation: [] });
    expect(found.mean[0]).toBeCloseTo(mean(column(0)), 8);
    expect(found.deviation[0]).toBeCloseTo(deviation(column(0)), 8);
    expect([found.mean[1], found.deviation[1]]).toEqual([7, 1]);
    expect(found.deviation[2]).toBeCloseTo(deviation(column(2)), 12);
    expect(stream.rows).toBe(rows);
  });

  test('takes bytes times their scale, and gives the targets of a regression', async () => {
    const stream = DatasetStream.from(
      function* () {
        yield { x: Uint8Array.of(0, 255), targets: [1, 10] };
        yield { x: Uint8Array.of(255, 255), targets: [3, 10] };
      },
      { inputSize: 2, outputSize: 2, scale: 1 / 255 },
    );
    expect(await stream.statistics()).toEqual({
      ...{ rows: 2, mean: [0.5, 1], deviation: [0.5, 1], classCounts: [] },
      ...{ targetMean: [2, 10], targetDeviation: [1, 1] },
    });
  });

  test('refuses finite numbers of which the sums are not', async () => {
    const options = { inputSize: 2, outputSize: 1, name: 'big' };
    const big = DatasetStream.from(() => [{ x: [1, 1e200, 2, -1e200], targets: [1, 2] }], options);
    await expect(big.statistics()).rejects.toThrow(
      new DataError({
        operation: 'DatasetStream.statistics',
        found: 'column 1 of x of big has numbers too large for a deviation',
        expected: 'numbers of which the squares are within the range of float64',
      }),
    );
    const targets = DatasetStream.from(() => [{ x: [1, 2, 3, 4], targets: [1.7e308, -1.7e308] }], {
      inputSize: 2,
      outputSize: 1,
    });
    await expect(targets.statistics()).rejects.toThrow(
      'DatasetStream.statistics: column 0 of targets has numbers too large for a deviation; expected numbers of which the squares are within the range of float64',
    );
  });

  test('refuses rows that cannot be learned from, and closes the source', async () => {
    let closed = 0;
    const stream = DatasetStream.from(
      async function* () {
        try {
          yield { x: [1], labels: 0 };
          yield { x: [Number.POSITIVE_INFINITY], labels: 0 };
        } finally {
          closed++;
        }
      },
      { inputSize: 1, classes: 2 },
    );
    await expect(stream.statistics()).rejects.toThrow('DatasetStream: x[1][0] is Infinity; expected finite numbers');
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(1);
    expect(stream.rows).toBeUndefined();
  });
});
