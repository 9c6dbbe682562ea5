import { describe, expect, test } from 'vitest';
import { ArgumentError, DtypeError, ShapeError } from '../../src/errors.js';
import { softmax } from '../../src/functions/activations.js';
import { crossEntropyError, sumSquaredError } from '../../src/functions/losses.js';
import { numericalGradient } from '../../src/functions/numerical.js';
import { oneHot } from '../../src/functions/one-hot.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

// The notes' outputs and target; the right answer is 2, which y1 finds likely and y2 does not.
const y1 = [0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0];
const y2 = [0.1, 0.5, 0.1, 0, 0.05, 0.1, 0, 0.6, 0.5, 0];
const t = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0];

describe('sumSquaredError', () => {
  test('D1: is 0.09750000000000003 for the likely answer', () => {
    expect(sumSquaredError(y1, t)).toBe(0.09750000000000003);
  });

  test("D2, E8: is 0.8462500000000001 for the unlikely one, added in NumPy's order; y need not sum to 1", () => {
    expect(y2.reduce((a, b) => a + b)).toBeCloseTo(1.95, 12);
    expect(sumSquaredError(y2, t)).toBe(0.8462500000000001);
  });

  test('D2: is 0.5975 for the book’s answer "7"', () => {
    expect(Math.abs(sumSquaredError([0.1, 0.05, 0.1, 0, 0.05, 0.1, 0, 0.6, 0, 0], t) - 0.5975)).toBeLessThan(1e-12);
  });

  test('D1: takes lists, typed arrays, tensors and typed numbers with a shape alike', () => {
    const tensor = Tensor.from(y1, { dtype: 'float64' });
    expect(sumSquaredError(tensor, Uint8Array.from(t))).toBe(0.09750000000000003);
    expect(sumSquaredError(Float64Array.from(y1), { data: Float64Array.from(t), shape: [10] })).toBe(
      0.09750000000000003,
    );
  });

  test('D1: a batch gives the total of its rows, no mean', () => {
    expect(sumSquaredError([y1, y1], [t, t])).toBeCloseTo(2 * 0.0975, 12);
    expect(sumSquaredError([], [])).toBe(0);
  });
});

describe('crossEntropyError', () => {
  test('D3: is 0.510825457099338 for the likely answer', () => {
    expect(crossEntropyError(y1, t)).toBe(0.510825457099338);
  });

  test('D4: is 2.302584092994546 for the unlikely one', () => {
    expect(crossEntropyError(y2, t)).toBe(2.302584092994546);
  });

  test('D5: delta keeps the logarithm of 0 finite and makes certainty a shade better than 0', () => {
    expect(crossEntropyError([1, 0], [0, 1])).toBe(16.11809565095832);
    expect(Math.fround(crossEntropyError(Float32Array.of(1, 0), [0, 1]))).toBe(Math.fround(16.118095));
    expect(crossEntropyError([1, 0], [1, 0])).toBe(-9.999999505838704e-8);
    expect(crossEntropyError([1, 0], [0, 1], { delta: 0 })).toBe(Number.POSITIVE_INFINITY);
    expect(crossEntropyError([1, 0], [1, 0], { delta: 0 })).toBeCloseTo(0, 15);
  });

  test('D6, E7: of a batch is the mean over its rows, so it does not depend on how many there are', () => {
    const mean = (crossEntropyError(y1, t) + crossEntropyError(y2, t)) / 2;
    expect(crossEntropyError([y1, y2], [t, t])).toBeCloseTo(mean, 14);
    const tenfold = Array.from({ length: 10 }, () => [y1, y2]).flat();
    expect(crossEntropyError(tenfold, oneHot(new Array(20).fill(2), 10))).toBeCloseTo(mean, 14);
  });

  test('E7: the loss of a batch and the gradient (y − t)/N have the same scale', () => {
    const x = Float64Array.of(0.3, -0.2, 0.5, 1.5, 0.1, -0.4);
    const labels = [2, 0];
    const loss = (values: Float64Array): number =>
      crossEntropyError(softmax(Tensor.from({ data: values, shape: [2, 3] })), labels, { delta: 0 });
    const y = softmax([[...x.slice(0, 3)], [...x.slice(3)]]).flat();
    const expected = y.map((value, i) => (value - (i === 2 || i === 3 ? 1 : 0)) / 2);
    // The truncation error of the central difference is h²/6 times the third derivative, which is below 1 here.
    for (const [i, slope] of numericalGradient(loss, x).entries()) {
      expect(Math.abs(slope - expected[i]!)).toBeLessThan(1e-8);
    }
  });

  test('D7: class indices give what their one-hot rows give', () => {
    expect(crossEntropyError(y1, 2)).toBe(0.510825457099338);
    expect(crossEntropyError([y1, y2], [2, 7])).toBe(crossEntropyError([y1, y2], oneHot([2, 7], 10)));
    expect(crossEntropyError([y1], Int32Array.of(2))).toBe(0.510825457099338);
    expect(crossEntropyError([y1, y2], Uint8Array.of(2, 2))).toBe(crossEntropyError([y1, y2], [2, 2]));
    expect(crossEntropyError(Tensor.from([y1], { dtype: 'float64' }), Tensor.from([2]))).toBe(0.510825457099338);
  });

  test('D6: soft targets weigh the logarithms of all classes', () => {
    const expected = -(0.25 * Math.log(0.5 + 1e-7) + 0.75 * Math.log(0.3 + 1e-7));
    expect(crossEntropyError([0.5, 0.3, 0.2], [0.25, 0.75, 0])).toBeCloseTo(expected, 15);
  });

  test('FOUND A3: a column is class indices; rows with another sum count with the option', () => {
    expect(crossEntropyError([y1, y2], [[2], [7]])).toBe(crossEntropyError([y1, y2], [2, 7]));
    const twice = crossEntropyError([0.5, 0.5], [1, 1], { unnormalized: true });
    expect(twice).toBeCloseTo(2 * crossEntropyError([0.5, 0.5], 0), 15);
  });

  test('D8: the loss falls where the right class becomes likelier', () => {
    const slope = numericalGradient((y: number[]) => crossEntropyError(y, 1), [0.2, 0.5, 0.3])[1]!;
    expect(slope).toBeCloseTo(-1 / 0.5, 5);
  });

  test('NaN in y is NaN in the loss', () => {
    expect(crossEntropyError([Number.NaN, 0.5], [1, 0])).toBeNaN();
  });
});

