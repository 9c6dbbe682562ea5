import { describe, expect, expectTypeOf, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/errors.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

const matrix = (): Tensor =>
  Tensor.from([
    [1, 2, 3],
    [4, 5, 6],
  ]);
const two = Tensor.zeros([2, 2]);

describe('reductions', () => {
  test('give a number over all elements, a tensor along an axis', () => {
    expectTypeOf(matrix().sum()).toEqualTypeOf<number>();
    expectTypeOf(matrix().sum(0)).toEqualTypeOf<Tensor>();
    expectTypeOf(matrix().max(undefined, { keepDims: true })).toEqualTypeOf<Tensor>();
    expectTypeOf(matrix().argMax()).toEqualTypeOf<number>();
    expectTypeOf(matrix().argMax(1)).toEqualTypeOf<Int32Array>();
    expect(matrix().sum()).toBe(21);
    expect(matrix().mean(1).toArray()).toEqual([2, 5]);
    expect(matrix().max(-1, { keepDims: true }).toArray()).toEqual([[3], [6]]);
    expect(matrix().min(undefined, { keepDims: true }).toArray()).toEqual([[1]]);
    expect(matrix().argMax()).toBe(5);
    expect(matrix().argMax(0)).toEqual(Int32Array.of(1, 1, 1));
  });

  test('a kept axis broadcasts back', () => {
    const x = matrix();
    expect(x.sub(x.max(1, { keepDims: true })).toArray()).toEqual([
      [-2, -1, 0],
      [-2, -1, 0],
    ]);
  });

  test('a float32 sum does not lose small terms beside a large one', () => {
    const x = Tensor.full([100_001], 1);
    x.data[0] = 2 ** 24;
    // Added in float32 from the left, 2²⁴ + 1 stays 2²⁴ every time.
    expect(x.sum()).toBe(2 ** 24 + 100_000);
    expect(x.reshape([-1, 1]).sum(0).item()).toBe(2 ** 24 + 100_000);
  });
});

describe('bad input', () => {
  const cases: [string, () => unknown, ErrorType, string][] = [
    ['sum: no such axis', () => two.sum(2), ArgumentError, 'sum: axis is 2; expected an integer in [-2, 2)'],
    ['sum: half an axis', () => two.sum(0.5), ArgumentError, 'sum: axis is 0.5; expected an integer in [-2, 2)'],
    [
      'mean: an axis of a single number',
      () => Tensor.zeros([]).mean(0),
      ArgumentError,
      'mean: axis is 0; expected no axis (the tensor is a single number)',
    ],
    [
      'sum: keepDims that is not a boolean',
      () => two.sum(0, { keepDims: 1 as never }),
      ArgumentError,
      'sum: keepDims is 1; expected true or false',
    ],
    [
      'sum: an unknown option',
      () => two.sum(0, { keepdims: true } as never),
      ArgumentError,
      'sum: unknown option "keepdims"; did you mean "keepDims"?',
    ],
    [
      'max of nothing',
      () => Tensor.zeros([0]).max(),
      ShapeError,
      'max: this tensor has shape [0]; expected at least one element (an empty array has no maximum or minimum)',
    ],
    [
      'min along an empty axis',
      () => Tensor.zeros([2, 0]).min(1),
      ShapeError,
      'min: this tensor has shape [2, 0]; expected at least one element along axis 1 (an empty array has no maximum or minimum)',
    ],
    [
      'argMax of nothing',
      () => Tensor.zeros([0]).argMax(),
      ShapeError,
      'argMax: this tensor has shape [0]; expected at least one element (an empty array has no maximum or minimum)',
    ],
  ];
  for (const [what, call, type, message] of cases) {
    test(`is refused: ${what}`, () => expectRefusal(call, type, message));
  }
});
