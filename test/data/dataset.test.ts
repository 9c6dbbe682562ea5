import { describe, expect, test } from 'vitest';
import { createJsBackend } from '../../src/backend/js/js.js';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, DataError, DtypeError, ShapeError, StateError } from '../../src/errors.js';
import { Random } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { errorOf } from './error-of.js';

const backend = createJsBackend('the tests ask for it');

/** Row r of x is [r, 10 r], its class is r mod 3. */
function numbered(size: number): Dataset {
  const x = Array.from({ length: size }, (_, row) => [row, 10 * row]);
  return Dataset.from({ x, labels: x.map(([row]) => row! % 3), classes: 3 });
}

/** The first number of each row, and the labels. */
function contents(dataset: Dataset): { rows: number[]; labels: number[] } {
  const { x, labels } = dataset.toTensors({ backend });
  return { rows: (x.toArray() as number[][]).map(([first]) => first!), labels: [...(labels as Int32Array)] };
}

describe('Dataset.from', () => {
  test('takes nested numbers and class indices', () => {
    const xor = Dataset.from({
      x: [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      labels: [0, 1, 1, 0],
    });
    expect([xor.size, xor.inputSize, xor.classes, xor.outputSize, xor.sampleShape]).toEqual([4, 2, 2, 2, [2]]);
  });

  test.each<[string, unknown, number]>([
    ['the largest index + 1', [0, 4, 1], 5],
    [
      'the width of one-hot rows',
      [
        [1, 0, 0],
        [0, 1, 0],
        [1, 0, 0],
      ],
      3,
    ],
    [
      'the width of soft rows',
      [
        [0.5, 0.5],
        [0, 1],
        [1, 0],
      ],
      2,
    ],
    ['1 where every label is 0', Uint8Array.of(0, 0, 0), 1],
  ])('takes %s for the number of classes', (_, labels, classes) => {
    expect(Dataset.from({ x: [[1], [2], [3]], labels: labels as number[] }).classes).toBe(classes);
  });

  test('takes samples of higher rank as rows, and remembers their shape', () => {
    const dataset = Dataset.from({ x: { data: new Uint8Array(24), shape: [2, 3, 4] }, labels: [0, 1] });
    expect([dataset.size, dataset.inputSize, dataset.sampleShape]).toEqual([2, 12, [3, 4]]);
  });

  test('borrows typed arrays and copies nested ones', () => {
    const data = Float32Array.of(1, 2, 3, 4);
    const labels = Int32Array.of(0, 1);
    const nested = [
      [1, 2],
      [3, 4],
    ];
    const borrowed = Dataset.from({ x: { data, shape: [2, 2] }, labels });
    const copied = Dataset.from({ x: nested, labels: [0, 1] });
    data[0] = 7;
    labels[0] = 1;
    nested[0]![0] = 7;
    expect(contents(borrowed)).toEqual({ rows: [7, 3], labels: [1, 1] });
    expect(contents(copied)).toEqual({ rows: [1, 3], labels: [0, 1] });
  });

  test('takes shared memory, a tensor, rows of typed arrays, clamped bytes and other integers', () => {
    const shared = new Float32Array(new SharedArrayBuffer(16));
    shared.set([1, 2, 3, 4]);
    const values = [
      { data: shared, shape: [2, 2] },
      new Tensor(Float64Array.of(1, 2, 3, 4), [2, 2], backend),
      [Float32Array.of(1, 2), Float32Array.of(3, 4)],
      { data: Uint8ClampedArray.of(1, 2, 3, 4), shape: [2, 2] },
      { data: Int16Array.of(1, 2, 3, 4), shape: [2, 2] },
    ];
    for (const x of values) {
      const tensors = Dataset.from({ x: x as Tensor, labels: [0, 1] }).toTensors({ backend });
      expect(tensors.x.toArray()).toEqual([
        [1, 2],
        [3, 4],
      ]);
    }
  });

  test('takes the targets of a regression as rows, or as single numbers', () => {
    const rows = Dataset.from({
      x: [[1], [2]],
      targets: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    });
    expect([rows.classes, rows.outputSize]).toEqual([undefined, 3]);
    for (const targets of [[5, 6], Float32Array.of(5, 6), { data: Uint8Array.of(5, 6), shape: [2] }]) {
      const single = Dataset.from({ x: [[1], [2]], targets });
      expect(single.outputSize).toBe(1);
      expect((single.toTensors({ backend }).labels as Tensor).toArray()).toEqual([[5], [6]]);
    }
  });

  test('converts to the dtype that is asked for', () => {
    const options = { labels: [0, 1], dtype: 'float32' } as const;
    const fromDoubles = Dataset.from({ x: { data: Float64Array.of(0.1, 0.2), shape: [2, 1] }, ...options });
    expect(fromDoubles.toTensors({ backend }).x.data).toEqual(Float32Array.of(0.1, 0.2));
    const wide = Dataset.from({ x: [[0.1], [0.2]], labels: [0, 1], dtype: 'float64' });
    expect(wide.toTensors({ backend }).x.data).toEqual(Float64Array.of(0.1, 0.2));
  });
});

describe('Dataset.from refuses', () => {
  const x = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  const labels = [0, 1, 2];
  const nan = Array.from({ length: 20 }, () => [0, 0, 0, 0]);
  nan[17]![3] = Number.NaN;
  const detachedData = Float32Array.of(1, 2, 3, 4);
  structuredClone(detachedData.buffer, { transfer: [detachedData.buffer] });

  test.each<[string, unknown, new (...args: never[]) => Error, string]>([
    ['NaN', { x: nan, labels: nan.map(() => 0) }, DataError, 'x[17][3] is NaN; expected finite numbers'],
    [
      'infinity in a sample of higher rank',
      { x: { data: Float32Array.of(0, 0, 0, 0, 0, 0, -1 / 0, 0), shape: [2, 2, 2] }, labels: [0, 1] },
      DataError,
      'x[1][1][0] is -Infinity; expected finite numbers',
    ],
    ['NaN in targets', { x, targets: [1, Number.NaN, 2] }, DataError, 'targets[1][0] is NaN; expected finite numbers'],
    [
      'NaN in soft labels',
      {
        x,
        labels: [
          [0.5, 0.5],
          [1, 0],
          [Number.NaN, 1],
        ],
      },
      DataError,
      'labels[2][0] is NaN; expected finite numbers',
    ],
    [
      'numbers that float32 cannot hold, where float32 is asked for',
      { x: [[1], [1e300]], labels: [0, 1], dtype: 'float32' },
      DataError,
      'x[1][0] is 1e+300; expected numbers within the range of float32',
    ],
    [
      'no rows',
      { x: [], labels: [] },
      DataError,
      'x is empty (shape [0]); expected at least one row of at least one number',
    ],
    [
      'empty rows',
      { x: [[], []], labels: [0, 1] },
      DataError,
      'x is empty (shape [2, 0]); expected at least one row of at least one number',
    ],
    [
      'empty targets',
      { x, targets: [] },
      DataError,
      'targets is empty (shape [0]); expected at least one row of at least one number',
    ],
    [
      'a flat list for x',
      { x: [1, 2, 3], labels },
      ShapeError,
      'x has shape [3]; expected [N, size], a row for each sample. Nest single numbers, as in [[1], [2]], or give { data, shape: [N, 1] }',
    ],
    [
      'a single number for x',
      { x: 1, labels: [0] },
      ShapeError,
      'x has shape []; expected [N, size], a row for each sample',
    ],
    [
      'rows of different lengths',
      { x: [[1, 2], [3]], labels: [0, 1] },
      ShapeError,
      'x[1] has length 1; expected 2, as x[0] has',
    ],
    ['words', { x: [['a']], labels: [0] }, ArgumentError, 'x[0][0] is "a"; expected a number'],
    ['no x', { labels }, ArgumentError, 'x is undefined; expected a number, an array of numbers or a tensor'],
    [
      'a detached array',
      { x: { data: detachedData, shape: [2, 2] }, labels: [0, 1] },
      ShapeError,
      'x.data has 0 elements; expected 4 (shape [2, 2])',
    ],
    [
      'big integers',
      { x: { data: new BigInt64Array(2), shape: [2, 1] }, labels: [0, 1] },
      DtypeError,
      'x.data is a BigInt64Array of 2; expected a Float32Array, Float64Array or Uint8Array',
    ],
    ['too few labels', { x, labels: [0, 1] }, ShapeError, 'labels has 2 entries; expected 3, one for each row of x'],
    [
      'too many label rows',
      {
        x: [[1]],
        labels: [
          [0, 1],
          [1, 0],
        ],
      },
      ShapeError,
      'labels has 2 entries; expected 1, one for each row of x',
    ],
    [
      'label rows of higher rank',
      { x: [[1]], labels: { data: new Float32Array(4), shape: [1, 2, 2] } },
      ShapeError,
      'labels has shape [1, 2, 2]; expected a matrix, one row for each of the 1 rows of x',
    ],
    ['too few targets', { x, targets: [[1, 2]] }, ShapeError, 'targets has 1 entry; expected 3, one for each row of x'],
    [
      'a label out of range',
      { x, labels: [0, 1, 10], classes: 10 },
      ArgumentError,
      'labels[2] is 10; expected an integer in [0, 10)',
    ],
    [
      'an Int32Array with a label out of range',
      { x, labels: Int32Array.of(0, 10, 1), classes: 10 },
      ArgumentError,
      'labels[1] is 10; expected an integer in [0, 10)',
    ],
    ['a negative label', { x, labels: [0, -1, 1] }, ArgumentError, 'labels[1] is -1; expected an integer in [0, 2)'],
    [
      'a label that is no integer',
      { x, labels: [0, 0.5, 1] },
      ArgumentError,
      'labels[1] is 0.5; expected an integer of at least 0',
    ],
    [
      'label rows of another width than classes',
      {
        x,
        labels: [
          [1, 0],
          [1, 0],
          [0, 1],
        ],
        classes: 3,
      },
      ShapeError,
      'labels has rows of 2; expected 3 (the option classes)',
    ],
    [
      'both labels and targets',
      { x, labels, targets: labels },
      ArgumentError,
      'labels and targets are both given; expected labels for classification, or targets for regression',
    ],
    [
      'neither labels nor targets',
      { x },
      ArgumentError,
      'neither labels nor targets are given; expected labels for classification, or targets for regression',
    ],
    [
      'classes beside targets',
      { x, targets: labels, classes: 3 },
      ArgumentError,
      'classes is given beside targets; expected it beside labels only',
    ],
    ['an unknown option', { x, label: labels }, ArgumentError, 'unknown option "label"; did you mean "labels"?'],
    [
      'no options',
      undefined,
      ArgumentError,
      'options is undefined; expected an object with any of x, labels, targets, classes, scale, dtype',
    ],
    [
      'a fractional number of classes',
      { x, labels, classes: 2.5 },
      ArgumentError,
      'classes is 2.5; expected an integer of at least 1',
    ],
    ['a scale of 0', { x, labels, scale: 0 }, ArgumentError, 'scale is 0; expected a finite number greater than 0'],
    [
      'an unknown dtype',
      { x, labels, dtype: 'float16' },
      ArgumentError,
      'dtype is "float16"; expected "float32" or "float64". Did you mean "float32"?',
    ],
  ])('%s', (_, options, type, message) => {
    const error = errorOf(() => Dataset.from(options as never));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toBe(`Dataset.from: ${message}`);
  });
});

describe('split', () => {
  test('puts each row into one part, with its label, in random order', () => {
    const { train, test: held } = numbered(100).split({ test: 0.2, seed: 4 });
    const [a, b] = [contents(train), contents(held)];
    expect([a.rows.length, b.rows.length]).toEqual([80, 20]);
    expect([...a.rows, ...b.rows].sort((p, q) => p - q)).toEqual(Array.from({ length: 100 }, (_, row) => row));
    expect([...a.labels, ...b.labels]).toEqual([...a.rows, ...b.rows].map((row) => row % 3));
    expect(b.rows).not.toEqual([...b.rows].sort((p, q) => p - q));
    expect(train.classes).toBe(3);
  });

  test('gives the same parts for the same seed and others for another', () => {
    const parts = (seed: number) => contents(numbered(50).split({ test: 0.3, seed }).test).rows;
    expect(parts(1)).toEqual(parts(1));
    expect(parts(1)).not.toEqual(parts(2));
  });

  test('keeps the proportions of the classes when asked', () => {
    const random = new Random(8);
    const labels = Array.from({ length: 1000 }, () => [0, 0, 0, 0, 0, 0, 1, 1, 1, 2][random.integer(10)]!);
    const dataset = Dataset.from({ x: labels.map((_, row) => [row]), labels });
    const { train, test: held } = dataset.split({ test: 0.25, seed: 1, stratify: true });
    const share = (part: Dataset, label: number) => contents(part).labels.filter((l) => l === label).length;
    for (const label of [0, 1, 2]) {
      const all = labels.filter((l) => l === label).length;
      expect(Math.abs(share(held, label) - all / 4)).toBeLessThan(1);
      expect(share(train, label) + share(held, label)).toBe(all);
    }
    expect([train.size, held.size]).toEqual([750, 250]);
    // Both parts begin with a mixture: the first rows of either are a fair sample.
    for (const part of [train, held]) expect(new Set(contents(part).labels.slice(0, 30)).size).toBe(3);
  });

  test('can be split again', () => {
    const { train } = numbered(100).split({ test: 0.2, seed: 1 });
    const again = train.split({ test: 0.5, seed: 2 });
    const rows = [...contents(again.train).rows, ...contents(again.test).rows];
    expect(rows.sort((a, b) => a - b)).toEqual(contents(train).rows.sort((a, b) => a - b));
  });

  test('leaves neither part empty', () => {
    for (const share of [0.001, 0.999]) {
      const { train, test: held } = numbered(3).split({ test: share, seed: 1 });
      expect(Math.min(train.size, held.size)).toBe(1);
    }
  });

  const soft = Dataset.from({
    x: [[1], [2]],
    labels: [
      [0.5, 0.5],
      [1, 0],
    ],
  });
  const regression = Dataset.from({ x: [[1], [2]], targets: [1, 2] });
  test.each<[Dataset, unknown, new (...args: never[]) => Error, string]>([
    [numbered(4), { test: 0 }, ArgumentError, 'test is 0; expected a share greater than 0 and less than 1'],
    [numbered(4), { test: 1 }, ArgumentError, 'test is 1; expected a share greater than 0 and less than 1'],
    [numbered(4), {}, ArgumentError, 'test is undefined; expected a share greater than 0 and less than 1'],
    [numbered(4), { test: 0.5, seed: -1 }, ArgumentError, 'seed is -1; expected an integer in [0, 4294967295]'],
    [numbered(4), { test: 0.5, stratify: 1 }, ArgumentError, 'stratify is 1; expected true or false'],
    [numbered(4), { test: 0.5, stratfy: true }, ArgumentError, 'unknown option "stratfy"; did you mean "stratify"?'],
    [numbered(1), { test: 0.5 }, DataError, 'the data set has 1 row; expected at least 2'],
    [soft, { test: 0.5, stratify: true }, ArgumentError, 'stratify is true for soft labels; expected class indices'],
    [
      regression,
      { test: 0.5, stratify: true },
      ArgumentError,
      'stratify is true for a regression; expected class indices',
    ],
  ])('refuses bad options (%#)', (dataset, options, type, message) => {
    const error = errorOf(() => dataset.split(options as never));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toBe(`Dataset.split: ${message}`);
  });
});

describe('take', () => {
  test('gives the first rows, of a split too', () => {
    expect(contents(numbered(10).take(3)).rows).toEqual([0, 1, 2]);
    const { train } = numbered(10).split({ test: 0.2, seed: 1 });
    expect(contents(train.take(4)).rows).toEqual(contents(train).rows.slice(0, 4));
  });

  test.each([0, 11, 1.5])('refuses to take %d of 10', (n) => {
    const error = errorOf(() => numbered(10).take(n));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toBe(`Dataset.take: n is ${n}; expected an integer in [1, 10]`);
  });
});

describe('toTensors (T18)', () => {
  const bytes = Dataset.from({
    x: { data: Uint8Array.of(0, 51, 102, 153, 204, 255, 1, 2), shape: [2, 2, 2] },
    labels: [2, 0],
    classes: 3,
    scale: 1 / 255,
  });

  test('normalizes and flattens by default, with class indices', () => {
    const { x, labels } = bytes.toTensors({ backend });
    expect([x.shape, x.dtype, x.backend]).toEqual([[2, 4], 'float32', backend]);
    const scale = Math.fround(1 / 255);
    expect(x.data).toEqual(Float32Array.of(0, 51, 102, 153, 204, 255, 1, 2).map((v) => v * scale));
    expect(labels).toEqual(Int32Array.of(2, 0));
  });

  test('keeps bytes as they are without normalize, and the shape without flatten', () => {
    const { x } = bytes.toTensors({ backend, normalize: false, flatten: false, dtype: 'float64' });
    expect(x.shape).toEqual([2, 2, 2]);
    expect(x.data).toEqual(Float64Array.of(0, 51, 102, 153, 204, 255, 1, 2));
  });

  test('makes one-hot rows when asked', () => {
    const { labels } = bytes.toTensors({ backend, oneHot: true });
    expect(labels.toArray()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ]);
  });

  test('computes in float64 for data typed so, in float32 for all else', () => {
    const dtypeOf = (x: unknown) => Dataset.from({ x: x as number[][], labels: [0] }).toTensors({ backend }).x.dtype;
    expect(dtypeOf([[0.1]])).toBe('float32');
    expect(dtypeOf([Float64Array.of(0.1)])).toBe('float32');
    expect(dtypeOf({ data: Float32Array.of(0.1), shape: [1, 1] })).toBe('float32');
    expect(dtypeOf({ data: Float64Array.of(0.1), shape: [1, 1] })).toBe('float64');
  });

  test('returns soft labels and targets as rows', () => {
    const soft = Dataset.from({
      x: [[1], [2]],
      labels: [
        [0.5, 0.5],
        [1, 0],
      ],
    }).toTensors({ backend });
    expect((soft.labels as Tensor).toArray()).toEqual([
      [0.5, 0.5],
      [1, 0],
    ]);
    const targets = Dataset.from({
      x: [[1], [2]],
      targets: [
        [3, 4],
        [5, 6],
      ],
      scale: 10,
    }).toTensors({ backend });
    expect(targets.x.toArray()).toEqual([[10], [20]]);
    expect((targets.labels as Tensor).toArray()).toEqual([
      [3, 4],
      [5, 6],
    ]);
  });

  test('returns arrays of its own', () => {
    const data = Float32Array.of(1, 2);
    const labels = Int32Array.of(0, 1);
    const tensors = Dataset.from({ x: { data, shape: [2, 1] }, labels }).toTensors({ backend });
    tensors.x.data.fill(9);
    (tensors.labels as Int32Array).fill(9);
    expect([data, labels]).toEqual([Float32Array.of(1, 2), Int32Array.of(0, 1)]);
  });

  const regression = Dataset.from({ x: [[1]], targets: [1] });
  const doubles = Dataset.from({ x: { data: Float64Array.of(0.1), shape: [1, 1] }, labels: [0] });
  test.each<[Dataset, unknown, new (...args: never[]) => Error, string]>([
    [bytes, { flatten: 1 }, ArgumentError, 'Dataset.toTensors: flatten is 1; expected true or false'],
    [
      bytes,
      { normalise: true },
      ArgumentError,
      'Dataset.toTensors: unknown option "normalise"; did you mean "normalize"?',
    ],
    [
      regression,
      { oneHot: true },
      ArgumentError,
      'Dataset.toTensors: oneHot is true for a regression; expected class indices',
    ],
    [
      doubles,
      { dtype: 'float32' },
      DtypeError,
      "Dataset: x holds float64 numbers; expected float32. Give the network { dtype: 'float64' }, or convert the numbers with Float32Array.from(data)",
    ],
  ])('refuses bad options (%#)', (dataset, options, type, message) => {
    const error = errorOf(() => dataset.toTensors({ backend, ...(options as object) }));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toBe(message);
  });

  test('says so when a borrowed array was detached since', () => {
    const data = Float32Array.of(1, 2);
    const dataset = Dataset.from({ x: { data, shape: [2, 1] }, labels: [0, 1] });
    structuredClone(data.buffer, { transfer: [data.buffer] });
    const error = errorOf(() => dataset.toTensors({ backend }));
    expect(error).toBeInstanceOf(StateError);
    expect(error.message).toBe(
      'Dataset: the array of x was detached after Dataset.from; expected it to keep its memory, which the data set borrows. Give Dataset.from a copy, or transfer one',
    );
  });
});
