import { describe, expect, test } from 'vitest';
import { createJsBackend } from '../../src/backend/js/js.js';
import { ArgumentError, DtypeError, ShapeError } from '../../src/errors.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

const other = createJsBackend('a second one, for tests');
const two = Tensor.zeros([2, 2]);
const wide = Tensor.zeros([2, 2], { dtype: 'float64' });

describe('arithmetic', () => {
  test('C1: adds lists element by element', () => {
    expect(
      Tensor.from([1, 2, 3, 4])
        .add(Tensor.from([5, 6, 7, 8]))
        .toArray(),
    ).toEqual([6, 8, 10, 12]);
  });

  test("uses the left operand's backend and leaves both as they were", () => {
    const a = Tensor.ones([2], { backend: other });
    const b = Tensor.ones([2], { backend: createJsBackend('a third one') });
    expect(a.add(b).backend).toBe(other);
    expect(a.reshape([1, 2]).matMul(b).backend).toBe(other);
    expect([a.toArray(), b.toArray()]).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  test('a float32 element is computed in double and rounded once, a number operand first', () => {
    const x = Tensor.from([0.3, 3, -7]);
    expect(Array.from(x.div(0.1).data)).toEqual(Array.from(x.data, (v) => Math.fround(v / Math.fround(0.1))));
  });

  test('pow is 1 for 1 and for −1 to ±∞, where JavaScript has NaN', () => {
    const base = Tensor.from([1, 1, -1, -1]);
    const power = Tensor.from([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
    expect(base.pow(power).toArray()).toEqual([1, 1, 1, 1]);
  });

  test('operations with the same tensor twice are correct', () => {
    const x = Tensor.from([
      [1, 2],
      [3, 4],
    ]);
    expect(x.matMul(x).toArray()).toEqual([
      [7, 10],
      [15, 22],
    ]);
    expect(x.addScaled(x, 2).toArray()).toEqual([
      [3, 6],
      [9, 12],
    ]);
  });

  test('S7: addScaled makes the step W − η·dW, each element rounded once', () => {
    const w = Tensor.from([1, 2], { dtype: 'float64' });
    expect(w.addScaled(Tensor.from([10, -10], { dtype: 'float64' }), -0.1)).toBe(w);
    expect(w.toArray()).toEqual([0, 3]);
    const narrow = Tensor.from([1]).addScaled(Tensor.from([3]), 0.1);
    expect(narrow.item()).toBe(Math.fround(1 + Math.fround(0.1) * 3));
    expect(
      Tensor.from([1])
        .addScaled(Tensor.from([3]))
        .item(),
    ).toBe(4);
  });
});

describe('bad input', () => {
  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'add: shapes that do not broadcast together',
      () => two.add(Tensor.zeros([3])),
      ShapeError,
      "add: b has shape [3]; expected one that broadcasts with a's [2, 2]: from the last axis on, lengths equal or 1",
    ],
    [
      'add: a list',
      () => two.add([1, 2] as never),
      ArgumentError,
      'add: b is [1, 2]; expected a tensor or a number. Make it one with Tensor.from(b)',
    ],
    [
      'mul: nothing',
      () => two.mul(undefined as never),
      ArgumentError,
      'mul: b is undefined; expected a tensor or a number',
    ],
    [
      'sub: another dtype',
      () => two.sub(wide),
      DtypeError,
      "sub: b is float64; expected float32 as a is. Convert one of them, for example with Tensor.from(b, { dtype: 'float32' })",
    ],
    [
      'addScaled: another shape',
      () => two.addScaled(Tensor.zeros([2])),
      ShapeError,
      'addScaled: x has shape [2]; expected [2, 2], the shape of this tensor',
    ],
    [
      'addScaled: another dtype',
      () => two.addScaled(wide),
      DtypeError,
      "addScaled: x is float64; expected float32 as this tensor is. Convert one of them, for example with Tensor.from(x, { dtype: 'float32' })",
    ],
    [
      'addScaled: a list',
      () => two.addScaled([[1]] as never),
      ArgumentError,
      'addScaled: x is [[1]]; expected a tensor. Make it one with Tensor.from(x)',
    ],
    [
      'addScaled: an alpha that is text',
      () => two.addScaled(two, '1' as never),
      ArgumentError,
      'addScaled: alpha is "1"; expected a number',
    ],
  ];
  for (const [what, call, type, message] of cases) {
    test(`is refused: ${what}`, () => expectRefusal(call, type, message));
  }
});
