import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { ArgumentError, DtypeError, ShapeError } from '../../src/errors.js';
import { identity, relu, sigmoid, softmax, stepFunction, tanh } from '../../src/functions/activations.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

const FUNCTIONS = { stepFunction, sigmoid, relu, tanh, identity, softmax };

describe('the figures of the notes', () => {
  test('B2, E5: stepFunction is 1 where x > 0, else 0, also at 0', () => {
    expect(stepFunction([-1, -0, 0, 1e-300, 2])).toEqual([0, 0, 0, 1, 1]);
    expect(stepFunction(0)).toBe(0);
    expect(stepFunction(Number.NaN)).toBe(0);
  });

  test('B3: sigmoid to the last digit, and at ±1000', () => {
    expect(sigmoid([-1, 1, 2])).toEqual([0.2689414213699951, 0.7310585786300049, 0.8807970779778823]);
    expect(sigmoid([-1000, 0, 1000])).toEqual([0, 0.5, 1]);
    expect(Array.from(sigmoid(Float32Array.of(-1000, 1000)))).toEqual([0, 1]);
  });

  test('B4: relu is max(0, x), and NaN stays NaN', () => {
    expect(relu([-2, 0, 3.5])).toEqual([0, 0, 3.5]);
    expect(relu(Number.NaN)).toBeNaN();
  });

  test('B5: tanh is (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), and ±1 at ±1000', () => {
    for (const x of [-3, -0.5, 0.1, 2]) {
      const definition = (Math.exp(x) - Math.exp(-x)) / (Math.exp(x) + Math.exp(-x));
      expect(Math.abs(tanh(x) - definition)).toBeLessThanOrEqual(4 * 2 ** -53);
    }
    expect(tanh([-1000, 0, 1000])).toEqual([-1, 0, 1]);
  });

  test('B6, B8: identity gives x for the output of a regression', () => {
    expect(identity([-1.5, 0, 7])).toEqual([-1.5, 0, 7]);
  });

  test('B7: softmax of [0.3, 2.9, 4.0] to the printed digits, and of numbers whose exponentials overflow', () => {
    const small = softmax([0.3, 2.9, 4.0]);
    expect(small.map((y) => y.toFixed(8))).toEqual(['0.01821127', '0.24519181', '0.73659691']);
    const large = softmax([1010, 1000, 990]);
    expect(large.map((y) => y.toExponential(8))).toEqual(['9.99954600e-1', '4.53978686e-5', '2.06106005e-9']);
  });

  test('E6: softmax works on each row of a batch, so a row far below another keeps its probabilities', () => {
    const rows = softmax([
      [800, 801],
      [0, 1],
    ]);
    expect(rows[0]).toEqual(rows[1]);
    expect(rows[0]![0]! + rows[0]![1]!).toBeCloseTo(1, 15);
    expect(softmax([[[1, 2]], [[5, 6]]])).toEqual([[softmax([1, 2])], [softmax([1, 2])]]);
  });
});

describe('softmax', () => {
  const row = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength: 1, maxLength: 20 });

  test('B7: sums to 1 and is never negative', () => {
    fc.assert(
      fc.property(row, (x) => {
        const y = softmax(x);
        expect(Math.abs(y.reduce((a, b) => a + b) - 1)).toBeLessThanOrEqual(x.length * 2 ** -52);
        expect(Math.min(...y)).toBeGreaterThanOrEqual(0);
      }),
      { seed: 3 },
    );
  });

  test('B7: is unchanged to the bit by a constant that adds without rounding', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1 }),
        fc.integer({ min: -900, max: 900 }),
        (x, c) => {
          expect(softmax(x.map((value) => value + c))).toEqual(softmax(x));
        },
      ),
      { seed: 4 },
    );
  });

  test('turns a row with NaN or +∞ into NaN and leaves its neighbours alone', () => {
    const y = softmax([
      [1, Number.NaN],
      [Number.POSITIVE_INFINITY, 0],
      [Number.NEGATIVE_INFINITY, 0],
    ]);
    expect(y).toEqual([
      [Number.NaN, Number.NaN],
      [Number.NaN, Number.NaN],
      [0, 1],
    ]);
  });

  test('of no rows, or rows of nothing, is as empty', () => {
    expect(softmax(Tensor.zeros([0, 3])).shape).toEqual([0, 3]);
    expect(softmax(Tensor.zeros([2, 0])).shape).toEqual([2, 0]);
    expect(softmax([])).toEqual([]);
  });
});