describe('bad input', () => {
  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'targets of another length',
      () => sumSquaredError([1, 2], [1]),
      ShapeError,
      'sumSquaredError: t has shape [1]; expected [2] (the shape of y)',
    ],
    [
      'outputs that are text',
      () => sumSquaredError(['1'] as never, [1]),
      ArgumentError,
      'sumSquaredError: y[0] is "1"; expected a number. Convert texts with Number',
    ],
    [
      'a shape without numbers',
      () => sumSquaredError({ data: [1], shape: [1] } as never, [1]),
      DtypeError,
      'sumSquaredError: y.data is [1]; expected a Float32Array, Float64Array or Uint8Array',
    ],
    [
      'a single number for y',
      () => crossEntropyError(0.5, 0),
      ShapeError,
      'crossEntropyError: y has shape []; expected [classes] or [N, classes] with at least one element',
    ],
    [
      'an empty batch',
      () => crossEntropyError(Tensor.zeros([0, 3]), []),
      ShapeError,
      'crossEntropyError: y has shape [0, 3]; expected [classes] or [N, classes] with at least one element',
    ],
    [
      'a negative probability',
      () =>
        crossEntropyError(
          [
            [0.5, 0.5],
            [1.5, -0.5],
          ],
          [0, 0],
        ),
      ArgumentError,
      'crossEntropyError: y[1][1] is -0.5; expected a probability of at least 0. Pass the output of softmax, not the scores before it',
    ],
    [
      'a negative probability of one sample',
      () => crossEntropyError([-2, 3], 0),
      ArgumentError,
      'crossEntropyError: y[0] is -2; expected a probability of at least 0. Pass the output of softmax, not the scores before it',
    ],
    [
      'a label out of range',
      () => crossEntropyError([y1, y2], [2, 10]),
      ArgumentError,
      'crossEntropyError: t[1] is 10; expected an integer in [0, 10)',
    ],
    [
      'a label that is not an integer',
      () => crossEntropyError(y1, 0.5),
      ArgumentError,
      'crossEntropyError: t is 0.5; expected an integer in [0, 10). Labels are classes; values to predict are the targets of a regression',
    ],
    [
      'another count of labels',
      () => crossEntropyError([y1, y2], [2]),
      ShapeError,
      'crossEntropyError: t has 1 entry; expected 2, one for each row',
    ],
    [
      'targets of another width',
      () => crossEntropyError([y1], [[0, 1]]),
      ShapeError,
      'crossEntropyError: t has shape [1, 2]; expected [1, 10] (a row over the classes for each sample) or 1 class indices',
    ],
    [
      'FOUND A3: rows of −1 and +1',
      () => crossEntropyError([[0.5, 0.5]], [[-1, 1]]),
      ArgumentError,
      'crossEntropyError: t[0][0] is -1 in a row that sums to 0; expected probabilities of at least 0 that sum to 1. Give class indices, or one-hot rows of 0 and 1',
    ],
    [
      'FOUND A3: a row with another sum',
      () => crossEntropyError([0.5, 0.5], [0.5, 1]),
      ArgumentError,
      'crossEntropyError: t sums to 1.5; expected 1, as probabilities of the classes do. Divide the row by its sum, or give the option unnormalized',
    ],
    [
      'FOUND A4: a label out of range in an Int32Array',
      () => crossEntropyError([[0.5, 0.5]], Int32Array.of(2)),
      ArgumentError,
      'crossEntropyError: t[0] is 2; expected an integer in [0, 2)',
    ],
    [
      'a negative delta',
      () => crossEntropyError(y1, t, { delta: -1 }),
      ArgumentError,
      'crossEntropyError: delta is -1; expected a finite number of at least 0',
    ],
    [
      'an unknown option',
      () => crossEntropyError(y1, t, { dleta: 0 } as never),
      ArgumentError,
      'crossEntropyError: unknown option "dleta"; did you mean "delta"?',
    ],
  ];
  for (const [what, call, type, message] of cases) {
    test(`${what} is refused`, () => expectRefusal(call, type, message));
  }
});
