import { inspect } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { createJsBackend } from '../../src/backend/js/js.js';
import { Batches } from '../../src/data/batches.js';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, DataError, DtypeError, ShapeError, StateError } from '../../src/errors.js';
import { isInstance } from '../../src/identity.js';
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
  test('is named by the error of new Dataset', () => {
    const Constructor = Dataset as unknown as new (options?: object) => Dataset;
    for (const options of [{ x: [[1], [2]], labels: [0, 1] }, undefined]) {
      expect(errorOf(() => new Constructor(options))).toMatchObject({
        name: 'ArgumentError',
        message: 'Dataset: called with new; expected Dataset.from({ x, labels })',
      });
    }
  });

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

  test('FOUND C4: takes arrays of another realm: bytes stay bytes, float64 stays float64, labels are checked', () => {
    const foreign = (expression: string): never => runInContext(`(${expression})`, realm) as never;
    const realm = createContext();
    const bytes = Dataset.from({
      x: { data: foreign('Uint8Array.of(1, 2)'), shape: [2, 1] },
      labels: foreign('Int32Array.of(1, 0)'),
      weights: foreign('Float32Array.of(1, 2)'),
      scale: 0.5,
    });
    expect(bytes.byteScale).toBe(0.5);
    const { x, labels, weights } = bytes.toTensors({ backend });
    expect([x.data, labels, weights!.data]).toEqual([
      Float32Array.of(0.5, 1),
      Int32Array.of(1, 0),
      Float32Array.of(1, 2),
    ]);
    const doubles = Dataset.from({
      x: { data: foreign('Float64Array.of(0.1, 0.2)'), shape: [2, 1] },
      targets: foreign('Float64Array.of(0.3, 0.4)'),
    });
    expect(doubles.toTensors({ backend }).x.data).toEqual(Float64Array.of(0.1, 0.2));
    expect(
      errorOf(() => Dataset.from({ x: [[1], [2]], labels: foreign('Int32Array.of(0, 2)'), classes: 2 })).message,
    ).toBe('Dataset.from: labels[1] is 2; expected an integer in [0, 2)');
    expect(errorOf(() => Dataset.from({ x: [[1]], labels: foreign('BigInt64Array.of(0n)') })).message).toBe(
      'Dataset.from: labels is a BigInt64Array of 1; expected class indices that are numbers. Convert them with Int32Array.from(labels, Number)',
    );
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

  test('FOUND A1: is of the kind that its labels were named by, whatever their values', () => {
    const x = [[1], [2], [3]];
    const bits = [
      [0, 1],
      [1, 0],
      [1, 0],
    ];
    const kindOf = (options: object): unknown[] => {
      const { kind, classes, outputSize } = Dataset.from({ x, ...options } as never);
      return [kind, classes, outputSize];
    };
    expect(kindOf({ labels: bits })).toEqual(['classification', 2, 2]);
    expect(kindOf({ labels: [0, 1, 1] })).toEqual(['classification', 2, 2]);
    expect(kindOf({ multiLabels: bits })).toEqual(['multiLabel', undefined, 2]);
    expect(kindOf({ multiLabels: [[0], [1], [1]] })).toEqual(['multiLabel', undefined, 1]);
    expect(kindOf({ targets: bits })).toEqual(['regression', undefined, 2]);
    expect(kindOf({ targets: [0, 1, 1] })).toEqual(['regression', undefined, 1]);
  });

  test('FOUND A3: the numbers in rows of labels never change what toTensors returns', () => {
    const labelsOf = (labels: number[][]): unknown =>
      Dataset.from({ x: [[1], [2]], labels }).toTensors({ backend }).labels;
    const [hot, soft] = [
      [
        [0, 1],
        [1, 0],
      ],
      [
        [0, 1],
        [0.5, 0.5],
      ],
    ];
    expect((labelsOf(hot) as Tensor).toArray()).toEqual(hot);
    expect((labelsOf(soft) as Tensor).toArray()).toEqual(soft);
    expect(labelsOf([[0], [1]])).toEqual(Int32Array.of(0, 1));
  });

  test('takes multiLabels of numbers, booleans and bytes', () => {
    const bits = [
      [1, 1],
      [0, 0],
    ];
    for (const multiLabels of [
      bits,
      bits.map((row) => row.map(Boolean)),
      { data: Uint8Array.of(1, 1, 0, 0), shape: [2, 2] },
      new Tensor(Float32Array.of(1, 1, 0, 0), [2, 2], backend),
    ]) {
      const { labels } = Dataset.from({ x: [[1], [2]], multiLabels }).toTensors({ backend });
      expect((labels as Tensor).toArray()).toEqual(bits);
    }
  });

  test('takes rows with a sum other than 1 with the option unnormalized', () => {
    const labels = [
      [2, 1],
      [0, 0],
    ];
    const general = Dataset.from({ x: [[1], [2]], labels, unnormalized: true });
    expect(general.unnormalized).toBe(true);
    expect((general.toTensors({ backend }).labels as Tensor).toArray()).toEqual(labels);
    expect(Dataset.from({ x: [[1], [2]], labels: [0, 1] }).unnormalized).toBe(false);
  });

  test('FOUND A6: says whether x is bytes, and their scale', () => {
    const scaleOf = (x: unknown, scale?: number): number | undefined =>
      Dataset.from({ x: x as number[][], labels: [0, 1], ...(scale === undefined ? {} : { scale }) }).byteScale;
    const bytes = Uint8Array.of(1, 2);
    expect(scaleOf({ data: bytes, shape: [2, 1] }, 1 / 255)).toBe(1 / 255);
    expect(scaleOf({ data: Uint8ClampedArray.from(bytes), shape: [2, 1] })).toBe(1);
    expect(scaleOf([Uint8Array.of(1), Buffer.of(2)], 0.5)).toBe(0.5);
    expect(scaleOf([[1], [2]])).toBeUndefined();
    expect(scaleOf({ data: Float32Array.of(1, 2), shape: [2, 1] })).toBeUndefined();
    expect(scaleOf([Uint8Array.of(1), [2]])).toBeUndefined();
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
    ['NaN in targets', { x, targets: [1, Number.NaN, 2] }, DataError, 'targets[1] is NaN; expected finite numbers'],
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
    ['too few labels', { x, labels: [0, 1] }, ShapeError, 'labels has 2 entries; expected 3, one for each row'],
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
      'labels has 2 entries; expected 1, one for each row',
    ],
    [
      'label rows of higher rank',
      { x: [[1]], labels: { data: new Float32Array(4), shape: [1, 2, 2] } },
      ShapeError,
      'labels has shape [1, 2, 2]; expected [1, classes] (a row over the classes for each sample) or 1 class indices',
    ],
    ['too few targets', { x, targets: [[1, 2]] }, ShapeError, 'targets has 1 entry; expected 3, one for each row'],
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
    [
      'a negative label',
      { x, labels: [0, -1, 1] },
      ArgumentError,
      'labels[1] is -1; expected an integer of at least 0',
    ],
    [
      'a label that is not an integer',
      { x, labels: [0, 0.5, 1] },
      ArgumentError,
      'labels[1] is 0.5; expected an integer of at least 0. Labels are classes; values to predict are the targets of a regression',
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
      'labels has shape [3, 2]; expected [3, 3] (a row over the classes for each sample) or 3 class indices',
    ],
    [
      'both labels and targets',
      { x, labels, targets: labels },
      ArgumentError,
      'labels and targets are both given; expected labels (one class per row), multiLabels (any number of labels per row) or targets (values to predict)',
    ],
    [
      'neither labels nor targets',
      { x },
      ArgumentError,
      'none of labels, multiLabels and targets is given; expected labels (one class per row), multiLabels (any number of labels per row) or targets (values to predict)',
    ],
    [
      'classes beside targets',
      { x, targets: labels, classes: 3 },
      ArgumentError,
      'classes is given with targets; expected it with labels only',
    ],
    ...['y', 'Y', 't', 'ys'].map((name): [string, unknown, typeof ArgumentError, string] => [
      `FOUND F: the option ${name}, as others call it`,
      { x, [name]: labels },
      ArgumentError,
      `unknown option "${name}"; did you mean "labels" (one class per row), "multiLabels" (any number per row) or "targets" (values)?`,
    ]),
    ['FOUND F: features for x', { features: x, labels }, ArgumentError, 'unknown option "features"; did you mean "x"?'],
    ['FOUND F: target', { x, target: labels }, ArgumentError, 'unknown option "target"; did you mean "targets"?'],
    [
      'FOUND F: another short name',
      { x, labels, id: 1 },
      ArgumentError,
      'unknown option "id"; known are x, labels, multiLabels, targets, classes, inputShape, weights, scale, dtype, unnormalized',
    ],
    ['an unknown option', { x, label: labels }, ArgumentError, 'unknown option "label"; did you mean "labels"?'],
    [
      'no options',
      undefined,
      ArgumentError,
      'options is undefined; expected an object with any of x, labels, multiLabels, targets, classes, inputShape, weights, scale, dtype, unnormalized',
    ],
    [
      'a fractional number of classes',
      { x, labels, classes: 2.5 },
      ArgumentError,
      'classes is 2.5; expected an integer of at least 1',
    ],
    [
      'FOUND A3: a column of values',
      { x, labels: [[0.5], [1], [2]] },
      ArgumentError,
      'labels[0][0] is 0.5; expected an integer of at least 0. Labels are classes; values to predict are the targets of a regression',
    ],
    [
      'FOUND A3: rows of −1 and +1',
      {
        x,
        labels: [
          [-1, 1],
          [1, -1],
          [1, -1],
        ],
      },
      ArgumentError,
      'labels[0][0] is -1 in a row that sums to 0; expected probabilities of at least 0 that sum to 1. Give class indices, or one-hot rows of 0 and 1',
    ],
    [
      'FOUND A3: rows with several ones',
      {
        x,
        labels: [
          [0, 1],
          [1, 0],
          [1, 1],
        ],
      },
      ArgumentError,
      'labels[2] has 2 ones (it sums to 2); expected a single 1, the class of the row. Rows with any number of ones are multiLabels; rows that need not sum to 1 are taken with the option unnormalized',
    ],
    [
      'multiLabels that are not bits',
      { x, multiLabels: [[0], [1], [2]] },
      ArgumentError,
      'multiLabels[2][0] is 2; expected 0 or 1 (the label applies or not)',
    ],
    [
      'multiLabels of another count',
      { x, multiLabels: [[0]] },
      ShapeError,
      'multiLabels has 1 entry; expected 3, one for each row',
    ],
    [
      'a list as multiLabels',
      { x, multiLabels: [0, 1, 1] },
      ShapeError,
      'multiLabels has shape [3]; expected [3, labels], a row of 0 and 1 for each sample. One class for each row is a classification: give it as labels',
    ],
    [
      'unnormalized beside multiLabels',
      { x, multiLabels: [[0], [1], [1]], unnormalized: true },
      ArgumentError,
      'unnormalized is given with multiLabels; expected it with labels only',
    ],
    [
      'unnormalized that is not a flag',
      { x, labels, unnormalized: 1 },
      ArgumentError,
      'unnormalized is 1; expected true or false',
    ],
    [
      'too few weights',
      { x, labels, weights: [1, 2] },
      ShapeError,
      'weights has 2 entries; expected 3, one for each row',
    ],
    [
      'a negative weight',
      { x, labels, weights: [1, 2, -0.5] },
      ArgumentError,
      'weights[2] is -0.5; expected a finite number of at least 0',
    ],
    [
      'a weight that is NaN',
      { x, labels, weights: Float32Array.of(1, Number.NaN, 1) },
      DataError,
      'weights[1] is NaN; expected finite numbers',
    ],
    [
      'weights of 0 only',
      { x, labels, weights: [0, 0, 0] },
      DataError,
      'every weight is 0; expected at least one weight above 0',
    ],
    [
      'rows of weights',
      {
        x,
        labels,
        weights: [
          [1, 2],
          [1, 2],
          [1, 2],
        ],
      },
      ShapeError,
      'weights has rows of 2; expected one number for each row of x',
    ],
    [
      'FOUND A6: a scale for numbers that are not bytes',
      { x, labels, scale: 0.5 },
      ArgumentError,
      'scale is 0.5 for x that is not a Uint8Array; expected bytes, because a network takes other numbers as they are. Multiply x by it, or give x as bytes',
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
    for (const part of [train, held]) expect(new Set(contents(part).labels.slice(0, 100)).size).toBe(3);
  });

  test('FOUND A3: keeps the proportions of classes that came as rows, one-hot or soft', () => {
    for (const row of [
      [0, 1],
      [0.3, 0.7],
    ]) {
      const labels = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? row : [1, 0]));
      const { test: held } = Dataset.from({ x: labels.map((_, i) => [i]), labels }).split({
        test: 0.5,
        seed: 1,
        stratify: true,
      });
      const second = (held.toTensors({ backend }).labels as Tensor).argMax(1).filter((column) => column === 1);
      expect(second.length).toBe(5);
    }
  });

  test('FOUND I1: breaks ties in rounding between classes at random', () => {
    const labels = Array.from({ length: 100 }, (_, i) => i % 10);
    const dataset = Dataset.from({ x: labels.map((_, i) => [i]), labels });
    const tested = new Array<number>(10).fill(0);
    const patterns = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const parts = dataset.split({ test: 0.25, seed, stratify: true });
      const counts = new Array<number>(10).fill(0);
      for (const label of parts.test.toTensors({ backend }).labels) counts[label]!++;
      expect(counts.every((count) => count === 2 || count === 3)).toBe(true);
      expect([parts.test.size, parts.warnings]).toEqual([25, []]);
      patterns.add(String(counts));
      counts.forEach((count, label) => {
        tested[label]! += count;
      });
    }
    expect(patterns.size).toBeGreaterThan(50);
    // 2 or 3 with equal chance, 200 times: mean 500, standard deviation 7.
    for (const count of tested) expect(Math.abs(count - 500)).toBeLessThan(5 * 7.1);
  });

  test('FOUND I1: keeps a class of one row to train on, and warns of it', () => {
    const labels = [...Array.from({ length: 20 }, (_, i) => i % 2), 2, 3];
    const dataset = Dataset.from({ x: labels.map((_, i) => [i]), labels });
    for (let seed = 0; seed < 20; seed++) {
      const parts = dataset.split({ test: 0.5, seed, stratify: true });
      expect([...parts.train.toTensors({ backend }).labels]).toEqual(expect.arrayContaining([2, 3]));
      expect(parts.test.size).toBe(11);
      expect(parts.warnings).toEqual(['The test part has no row of class 2 (1 row), 3 (1 row).']);
    }
    expect(dataset.split({ test: 0.5, seed: 1 }).warnings).toEqual([]);
  });

  test('FOUND I1: makes the test part smaller rather than take all rows of a class, and warns of it', () => {
    const labels = Array.from({ length: 30 }, (_, i) => i >> 1); // 15 classes of 2
    const parts = Dataset.from({ x: labels.map((_, i) => [i]), labels }).split({ test: 0.9, seed: 1, stratify: true });
    expect([...parts.train.toTensors({ backend }).labels].sort((a, b) => a - b)).toEqual(
      labels.filter((_, i) => i % 2),
    );
    expect([...parts.test.toTensors({ backend }).labels].sort((a, b) => a - b)).toEqual(labels.filter((_, i) => i % 2));
    expect(parts.warnings).toEqual(['The test part has 15 rows instead of 27: every class keeps a row to train on.']);
    const few = Dataset.from({ x: labels.map((_, i) => [i]), labels }).split({ test: 0.1, seed: 1, stratify: true });
    expect(few.warnings[0]).toMatch(
      /^The test part has no row of class (\d+ \(2 rows\), ){9}\d+ \(2 rows\) and 2 more\.$/,
    );
  });

  test('FOUND I1: takes several rows of a class where the others have none to give', () => {
    const labels = [...new Array<number>(10).fill(0), ...Array.from({ length: 10 }, (_, i) => 1 + (i >> 1))];
    const parts = Dataset.from({ x: labels.map((_, i) => [i]), labels }).split({ test: 0.7, seed: 1, stratify: true });
    const tested = [...parts.test.toTensors({ backend }).labels].sort((a, b) => a - b);
    expect(tested).toEqual([...new Array<number>(9).fill(0), 1, 2, 3, 4, 5]);
  });

  test('can be split again', () => {
    const { train } = numbered(100).split({ test: 0.2, seed: 1 });
    const again = train.split({ test: 0.5, seed: 2 });
    const rows = [...contents(again.train).rows, ...contents(again.test).rows];
    expect(rows.sort((a, b) => a - b)).toEqual(contents(train).rows.sort((a, b) => a - b));
  });

  test('without shuffle the last rows are the test part, in their order, of a part too', () => {
    const { train, test: held, warnings } = numbered(10).split({ test: 0.3, shuffle: false });
    expect(contents(train).rows).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(contents(held).rows).toEqual([7, 8, 9]);
    expect(warnings).toEqual([]);
    expect(contents(train.split({ test: 0.001, shuffle: false, stratify: false, seed: 3 }).test).rows).toEqual([6]);
    const drawn = (shuffle: boolean) => contents(numbered(9).split({ test: 0.3, seed: 1, shuffle }).test).rows;
    expect(drawn(true)).toEqual(contents(numbered(9).split({ test: 0.3, seed: 1 }).test).rows);
    expect(drawn(true)).not.toEqual(drawn(false));
  });

  test('leaves neither part empty', () => {
    for (const share of [0.001, 0.999]) {
      const { train, test: held } = numbered(3).split({ test: share, seed: 1 });
      expect(Math.min(train.size, held.size)).toBe(1);
    }
  });

  const regression = Dataset.from({ x: [[1], [2]], targets: [1, 2] });
  test.each<[Dataset, unknown, new (...args: never[]) => Error, string]>([
    [numbered(4), { test: 0 }, ArgumentError, 'test is 0; expected a share greater than 0 and less than 1'],
    [numbered(4), { test: 1 }, ArgumentError, 'test is 1; expected a share greater than 0 and less than 1'],
    [numbered(4), {}, ArgumentError, 'test is undefined; expected a share greater than 0 and less than 1'],
    [numbered(4), { test: 0.5, seed: -1 }, ArgumentError, 'seed is -1; expected an integer in [0, 4294967295]'],
    [numbered(4), { test: 0.5, stratify: 1 }, ArgumentError, 'stratify is 1; expected true or false'],
    [numbered(4), { test: 0.5, shuffle: 'no' }, ArgumentError, 'shuffle is "no"; expected true or false'],
    [
      Dataset.from({ x: [[1], [2]], labels: [0, 0] }),
      { test: 0.5, shuffle: false, stratify: true },
      ArgumentError,
      'stratify is true and shuffle is false; expected one of them: stratify draws rows of each class, and without shuffle the test part is the last rows',
    ],
    [numbered(4), { test_size: 0.5 }, ArgumentError, 'unknown option "test_size"; did you mean "test"?'],
    [numbered(4), { test: 0.5, stratfy: true }, ArgumentError, 'unknown option "stratfy"; did you mean "stratify"?'],
    [
      Dataset.from({ x: [[1], [2]], labels: [0, 1] }),
      { test: 0.5, stratify: true },
      DataError,
      'every class has one row; expected a class of at least 2, one to train on and one to test. Leave stratify out',
    ],
    [numbered(1), { test: 0.5 }, DataError, 'the data set has 1 row; expected at least 2'],
    [
      regression,
      { test: 0.5, stratify: true },
      ArgumentError,
      'stratify is true for targets; expected a data set with labels (one class per row)',
    ],
  ])('refuses bad options (%#)', (dataset, options, type, message) => {
    const error = errorOf(() => dataset.split(options as never));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toBe(`Dataset.split: ${message}`);
  });
});

