import { describe, expect, test } from 'vitest';
import { createJsBackend } from '../../src/backend/js/js.js';
import { type Labels, toLabels } from '../../src/data/labels.js';
import { ArgumentError, DtypeError, ShapeError } from '../../src/errors.js';
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

  test('leaves the range of an Int32Array to the backend, which checks it on every call', () => {
    const labels = Int32Array.of(0, 4, -1);
    expect(read(labels)).toBe(labels);
  });

  test.each<[string, unknown]>([
    ['an array', [0, 3, 1]],
    ['bytes', Uint8Array.of(0, 3, 1)],
    ['floats', Float64Array.of(0, 3, 1)],
    ['an object with a length', { length: 3, 0: -0, 1: 3, 2: 1 }],
    ['a tensor of rank 1', new Tensor(Float64Array.of(0, 3, 1), [3], backend)],
    ['typed values of rank 1', { data: Uint8Array.of(0, 3, 1), shape: [3] }],
    [
      'exact one-hot rows',
      [
        [1, 0, 0, 0],
        [0, 0, 0, 1],
        [0, 1, 0, 0],
      ],
    ],
    ['one-hot rows of typed arrays', [Uint8Array.of(1, 0, 0, 0), Uint8Array.of(0, 0, 0, 1), Uint8Array.of(0, 1, 0, 0)]],
    ['a one-hot tensor', new Tensor(Float32Array.of(1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0), [3, 4], backend)],
    ['one-hot bytes with a shape', { data: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0), shape: [3, 4] }],
  ])('makes class indices of %s', (_, labels) => {
    expect(read(labels)).toEqual(Int32Array.of(0, 3, 1));
  });

  test('copies an Int32Array that another thread could change', () => {
    const shared = new Int32Array(new SharedArrayBuffer(12));
    shared.set([0, 3, 1]);
    const labels = read(shared) as Int32Array;
    expect(labels).toEqual(Int32Array.of(0, 3, 1));
    expect(labels.buffer).toBeInstanceOf(ArrayBuffer);
  });

  test.each<[string, number[][]]>([
    [
      'weights',
      [
        [0.5, 0.5, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 1],
      ],
    ],
    [
      'two ones in a row',
      [
        [0, 1, 0, 0],
        [1, 0, 0, 1],
        [0, 0, 0, 1],
      ],
    ],
    [
      'a row of zeros',
      [
        [0, 1, 0, 0],
        [1, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    ],
    [
      'a negative one',
      [
        [0, 1, 0, 0],
        [1, 0, 0, 0],
        [0, 0, -1, 0],
      ],
    ],
  ])('keeps all rows as soft targets if one has %s', (_, rows) => {
    const soft = read(rows) as Tensor;
    expect(soft).toBeInstanceOf(Tensor);
    expect([soft.shape, soft.dtype]).toEqual([[3, 4], 'float32']);
    expect(soft.toArray()).toEqual(rows);
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
    ['a fraction', [0, 1.5, 2], ArgumentError, 'labels[1] is 1.5; expected an integer in [0, 4)'],
    ['NaN', Float32Array.of(Number.NaN, 1, 2), ArgumentError, 'labels[0] is NaN; expected an integer in [0, 4)'],
    [
      'a number beyond 32 bits',
      [0, 1, 2 ** 32],
      ArgumentError,
      'labels[2] is 4294967296; expected an integer in [0, 4)',
    ],
    ['words', ['0', 1, 2], ArgumentError, 'labels[0] is "0"; expected an integer in [0, 4)'],
    ['big integers', BigInt64Array.of(0n, 1n, 2n), ArgumentError, 'labels[0] is 0n; expected an integer in [0, 4)'],
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
