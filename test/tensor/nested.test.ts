import { describe, expect, test } from 'vitest';
import { createJsBackend } from '../../src/backend/js/js.js';
import { ArgumentError, ShapeError } from '../../src/errors.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

const other = createJsBackend('a second one, for tests');
const matrix = (): Tensor =>
  Tensor.from([
    [1, 2, 3],
    [4, 5, 6],
  ]);

describe('Tensor.from', () => {
  test('copies nested lists, and typed arrays, keeping the dtype of floats', () => {
    expect(matrix().shape).toEqual([2, 3]);
    expect(matrix().dtype).toBe('float32');
    const data = Float64Array.of(1, 2);
    const x = Tensor.from(data);
    expect(x.dtype).toBe('float64');
    expect(x.data).not.toBe(data);
    expect(Tensor.from(Int16Array.of(1, -2)).data).toEqual(Float32Array.of(1, -2));
    expect(Tensor.from([Float64Array.of(1, 2), [3, 4]]).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(Tensor.from({ data: Uint8Array.of(1, 255), shape: [2, 1] }).toArray()).toEqual([[1], [255]]);
    expect(Tensor.from(3).shape).toEqual([]);
    expect(Tensor.from([[], []]).shape).toEqual([2, 0]);
  });

  test('converts on demand, float64 to float32 too', () => {
    const x = Tensor.from(Float64Array.of(0.1), { dtype: 'float32' });
    expect(x.item()).toBe(Math.fround(0.1));
    expect(Tensor.from([0.1], { dtype: 'float64' }).item()).toBe(0.1);
  });

  test('of a tensor keeps its dtype and backend unless told otherwise', () => {
    const x = Tensor.zeros([2], { dtype: 'float64', backend: other });
    expect([Tensor.from(x).dtype, Tensor.from(x).backend]).toEqual(['float64', other]);
    expect(Tensor.from(x, { backend: 'js' }).backend.name).toBe('js');
    expect(Tensor.from(x).data).not.toBe(x.data);
  });

  test('an array that contains itself is refused', () => {
    const endless: unknown[] = [];
    endless.push(endless);
    const message = 'Tensor.from: values is nested more than 64 deep; expected an array that does not contain itself';
    expectRefusal(() => Tensor.from(endless as never), ShapeError, message);
  });
});

describe('bad input', () => {
  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'rows of different lengths',
      () => Tensor.from([[1, 2], [3]]),
      ShapeError,
      'Tensor.from: values[1] has length 1; expected 2, as values[0] has',
    ],
    [
      'a number among rows',
      () => Tensor.from([[1, 2], 3]),
      ShapeError,
      'Tensor.from: values[1] is 3; expected an array of 2, as values[0] is',
    ],
    [
      'a row among numbers',
      () => Tensor.from([1, [2]]),
      ShapeError,
      'Tensor.from: values[1] is an array of 1; expected a number, as values[0] is',
    ],
    [
      'text among rows',
      () => Tensor.from([[1], 'x'] as never),
      ArgumentError,
      'Tensor.from: values[1] is "x"; expected a number',
    ],
    [
      'a hole',
      () => Tensor.from([[1, 2], new Array(2)] as never),
      ArgumentError,
      'Tensor.from: values[1][0] is undefined; expected a number',
    ],
    [
      'truth values',
      () => Tensor.from([true] as never),
      ArgumentError,
      'Tensor.from: values[0] is true; expected a number. Give false as 0 and true as 1: Number(value)',
    ],
    [
      'big integers',
      () => Tensor.from(BigInt64Array.of(1n) as never),
      ArgumentError,
      'Tensor.from: values is a BigInt64Array of 1; expected a number, an array of numbers or a tensor',
    ],
  ];
  for (const [what, call, type, message] of cases) {
    test(`is refused: ${what}`, () => expectRefusal(call, type, message));
  }
});
