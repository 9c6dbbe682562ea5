import { describe, expect, test } from 'vitest';
import { createJsBackend } from '../../src/backend/js/js.js';
import { ArgumentError, ShapeError } from '../../src/errors.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

const other = createJsBackend('a second one, for tests');

describe('creation', () => {
  test('takes dtype and backend', () => {
    for (const x of [
      Tensor.zeros([2], { dtype: 'float64', backend: other }),
      Tensor.ones(2, { dtype: 'float64', backend: other }),
      Tensor.full([2], 3, { dtype: 'float64', backend: other }),
      Tensor.eye(2, { dtype: 'float64', backend: other }),
      Tensor.arange(2, { dtype: 'float64', backend: other }),
      Tensor.arange(0, 2, { dtype: 'float64', backend: other }),
      Tensor.randomNormal([2], { dtype: 'float64', backend: other, seed: 1 }),
      Tensor.randomUniform([2], { dtype: 'float64', backend: other, seed: 1 }),
    ]) {
      expect([x.dtype, x.backend]).toEqual(['float64', other]);
    }
    expect(Tensor.full([2, 2], -1.5).toArray()).toEqual([
      [-1.5, -1.5],
      [-1.5, -1.5],
    ]);
    expect(Tensor.ones(3).shape).toEqual([3]);
    expect(Tensor.arange(1, 3, undefined as never).toArray()).toEqual([1, 2]);
  });

  test('random numbers repeat by seed, in both dtypes, and differ without one', () => {
    const wide = Tensor.randomNormal([50], { seed: 9, dtype: 'float64' });
    expect(Array.from(Tensor.randomNormal([50], { seed: 9 }).data)).toEqual(Array.from(wide.data, Math.fround));
    expect(Tensor.randomNormal([50]).data).not.toEqual(Tensor.randomNormal([50]).data);
    expect(Tensor.randomUniform([50], { seed: 9 }).data).toEqual(Tensor.randomUniform([50], { seed: 9 }).data);
  });

  test('random numbers have the mean, spread and range asked for', () => {
    const n = 40_000;
    const normal = Tensor.randomNormal([n], { mean: 3, std: 0.5, seed: 4, dtype: 'float64' });
    // Four standard errors each.
    expect(Math.abs(normal.mean() - 3)).toBeLessThan((4 * 0.5) / Math.sqrt(n));
    expect(Math.abs(Math.sqrt(normal.sub(3).pow(2).mean()) - 0.5)).toBeLessThan((4 * 0.5) / Math.sqrt(2 * n));
    const uniform = Tensor.randomUniform([n], { low: -2, high: 4, seed: 4, dtype: 'float64' });
    expect(Math.abs(uniform.mean() - 1)).toBeLessThan((4 * 6) / Math.sqrt(12 * n));
    expect(uniform.min()).toBeGreaterThanOrEqual(-2);
    expect(uniform.max()).toBeLessThan(4);
  });
});

describe('bad input', () => {
  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'a negative dimension',
      () => Tensor.zeros([2, -1]),
      ShapeError,
      'Tensor.zeros: shape[1] is -1; expected an integer of at least 0',
    ],
    [
      'half a dimension',
      () => Tensor.ones(1.5),
      ShapeError,
      'Tensor.ones: shape[0] is 1.5; expected an integer of at least 0',
    ],
    [
      'a shape with a hole',
      () => Tensor.ones(new Array(1) as number[]),
      ShapeError,
      'Tensor.ones: shape[0] is undefined; expected an integer of at least 0',
    ],
    [
      'a shape too large',
      () => Tensor.zeros([65536, 65536]),
      ShapeError,
      'Tensor.zeros: shape is [65536, 65536]; expected fewer than 2³¹ elements',
    ],
    [
      'a shape that is text',
      () => Tensor.full('2' as never, 0),
      ShapeError,
      'Tensor.full: shape is "2"; expected an array of whole numbers',
    ],
    [
      'a value that is not a number',
      () => Tensor.full([2], null as never),
      ArgumentError,
      'Tensor.full: value is null; expected a number',
    ],
    [
      'an unknown dtype',
      () => Tensor.zeros([2], { dtype: 'float46' as never }),
      ArgumentError,
      'Tensor.zeros: dtype is "float46"; expected "float32" or "float64". Did you mean "float32"?',
    ],
    [
      'an unknown option',
      () => Tensor.randomNormal([2], { sead: 1 } as never),
      ArgumentError,
      'Tensor.randomNormal: unknown option "sead"; did you mean "seed"?',
    ],
    [
      'an invalid seed',
      () => Tensor.randomUniform([2], { seed: -1 }),
      ArgumentError,
      'Tensor.randomUniform: seed is -1; expected an integer in [0, 4294967295]',
    ],
    [
      'a negative spread',
      () => Tensor.randomNormal([2], { std: -1 }),
      ArgumentError,
      'Tensor.randomNormal: std is -1; expected a finite number of at least 0',
    ],
    [
      'a mean of NaN',
      () => Tensor.randomNormal([2], { mean: Number.NaN }),
      ArgumentError,
      'Tensor.randomNormal: mean is NaN; expected a finite number',
    ],
    [
      'an empty interval',
      () => Tensor.randomUniform([2], { low: 1, high: 0 }),
      ArgumentError,
      'Tensor.randomUniform: high is 0; expected at least low, 1',
    ],
    [
      'half an identity',
      () => Tensor.eye(0.5),
      ArgumentError,
      'Tensor.eye: n is 0.5; expected an integer of at least 0',
    ],
    [
      'a step of 0',
      () => Tensor.arange(0, 1, 0),
      ArgumentError,
      'Tensor.arange: step is 0; expected a step that gets from start to stop',
    ],
    [
      'an endless sequence',
      () => Tensor.arange(Number.POSITIVE_INFINITY),
      ArgumentError,
      'Tensor.arange: stop is Infinity; expected a finite number',
    ],
  ];
  for (const [what, call, type, message] of cases) {
    test(`is refused: ${what}`, () => expectRefusal(call, type, message));
  }
});
