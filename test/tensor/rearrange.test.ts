import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/errors.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

const matrix = (): Tensor =>
  Tensor.from([
    [1, 2, 3],
    [4, 5, 6],
  ]);
const two = Tensor.zeros([2, 2]);

describe('shape and parts', () => {
  test('reshape and rows share memory; transpose, slice and clone do not', () => {
    const x = matrix();
    x.reshape([3, 2]).data[0] = 10;
    x.rows(1).data[0] = 40;
    for (const copy of [x.transpose(), x.slice([0, 2]), x.clone()]) copy.data.fill(-1);
    expect(x.toArray()).toEqual([
      [10, 2, 3],
      [40, 5, 6],
    ]);
  });

  test('C1: the transpose of a 2×3 matrix is 3×2', () => {
    expect(matrix().transpose().toArray()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
  });

  test('item reads one element, also counted from the end', () => {
    expect(matrix().item(1, 0)).toBe(4);
    expect(matrix().item(-1, -1)).toBe(6);
    expect(Tensor.from([[[8]]]).item()).toBe(8);
  });
});

describe('bad input', () => {
  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'reshape: another size',
      () => two.reshape([3]),
      ShapeError,
      'reshape: shape is [3]; expected one of 4 elements because this tensor has shape [2, 2]',
    ],
    [
      'reshape: a −1 that does not come out whole',
      () => two.reshape([3, -1]),
      ShapeError,
      'reshape: shape is [3, -1]; expected one of 4 elements because this tensor has shape [2, 2]',
    ],
    [
      'reshape: a −1 beside a 0',
      () => two.reshape([0, -1]),
      ShapeError,
      'reshape: shape is [0, -1]; expected one of 4 elements because this tensor has shape [2, 2]',
    ],
    [
      'reshape: two −1',
      () => two.reshape([-1, -1]),
      ShapeError,
      'reshape: shape[1] is -1; expected an integer of at least 0',
    ],
    [
      'reshape: no shape',
      () => two.reshape(undefined as never),
      ShapeError,
      'reshape: shape is undefined; expected an array of whole numbers',
    ],
    [
      'transpose: an axis twice',
      () => two.transpose([0, 0]),
      ArgumentError,
      'transpose: axes is [0, 0]; expected each of the 2 axes once because this tensor has shape [2, 2]',
    ],
    [
      'transpose: too few axes',
      () => two.transpose([0]),
      ArgumentError,
      'transpose: axes is [0]; expected each of the 2 axes once because this tensor has shape [2, 2]',
    ],
    [
      'transpose: no such axis',
      () => two.transpose([0, 2]),
      ArgumentError,
      'transpose: axes[1] is 2; expected an integer in [-2, 2)',
    ],
    [
      'rows of a single number',
      () => Tensor.zeros([]).rows(0),
      ShapeError,
      'rows: this tensor has shape []; expected [N, …]',
    ],
    [
      'rows: half a row',
      () => two.rows(0.5),
      ArgumentError,
      'rows: [start, end] is [0.5, undefined]; expected two integers',
    ],
    [
      'slice: too many ranges',
      () => two.slice(0, 0, 0),
      ArgumentError,
      'slice: 3 ranges came; expected at most 2 because this tensor has shape [2, 2]',
    ],
    [
      'slice: an index outside',
      () => two.slice(2),
      ArgumentError,
      'slice: ranges[0] is 2; expected an integer in [-2, 2)',
    ],
    [
      'slice: an index of an empty axis',
      () => Tensor.zeros([0]).slice(0),
      ArgumentError,
      'slice: ranges[0] is 0; expected no index (the axis is empty)',
    ],
    [
      'slice: a range of three',
      () => two.slice(null, [0, 1, 2] as never),
      ArgumentError,
      'slice: ranges[1] is [0, 1, 2]; expected an index, a range [start, end] of integers, or null for the whole axis',
    ],
    [
      'item: of several',
      () => two.item(),
      ArgumentError,
      'item: 0 indices came; expected 2 because this tensor has shape [2, 2]',
    ],
    ['item: outside', () => two.item(0, 2), ArgumentError, 'item: indices[1] is 2; expected an integer in [-2, 2)'],
  ];
  for (const [what, call, type, message] of cases) {
    test(`is refused: ${what}`, () => expectRefusal(call, type, message));
  }
});
