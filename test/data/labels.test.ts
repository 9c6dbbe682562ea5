import { describe, expect, test } from 'vitest';
import { createJsBackend } from '../../src/backend/js/js.js';
import { type Labels, type MultiLabels, toLabels, toMultiLabels } from '../../src/data/labels.js';
import { ArgumentError, DataError, DtypeError, ShapeError } from '../../src/errors.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { errorOf } from './error-of.js';

const backend = createJsBackend('the tests ask for it');
const context = { count: 3, classes: 4, dtype: 'float32', backend } as const;
const read = (labels: unknown): Int32Array | Tensor => toLabels('loss', labels as Labels, context);

describe('toLabels', () => {
  test('returns an Int32Array as it is', () => {
    const labels = Int32Array.of(0, 3, 1);
    expect(read(labels)).toBe(labels);
  });

  test.each<[string, unknown]>([
    ['an array', [0, 3, 1]],
    ['bytes', Uint8Array.of(0, 3, 1)],
    ['floats', Float64Array.of(0, 3, 1)],
    ['an object with a length', { length: 3, 0: -0, 1: 3, 2: 1 }],
    ['a tensor of rank 1', new Tensor(Float64Array.of(0, 3, 1), [3], backend)],
    ['typed values of rank 1', { data: Uint8Array.of(0, 3, 1), shape: [3] }],
    ['a column', [[0], [3], [1]]],
    ['a column of typed arrays', [Uint8Array.of(0), Uint8Array.of(3), Uint8Array.of(1)]],
    ['a column of integers in a float tensor', new Tensor(Float32Array.of(0, 3, 1), [3, 1], backend)],
    ['a column of bytes with a shape', { data: Uint8Array.of(0, 3, 1), shape: [3, 1] }],
  ])('FOUND A3: makes class indices of %s', (_, labels) => {
    expect(read(labels)).toEqual(Int32Array.of(0, 3, 1));
  });

  test('copies an Int32Array that another thread could change', () => {
    const shared = new Int32Array(new SharedArrayBuffer(12));
    shared.set([0, 3, 1]);
    const labels = read(shared) as Int32Array;
    expect(labels).toEqual(Int32Array.of(0, 3, 1));
    expect(labels.buffer).toBeInstanceOf(ArrayBuffer);
  });

  test.each<[string, unknown]>([
    [
      'one-hot',
      [
        [1, 0, 0, 0],
        [0, 0, 0, 1],
        [0, 1, 0, 0],
      ],
    ],
    ['one-hot, of typed arrays', [Uint8Array.of(1, 0, 0, 0), Uint8Array.of(0, 0, 0, 1), Uint8Array.of(0, 1, 0, 0)]],
    ['one-hot bytes with a shape', { data: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0), shape: [3, 4] }],
    [
      'soft',
      [
        [0.5, 0.5, 0, 0],
        [0, 1, 0, 0],
        [0.25, 0.25, 0.25, 0.25],
      ],
    ],
    ['soft, with sums that rounding moved off 1', [[0.1, 0.2, 0.3, 0.4].map(Math.fround), [0, 1, 0, 0], [0, 0, 1, 0]]],
  ])('FOUND A3: keeps rows over the classes as rows: %s', (_, rows) => {
    const soft = read(rows) as Tensor;
    expect(soft).toBeInstanceOf(Tensor);
    expect([soft.shape, soft.dtype]).toEqual([[3, 4], 'float32']);
    const { data } = rows as { data?: ArrayLike<number> };
    expect([...soft.data]).toEqual([
      ...Float32Array.from(data ?? (rows as number[][]).flatMap((row) => Array.from(row))),
    ]);
  });

  test('FOUND A3: takes rows with another sum when told to, and none with a negative entry', () => {
    const rows = [
      [0.5, 0, 0, 0],
      [1, 1, 1, 1],
      [0, 0, 0, 0],
    ];
    const general = toLabels('loss', rows, { ...context, unnormalized: true });
    expect((general as Tensor).toArray()).toEqual(rows);
    rows[2]![1] = -1;
    expect(errorOf(() => toLabels('loss', rows, { ...context, unnormalized: true })).message).toBe(
      'loss: labels[2][1] is -1 in a row that sums to -1; expected probabilities of at least 0 that sum to 1. Give class indices, or one-hot rows of 0 and 1',
    );
  });

  test('returns a soft tensor as it is', () => {
    const soft = new Tensor(new Float32Array(12).fill(0.25), [3, 4], backend);
    expect(read(soft)).toBe(soft);
  });

  test.each<[string, unknown, new (...args: never[]) => Error, string]>([
    ['too few indices', Int32Array.of(1, 2), ShapeError, 'labels has 2 entries; expected 3, one for each row'],
    ['a single index', [1], ShapeError, 'labels has 1 entry; expected 3, one for each row'],
    [
      'too many rows',
      [
        [1, 0, 0, 0],
        [1, 0, 0, 0],
        [1, 0, 0, 0],
        [1, 0, 0, 0],
      ],
      ShapeError,
      'labels has 4 entries; expected 3, one for each row',
    ],
    [
      'rows of another width',
      [
        [1, 0],
        [0, 1],
        [1, 0],
      ],
      ShapeError,
      'labels has shape [3, 2]; expected [3, 4] (a row over the classes for each sample) or 3 class indices',
    ],
    [
      'a scalar tensor',
      new Tensor(Float32Array.of(1), [], backend),
      ShapeError,
      'labels has shape []; expected [3, 4] (a row over the classes for each sample) or 3 class indices',
    ],
    ['a class too large', [0, 1, 4], ArgumentError, 'labels[2] is 4; expected an integer in [0, 4)'],
    ['a negative class', [0, -1, 2], ArgumentError, 'labels[1] is -1; expected an integer in [0, 4)'],
    [
      'a fraction',
      [0, 1.5, 2],
      ArgumentError,
      'labels[1] is 1.5; expected an integer in [0, 4). Labels are classes; values to predict are the targets of a regression',
    ],
    [
      'a column with a fraction',
      [[0], [1], [1.5]],
      ArgumentError,
      'labels[2][0] is 1.5; expected an integer in [0, 4). Labels are classes; values to predict are the targets of a regression',
    ],
    [
      'a column with a negative code',
      [[1], [-1], [1]],
      ArgumentError,
      'labels[1][0] is -1; expected an integer in [0, 4)',
    ],
    [
      'rows of −1 and +1',
      [
        [1, 0, 0, 0],
        [-1, 1, -1, -1],
        [1, 0, 0, 0],
      ],
      ArgumentError,
      'labels[1][0] is -1 in a row that sums to -2; expected probabilities of at least 0 that sum to 1. Give class indices, or one-hot rows of 0 and 1',
    ],
    [
      'a row with another sum',
      [
        [1, 0, 0, 0],
        [0.3, 0.3, 0.3, 0],
        [1, 0, 0, 0],
      ],
      ArgumentError,
      'labels[1] sums to 0.9; expected 1, as probabilities of the classes do. Divide the row by its sum, or give the option unnormalized',
    ],
    [
      'a sum off by more than rounding',
      new Tensor(Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0.99999, 0, 0, 0), [3, 4], backend),
      ArgumentError,
      'labels[2] sums to 0.999989986; expected 1, as probabilities of the classes do. Divide the row by its sum, or give the option unnormalized',
    ],
    [
      'several ones in a row',
      [
        [1, 0, 0, 0],
        [0, 1, 0, 1],
        [1, 0, 0, 0],
      ],
      ArgumentError,
      'labels[1] has 2 ones (it sums to 2); expected a single 1, the class of the row. Rows with any number of ones are multiLabels; rows that need not sum to 1 are taken with the option unnormalized',
    ],
    [
      'a row of zeros',
      [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 0],
      ],
      ArgumentError,
      'labels[2] has no 1 (it sums to 0); expected a single 1, the class of the row. Rows with any number of ones are multiLabels; rows that need not sum to 1 are taken with the option unnormalized',
    ],
    [
      'NaN in a row',
      [
        [1, 0, 0, 0],
        [0, Number.NaN, 0, 0],
        [1, 0, 0, 0],
      ],
      DataError,
      'labels[1][1] is NaN; expected finite numbers',
    ],
    [
      'infinity in a row',
      [
        [1, 0, 0, 0],
        [0, 0, Number.POSITIVE_INFINITY, 0],
        [1, 0, 0, 0],
      ],
      DataError,
      'labels[1][2] is Infinity; expected finite numbers',
    ],
    ...[[0, 4, 1], Int32Array.of(0, 4, 1), Uint8Array.of(0, 4, 1), Float64Array.of(0, 4, 1)].map(
      (labels): [string, unknown, typeof ArgumentError, string] => [
        `FOUND A4: a class out of range in a ${labels.constructor.name}`,
        labels,
        ArgumentError,
        'labels[1] is 4; expected an integer in [0, 4)',
      ],
    ),
    [
      'FOUND A4: a class out of range in a tensor',
      new Tensor(Float32Array.of(0, 4, 1), [3], backend),
      ArgumentError,
      'labels[1] is 4; expected an integer in [0, 4)',
    ],
    ['NaN', Float32Array.of(Number.NaN, 1, 2), ArgumentError, 'labels[0] is NaN; expected an integer in [0, 4)'],
    [
      'a number beyond 32 bits',
      [0, 1, 2 ** 32],
      ArgumentError,
      'labels[2] is 4294967296; expected an integer in [0, 4)',
    ],
    [
      'words',
      ['0', 1, 2],
      ArgumentError,
      'labels[0] is "0"; expected an integer in [0, 4). Give numbers: labels.map(Number)',
    ],
    [
      'FOUND A4: big integers',
      BigInt64Array.of(0n, 1n, 2n),
      DtypeError,
      'labels is a BigInt64Array of 3; expected class indices that are numbers. Convert them with Int32Array.from(labels, Number)',
    ],
    ['nothing', undefined, ArgumentError, 'labels is undefined; expected class indices, or rows over the classes'],
    ['text', 'abc', ArgumentError, 'labels is "abc"; expected class indices, or rows over the classes'],
    ['a lone number', 3, ArgumentError, 'labels is 3; expected class indices, or rows over the classes'],
  ])('refuses %s', (_, labels, type, message) => {
    const error = errorOf(() => read(labels));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toBe(`loss: ${message}`);
  });

  test('refuses soft float64 rows where float32 is computed with', () => {
    const error = errorOf(() => read(new Tensor(new Float64Array(12).fill(0.25), [3, 4], backend)));
    expect(error).toBeInstanceOf(DtypeError);
    expect(error.message).toBe(
      "loss: labels holds float64 numbers; expected float32. Convert it with Tensor.from(labels, { dtype: 'float32' }), or compute in float64 throughout with { dtype: 'float64' }",
    );
  });
});

