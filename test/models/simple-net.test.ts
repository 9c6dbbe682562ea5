import { describe, expect, test } from 'vitest';
import { ArgumentError, DtypeError, ShapeError } from '../../src/errors.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { SimpleNet } from '../../src/models/simple-net.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

describe('SimpleNet', () => {
  test('draws W from its seed, the same numbers each time', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => new SimpleNet({ seed }).params.W.data);
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
  });

  test('copies the weights it is given', () => {
    const weights = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const net = new SimpleNet({ weights });
    net.params.W.data[0] = 7;
    expect(weights[0]![0]).toBe(1);
    const copy = new SimpleNet({ weights: net.params.W });
    copy.params.W.data[0] = 8;
    expect(net.params.W.data[0]).toBe(7);
  });

  test('has a bias of none and one parameter, whose gradient passes the check', () => {
    const net = new SimpleNet({ inputSize: 4, outputSize: 5, seed: 1 });
    expect(Object.keys(net.params)).toEqual(['W']);
    const x = [
      [0.1, -0.2, 0.3, 0.4],
      [1, 0, -1, 0.5],
    ];
    expect(gradientCheck(net, x, [4, 0]).ok).toBe(true);
  });

  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'weights together with a seed',
      () => new SimpleNet({ weights: [[1, 2]], seed: 1 }),
      ArgumentError,
      'SimpleNet: weights are given together with sizes or a seed; expected one or the other: weights have their own sizes',
    ],
    [
      'a size below 1',
      () => new SimpleNet({ inputSize: 0 }),
      ArgumentError,
      'SimpleNet: inputSize is 0; expected an integer of at least 1',
    ],
    [
      'an unknown option',
      () => new SimpleNet({ weight: [[1]] } as never),
      ArgumentError,
      'SimpleNet: unknown option "weight"; did you mean "weights"?',
    ],
    [
      'weights that are not a matrix',
      () => new SimpleNet({ weights: [1, 2, 3] }),
      ShapeError,
      'SimpleNet: weights has shape [3]; expected [inputSize, outputSize] (a matrix)',
    ],
    [
      'a numerical gradient in float32',
      () => new SimpleNet({ seed: 1, dtype: 'float32' }).numericalGradient([[1, 2]], [0]),
      DtypeError,
      'numericalGradient: x is float32; expected float64, because in float32 rounding swamps the difference over such a ' +
        "small step. Compute in float64, with { dtype: 'float64' }",
    ],
  ];
  for (const [what, call, type, message] of cases) {
    test(`refuses ${what}`, () => {
      expectRefusal(call, type, message);
    });
  }
});
