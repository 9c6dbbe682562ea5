import { describe, expect, expectTypeOf, test } from 'vitest';
import { createJsBackend } from '../../src/backend/js/js.js';
import { DtypeError, ShapeError } from '../../src/errors.js';
import { softmax } from '../../src/functions/activations.js';
import { type Matrix, Tensor, type Vector } from '../../src/tensor/tensor.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

const other = createJsBackend('a second one, for tests');
const matrix = (): Tensor =>
  Tensor.from([
    [1, 2, 3],
    [4, 5, 6],
  ]);
const two = Tensor.zeros([2, 2]);
const wide = Tensor.zeros([2, 2], { dtype: 'float64' });
const float64 =
  "holds float64 numbers; expected float32. Convert it with Tensor.from(values, { dtype: 'float32' }), or compute in float64 throughout with { dtype: 'float64' }";

describe('Tensor', () => {
  test('wraps its data without copying and freezes a copy of its shape', () => {
    const data = Float64Array.of(1, 2, 3, 4, 5, 6);
    const shape = [2, 3];
    const x = new Tensor(data, shape, other);
    shape[0] = 99;
    expect(x.data).toBe(data);
    expect(x.shape).toEqual([2, 3]);
    expect(Object.isFrozen(x.shape)).toBe(true);
    expect([x.dtype, x.size, x.rank, x.backend]).toEqual(['float64', 6, 2, other]);
  });

  test('knows its axes in arithmetic: those of two matrices are those of the result', () => {
    const rows = Tensor.ones([2, 2]);
    const list = Tensor.ones([2]);
    expectTypeOf(rows.mul(2).add(rows).sub(rows).div(rows.exp())).toEqualTypeOf<Matrix>();
    expectTypeOf([rows, rows].reduce((a, b) => a.add(b))).toEqualTypeOf<Matrix>();
    expectTypeOf(list.maximum(list).pow(2)).toEqualTypeOf<Vector>();
    expectTypeOf(rows.add(list)).toEqualTypeOf<Tensor>();
    expectTypeOf(list.add(rows)).toEqualTypeOf<Tensor>();
    expectTypeOf(softmax(rows)).toEqualTypeOf<Matrix>();
    expect(rows.add(list).toArray()).toEqual(rows.add(1).toArray());
  });

  test('of rank 0 holds a single number', () => {
    const x = new Tensor(Float32Array.of(7), []);
    expect([x.size, x.rank, x.item(), x.toArray()]).toEqual([1, 0, 7, 7]);
  });

  test('set overwrites by nested lists, tensors, typed numbers or one number', () => {
    const x = matrix();
    const { data } = x;
    expect(
      x.set([
        [6, 5, 4],
        [3, 2, 1],
      ]),
    ).toBe(x);
    expect(x.data).toBe(data);
    expect(Array.from(data)).toEqual([6, 5, 4, 3, 2, 1]);
    x.set(matrix());
    expect(Array.from(data)).toEqual([1, 2, 3, 4, 5, 6]);
    x.set({ data: Uint8Array.of(9, 8, 7, 6, 5, 4), shape: [2, 3] });
    expect(Array.from(data)).toEqual([9, 8, 7, 6, 5, 4]);
    expect(Array.from(x.set(0.5).data)).toEqual(new Array(6).fill(0.5));
    expect(Tensor.zeros([1], { dtype: 'float64' }).set(Float32Array.of(0.5)).item()).toBe(0.5);
  });

  test('a refused change leaves every number as it was', () => {
    const x = matrix();
    for (const change of [
      () =>
        x.set([
          [1, 2, 3],
          [4, 5, 'six'],
        ] as never),
      () =>
        x.set([
          [9, 9, 9],
          [9, 9],
        ]),
      () => x.set('9' as never),
      () => x.addScaled(Tensor.ones([3])),
    ]) {
      expect(change).toThrow();
    }
    expect(Array.from(x.data)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('bad input', () => {
  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'data that does not fill the shape',
      () => new Tensor(new Float32Array(5), [2, 3]),
      ShapeError,
      'Tensor: data has 5 elements; expected 6 (shape [2, 3])',
    ],
    [
      'data that is not a float array',
      () => new Tensor([1, 2] as never, [2]),
      DtypeError,
      'Tensor: data is [1, 2]; expected a Float32Array or a Float64Array',
    ],
    [
      'data of integers',
      () => new Tensor(Int32Array.of(1) as never, [1]),
      DtypeError,
      'Tensor: data is an Int32Array of 1; expected a Float32Array or a Float64Array',
    ],
    [
      'set: another shape',
      () => two.set([1, 2]),
      ShapeError,
      'set: values has shape [2]; expected [2, 2] (the shape of this tensor)',
    ],
    ['set: float64 numbers', () => two.set(wide), DtypeError, `set: values ${float64}`],
  ];
  for (const [what, call, type, message] of cases) {
    test(`is refused: ${what}`, () => expectRefusal(call, type, message));
  }
});