describe('weights', () => {
  const dataset = Dataset.from({
    x: Array.from({ length: 10 }, (_, row) => [row]),
    labels: Array.from({ length: 10 }, (_, row) => row % 2),
    weights: Float64Array.from({ length: 10 }, (_, row) => row / 8),
  });
  const pairs = (part: Dataset): [number[], number[]] => {
    const { x, weights } = part.toTensors({ backend });
    return [[...x.data], [...weights!.data]];
  };

  test('go with their rows through split and take', () => {
    const { train, test: held } = dataset.split({ test: 0.4, seed: 1 });
    for (const part of [dataset, train, held, train.take(3)]) {
      const [rows, weights] = pairs(part);
      expect(weights).toEqual(rows.map((row) => row / 8));
    }
    expect(dataset.toTensors({ backend }).weights!.shape).toEqual([10]);
    expect(numbered(3).toTensors({ backend })).not.toHaveProperty('weights');
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
    }).toTensors({ backend });
    expect(targets.x.toArray()).toEqual([[1], [2]]);
    expect((targets.labels as Tensor).toArray()).toEqual([
      [3, 4],
      [5, 6],
    ]);
  });

  test('returns rows of labels as they are, also with oneHot', () => {
    const labels = [
      [0.5, 0.5],
      [0, 1],
    ];
    const rows = Dataset.from({ x: [[1], [2]], labels });
    expect(rows.toTensors({ backend, oneHot: true }).labels.toArray()).toEqual(labels);
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
      'Dataset.toTensors: oneHot is true for targets; expected a data set with labels (one class per row)',
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
      'Dataset: the array of x has 0 of its 2 elements left; expected an array that keeps its memory, which the data set borrows. Its buffer was transferred, or shrank: give Dataset.from a copy',
    );
  });
});

