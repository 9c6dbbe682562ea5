import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/errors.js';
import { oneHot } from '../../src/functions/one-hot.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

describe('oneHot', () => {
  test('D7: puts a 1 at the class of each row, in float32 by default', () => {
    const rows = oneHot([2, 0, 1, 1], 3);
    expect(rows.toArray()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
      [0, 1, 0],
    ]);
    expect(rows.dtype).toBe('float32');
    expect(oneHot([0], 1, { dtype: 'float64' }).dtype).toBe('float64');
  });

  test('takes typed arrays, tensors and a single index', () => {
    expect(oneHot(Uint8Array.of(1), 2).toArray()).toEqual([[0, 1]]);
    expect(oneHot(Tensor.from([1, 0]), 2).toArray()).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(oneHot([[1], [0]], 2).toArray()).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(oneHot(3, 5).toArray()).toEqual([0, 0, 0, 1, 0]);
    expect(oneHot([], 4).shape).toEqual([0, 4]);
  });

  test('is undone by argMax', () => {
    const labels = [4, 0, 3, 3, 1];
    expect(Array.from(oneHot(labels, 5).argMax(1))).toEqual(labels);
  });

  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'a label out of range',
      () => oneHot([0, 3], 3),
      ArgumentError,
      'oneHot: labels[1] is 3; expected an integer in [0, 3)',
    ],
    ['a negative label', () => oneHot(-1, 3), ArgumentError, 'oneHot: labels is -1; expected an integer in [0, 3)'],
    [
      'a label that is text',
      () => oneHot(['1'] as never, 3),
      ArgumentError,
      'oneHot: labels[0] is "1"; expected an integer in [0, 3). Give numbers: labels.map(Number)',
    ],
    [
      'no labels',
      () => oneHot(undefined as never, 3),
      ArgumentError,
      'oneHot: labels is undefined; expected class indices',
    ],
    [
      'rows of labels',
      () => oneHot(Tensor.zeros([2, 2]), 3),
      ShapeError,
      'oneHot: labels has shape [2, 2]; expected [N] or [N, 1] (one class index for each row)',
    ],
    [
      'FOUND L3: an object that only says to be long',
      () => oneHot({ length: 1e12 }, 3),
      ArgumentError,
      'oneHot: labels is an Object; expected class indices',
    ],
    ['no classes', () => oneHot([], 0), ArgumentError, 'oneHot: classes is 0; expected an integer of at least 1'],
    [
      'an unknown dtype',
      () => oneHot([0], 1, { dtype: 'int8' as never }),
      ArgumentError,
      'oneHot: dtype is "int8"; expected "float32" or "float64"',
    ],
    [
      'an unknown option',
      () => oneHot([0], 1, { dtpe: 'float32' } as never),
      ArgumentError,
      'oneHot: unknown option "dtpe"; did you mean "dtype"?',
    ],
  ];
  for (const [what, call, type, message] of cases) {
    test(`refuses ${what}`, () => expectRefusal(call, type, message));
  }
});