describe('toMultiLabels', () => {
  const bits = [
    [1, 0, 0, 1],
    [0, 0, 0, 0],
    [1, 1, 1, 1],
  ];
  const readBits = (labels: unknown): Tensor => toMultiLabels('loss', labels as MultiLabels, context);

  test.each<[string, unknown]>([
    ['numbers', bits],
    ['booleans', bits.map((row) => row.map(Boolean))],
    ['typed arrays', bits.map((row) => Uint8Array.from(row))],
    ['bytes with a shape', { data: Uint8Array.from(bits.flat()), shape: [3, 4] }],
    ['a float64 list with a shape of float32', { data: Float32Array.from(bits.flat()), shape: [3, 4] }],
  ])('takes %s', (_, labels) => {
    const rows = readBits(labels);
    expect([rows.shape, rows.dtype]).toEqual([[3, 4], 'float32']);
    expect(rows.toArray()).toEqual(bits);
  });

  test('returns a tensor as it is', () => {
    const tensor = new Tensor(Float32Array.from(bits.flat()), [3, 4], backend);
    expect(readBits(tensor)).toBe(tensor);
  });

  test.each<[string, unknown, new (...args: never[]) => Error, string]>([
    [
      'a fraction',
      [[1, 0, 0, 0.5], bits[1], bits[2]],
      ArgumentError,
      'labels[0][3] is 0.5; expected 0 or 1 (the label applies or not)',
    ],
    [
      'a −1',
      [bits[0], [0, -1, 0, 0], bits[2]],
      ArgumentError,
      'labels[1][1] is -1; expected 0 or 1 (the label applies or not)',
    ],
    [
      'NaN',
      [bits[0], [0, Number.NaN, 0, 0], bits[2]],
      ArgumentError,
      'labels[1][1] is NaN; expected 0 or 1 (the label applies or not)',
    ],
    ['words', [bits[0], [0, 'a', 0, 0], bits[2]], ArgumentError, 'labels[1][1] is "a"; expected a number'],
    ['too few rows', bits.slice(1), ShapeError, 'labels has 2 entries; expected 3, one for each row'],
    [
      'narrow rows',
      bits.map((row) => row.slice(1)),
      ShapeError,
      'labels has shape [3, 3]; expected [3, 4], a row of 0 and 1 for each sample',
    ],
    [
      'a list of classes',
      [0, 1, 1],
      ShapeError,
      'labels has shape [3]; expected [3, 4], a row of 0 and 1 for each sample. One class for each row is a classification: give it as labels',
    ],
  ])('refuses %s', (_, labels, type, message) => {
    const error = errorOf(() => readBits(labels));
    expect(error).toBeInstanceOf(type);
    expect(error.message).toBe(`loss: ${message}`);
  });
});