describe('a data set that is shown', () => {
  const digits = Dataset.from({
    x: { data: new Uint8Array(4 * 6), shape: [4, 2, 3] },
    labels: [0, 2, 1, 0],
    scale: 1 / 255,
    weights: [1, 1, 1, 2],
  });

  test.each<[Dataset, string]>([
    [digits, 'Dataset of 4 rows: x [2, 3] bytes × 0.00392, labels of 3 classes, weights'],
    [numbered(5), 'Dataset of 5 rows: x [2], labels of 3 classes'],
    [Dataset.from({ x: [[1]], labels: [[0.5, 0.5]] }), 'Dataset of 1 row: x [1], labels as rows over 2 classes'],
    [Dataset.from({ x: [[1]], labels: [0] }), 'Dataset of 1 row: x [1], labels of 1 class'],
    [Dataset.from({ x: [Uint8Array.of(1)], multiLabels: [[1, 0]] }), 'Dataset of 1 row: x [1] bytes, multiLabels [2]'],
    [Dataset.from({ x: [[1]], targets: [7] }), 'Dataset of 1 row: x [1], targets [1]'],
  ])('FOUND C3: is one line on the console: %s', (dataset, line) => {
    expect(inspect(dataset)).toBe(line);
    expect(String(dataset)).toBe(line);
  });

  test('FOUND C3: gives JSON and the diffs of test runners what it is like, not all its numbers', () => {
    const shown = {
      size: 4,
      kind: 'classification',
      inputSize: 6,
      sampleShape: [2, 3],
      inputShape: [2, 3, 1],
      byteScale: 1 / 255,
      outputSize: 3,
      classes: 3,
      labelForm: 'indices',
      unnormalized: false,
      weighted: true,
    };
    expect(JSON.parse(JSON.stringify(digits))).toEqual(shown);
    expect({ ...digits }).toEqual(shown);
    expect(structuredClone({ ...digits })).toEqual(shown);
    expect(errorOf(() => expect(digits).toEqual(digits.take(2))).message.length).toBeLessThan(1500);
  });
});

test('FOUND C5: batches take a data set of a second copy of the package', async () => {
  vi.resetModules();
  const second = await import('../../src/data/dataset.js');
  expect(second.Dataset).not.toBe(Dataset);
  for (const options of [
    { x: [[1], [2]], labels: [0, 1] },
    { x: [[1], [2]], targets: [3, 4], weights: [1, 2] },
  ]) {
    const dataset = second.Dataset.from(options as never);
    expect(isInstance(dataset, Dataset)).toBe(true);
    const batches = new Batches(dataset, { batchSize: 2, sampling: 'inOrder', dtype: 'float32', backend });
    const { x, labels, weights } = batches.next();
    const tensors = dataset.toTensors({ backend });
    expect(x.data).toEqual(tensors.x.data);
    expect(Array.from(weights ?? [])).toEqual(Array.from(tensors.weights?.data ?? []));
    const numbers = (these: unknown): unknown => (these instanceof Int32Array ? these : (these as Tensor).data);
    expect(numbers(labels)).toEqual(numbers(tensors.labels));
  }
});
