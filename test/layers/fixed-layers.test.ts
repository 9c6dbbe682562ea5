import { describe, expect, test } from 'vitest';
import { ArgumentError, DtypeError, ShapeError, StateError } from '../../src/errors.js';
import { numericalGradient } from '../../src/functions/numerical.js';
import { Rescaling } from '../../src/layers/rescaling.js';
import { Standardization } from '../../src/layers/standardization.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';

const options = { dtype: 'float64' } as const;

describe('Rescaling', () => {
  test('is x · scale + offset, and backward dy · scale', () => {
    const layer = new Rescaling({ scale: 2, offset: -1 });
    expect(layer.forward(Tensor.from([[0, 1, 5]])).toArray()).toEqual([[-1, 1, 9]]);
    expect(layer.backward(Tensor.from([[1, 2, 3]]))!.toArray()).toEqual([[2, 4, 6]]);
    expect(layer.backward(Tensor.from([[1, 2, 3]]), { inputGradient: false })).toBeUndefined();
    expect(new Rescaling({ scale: 0.5 }).infer(Tensor.from([[Number.NaN, 4]])).toArray()).toEqual([[Number.NaN, 2]]);
  });

  test.each([
    [{ scale: 0 }, 'scale is 0; expected a finite number other than 0'],
    [{ scale: Number.NaN }, 'scale is NaN; expected a finite number other than 0'],
    [{}, 'scale is undefined; expected a finite number other than 0'],
    [{ scale: 1, offset: Number.POSITIVE_INFINITY }, 'offset is Infinity; expected a finite number'],
    [{ scale: 1, ofset: 1 }, 'unknown option "ofset"; did you mean "offset"?'],
  ])('refuses %j', (given, message) => {
    expectRefusal(() => new Rescaling(given as never), ArgumentError, `Rescaling: ${message}`);
  });

  test('refuses backward before forward, and dy of another shape or dtype', () => {
    const layer = new Rescaling({ scale: 2 });
    expectRefusal(() => layer.backward(Tensor.ones([1, 2])), StateError, 'Rescaling.backward: called before forward');
    layer.forward(Tensor.ones([1, 2]));
    expectRefusal(
      () => layer.backward(Tensor.ones([1, 3])),
      ShapeError,
      'Rescaling.backward: dy has shape [1, 3]; expected [1, 2] (the shape of the last output)',
    );
    expect(() => layer.backward(Tensor.ones([1, 2], options))).toThrow(DtypeError);
  });
});

describe('Standardization', () => {
  const layer = new Standardization({ mean: [10, 0], deviation: [2, 0.5], ...options });

  test('is (x − mean) / deviation column by column, and backward its gradient', () => {
    const x = Tensor.from(
      [
        [14, 3],
        [10, -1],
      ],
      options,
    );
    expect(layer.forward(x).toArray()).toEqual([
      [2, 6],
      [0, -2],
    ]);
    const dx = layer.backward(layer.forward(x).clone())!;
    const numerical = numericalGradient(() => layer.infer(x).pow(2).sum() / 2, x);
    dx.data.forEach((value, i) => {
      expect(value).toBeCloseTo(numerical.data[i]!, 6);
    });
  });

  test('refuses rows of another width or dtype, and backward before forward', () => {
    const fresh = new Standardization({ mean: [1, 2], deviation: Float64Array.of(1, 1) as never });
    expectRefusal(
      () => fresh.backward(Tensor.ones([1, 2])),
      StateError,
      'Standardization.backward: called before forward',
    );
    expectRefusal(
      () => fresh.forward(Tensor.ones([1, 3])),
      ShapeError,
      'Standardization.forward: x has shape [1, 3]; expected [N, 2] (a number for each column of mean)',
    );
    expect(() => fresh.forward(Tensor.ones([1, 2], options))).toThrow(DtypeError);
  });

  test.each([
    [{ mean: 5, deviation: [1] }, ArgumentError, 'mean is 5; expected a list of numbers, one for each column'],
    [{ mean: [], deviation: [] }, ArgumentError, 'mean is []; expected a list of numbers, one for each column'],
    [
      { mean: [1, 'a'], deviation: [1, 1] },
      ArgumentError,
      'mean[1] is "a"; expected a list of numbers, one for each column',
    ],
    [
      { mean: [1, Number.NaN], deviation: [1, 1] },
      ArgumentError,
      'mean[1] is NaN in float32; expected a finite number',
    ],
    [
      { mean: [1, 2], deviation: [1] },
      ShapeError,
      'deviation has 1 numbers; expected 2, one for each column, as mean has',
    ],
    [
      { mean: [1, 2], deviation: [1, 0] },
      ArgumentError,
      'deviation[1] is 0 in float32; expected a number greater than 0. Give 1 for a column that is constant',
    ],
    [
      { mean: [1], deviation: [1e-60] },
      ArgumentError,
      'deviation[0] is 0 in float32; expected a number greater than 0. Give 1 for a column that is constant',
    ],
    [{ mean: [1], deviation: [1e60] }, ArgumentError, 'deviation[0] is Infinity in float32; expected a finite number'],
  ])('refuses %j', (given, type, message) => {
    expectRefusal(() => new Standardization(given as never), type, `Standardization: ${message}`);
  });
});