describe('kinds', () => {
  test('the result is of the kind that came in', () => {
    expectTypeOf(sigmoid(1)).toEqualTypeOf<number>();
    expectTypeOf(sigmoid([1])).toEqualTypeOf<number[]>();
    expectTypeOf(sigmoid([[1]])).toEqualTypeOf<number[][]>();
    expectTypeOf(sigmoid(Tensor.ones(1))).toEqualTypeOf<Tensor<number[]>>();
    expectTypeOf(sigmoid(Float32Array.of(1))).toEqualTypeOf<Float32Array>();

    for (const [name, f] of Object.entries(FUNCTIONS)) {
      if (name !== 'softmax') expect(typeof f(1)).toBe('number');
      expect(Array.isArray(f([1, 2]))).toBe(true);
      expect(f([[[1], [2]]]), name).toEqual([[[expect.any(Number)], [expect.any(Number)]]]);
      expect(f(Float32Array.of(1, 2))).toBeInstanceOf(Float32Array);
      expect(f(Float64Array.of(1, 2))).toBeInstanceOf(Float64Array);
      const x = Tensor.from([[1, -2]], { dtype: 'float64' });
      const y = f(x);
      expect([y.shape, y.dtype, y.backend]).toEqual([[1, 2], 'float64', x.backend]);
    }
  });

  test('one function of all kinds: the same numbers, in float32 rounded once', () => {
    for (const f of Object.values(FUNCTIONS)) {
      const x = [-2.5, -0.125, 0, 0.75, 3];
      const y = f(x);
      expect(Array.from(f(Float64Array.from(x)))).toEqual(y);
      expect(Array.from(f(Float32Array.from(x)))).toEqual(y.map(Math.fround));
      expect(f(Tensor.from([x, x], { dtype: 'float64' })).toArray()).toEqual([y, y]);
      expect(f([x, x])).toEqual([y, y]);
    }
  });

  test('E14: nothing is written into what came in', () => {
    for (const f of Object.values(FUNCTIONS)) {
      const x = Float64Array.of(-1, 2);
      const list = Object.freeze([-1, 2]);
      expect(f(x)).not.toBe(x);
      expect(f(list)).not.toBe(list);
      expect(Array.from(x)).toEqual([-1, 2]);
    }
  });
});

describe('bad input', () => {
  for (const [name, f] of Object.entries(FUNCTIONS)) {
    const call = f as (x: unknown) => unknown;
    const cases: [string, unknown, ErrorType, string][] = [
      [
        'integers',
        Int32Array.of(1, 2),
        DtypeError,
        'x is an Int32Array of 2; expected floats, because the result is of the same kind and not an integer. Convert it with Float64Array.from(x)',
      ],
      ['ragged rows', [[1, 2], [3]], ShapeError, 'x[1] has length 1; expected 2, as x[0] has'],
      ['text in a row', [[1, 'two']], ArgumentError, 'x[0][1] is "two"; expected a number'],
      ['nothing', undefined, ArgumentError, 'x is undefined; expected a number, an array of numbers or a tensor'],
    ];
    for (const [what, x, type, message] of cases) {
      test(`${name} refuses ${what}`, () => {
        expectRefusal(() => call(x), type, `${name}: ${message}`);
      });
    }
  }

  test.each<[string, unknown, unknown]>([
    ['0', Tensor.ones([2, 2]), 0],
    ['1', [[1, 2]], 1],
    ['an Object', [1, 2], { temperature: 2 }],
    ['0.5', [1, 2], 0.5],
    ['an Object', Tensor.ones([2], { dtype: 'float64' }), { axis: 0 }],
  ])('softmax refuses a second argument, %s', (shown, x, second) => {
    expectRefusal(
      () => (softmax as (...given: unknown[]) => unknown)(x, second),
      ArgumentError,
      `softmax: a second argument, ${shown}; expected x alone: the sum is over its last axis. Over columns: softmax(x.transpose()).transpose(). At a temperature, divide the scores by it: softmax(x.div(temperature))`,
    );
  });

  test('softmax goes through lists of rows', () => {
    const rows = [
      [1, 1],
      [2, 2],
    ];
    const halves = [
      [0.5, 0.5],
      [0.5, 0.5],
    ];
    expect(rows.map(softmax)).toEqual(halves);
    expect(Array.from(rows, softmax)).toEqual(halves);
  });

  test('softmax refuses a single number', () => {
    expectRefusal(() => softmax(5), ShapeError, 'softmax: x has shape []; expected at least one axis to sum over');
  });
});
