import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError, DtypeError, ShapeError } from '../../src/errors.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

const matrix = (): Tensor =>
  Tensor.from([
    [1, 2, 3],
    [4, 5, 6],
  ]);
const two = Tensor.zeros([2, 2]);
const wide = Tensor.zeros([2, 2], { dtype: 'float64' });

describe('matMul', () => {
  test('C1: multiplies a row of 2 by a matrix 2×3, giving a row of 3', () => {
    const w = Tensor.from([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    const a = Tensor.from([1, 2]).matMul(w);
    expect([a.shape, a.toArray()]).toEqual([[3], [5, 11, 17]]);
  });

  test('C2: adds a bias to each row of X·W', () => {
    const y = matrix()
      .matMul(Tensor.eye(3))
      .add(Tensor.from([10, 20, 30]));
    expect(y.toArray()).toEqual([
      [11, 22, 33],
      [14, 25, 36],
    ]);
  });

  test('(A·B)ᵀ is Bᵀ·Aᵀ', () => {
    const size = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(size, size, size, (m, k, n) => {
        // Small whole numbers: every order of additions gives the same bits.
        const a = Tensor.arange(m * k)
          .sub(3)
          .reshape([m, k]);
        const b = Tensor.arange(k * n)
          .mul(2)
          .sub(5)
          .reshape([k, n]);
        const left = a.matMul(b).transpose();
        expect(left.shape).toEqual([n, m]);
        expect(left.toArray()).toEqual(b.transpose().matMul(a.transpose()).toArray());
      }),
      { seed: 11, numRuns: 50 },
    );
  });
});

describe('bad input', () => {
  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'matMul: inner lengths that differ',
      () => Tensor.zeros([100, 784]).matMul(Tensor.zeros([50, 10])),
      ShapeError,
      'matMul: b has shape [50, 10]; expected [784, n] because a has shape [100, 784]',
    ],
    [
      'matMul: a vector of another length',
      () => two.matMul(Tensor.zeros([3])),
      ShapeError,
      'matMul: b has shape [3]; expected [2] because a has shape [2, 2]',
    ],
    [
      'matMul: three axes',
      () => two.matMul(Tensor.zeros([2, 2, 2])),
      ShapeError,
      'matMul: b has shape [2, 2, 2]; expected one axis (a vector) or two (a matrix)',
    ],
    [
      'matMul: a single number',
      () => Tensor.zeros([]).matMul(two),
      ShapeError,
      'matMul: a has shape []; expected one axis (a vector) or two (a matrix)',
    ],
    ['matMul: a number', () => two.matMul(2 as never), ArgumentError, 'matMul: b is 2; expected a tensor'],
    [
      'matMul: another dtype',
      () => wide.matMul(two),
      DtypeError,
      "matMul: b is float32; expected float64 as a is. Convert one of them, for example with Tensor.from(b, { dtype: 'float64' })",
    ],
  ];
  for (const [what, call, type, message] of cases) {
    test(`is refused: ${what}`, () => expectRefusal(call, type, message));
  }
});
