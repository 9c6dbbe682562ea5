import { describe, expect, expectTypeOf, test } from 'vitest';
import { ArgumentError, DtypeError, ShapeError } from '../../src/errors.js';
import { numericalDiff, numericalGradient } from '../../src/functions/numerical.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

/** The notes' function_1 and function_2. */
const function1 = (x: number): number => 0.01 * (x * x) + 0.1 * x;
const function2 = (x: ArrayLike<number>): number => x[0]! ** 2 + x[1]! ** 2;

describe('numericalDiff', () => {
  test('N1: the slopes of 0.01x² + 0.1x to the last digit', () => {
    expect(numericalDiff(function1, 5)).toBe(0.1999999999990898);
    expect(numericalDiff(function1, 15)).toBe(0.4000000000026205);
    expect(numericalDiff(function1, -10)).toBe(-0.0999999999995449);
    expect(numericalDiff(function1, 10)).toBe(0.2999999999986347);
    expect(numericalDiff((x) => 0.01 * x ** 2 + 0.1 * x, 5)).toBe(0.1999999999990898);
  });

  test('E23: the formula with 0.001x² that the notes print has another slope', () => {
    expect(numericalDiff((x) => 0.001 * (x * x) + 0.1 * x, 5)).toBeCloseTo(0.11, 9);
  });

  test('E10: the slope at 5 is 0.2, not about 0.199', () => {
    expect(Math.abs(numericalDiff(function1, 5) - 0.2)).toBeLessThan(1e-11);
  });

  test('N2: a central difference is far nearer to the slope than a forward one', () => {
    const h = 1e-4;
    const forward = (function1(5 + h) - function1(5)) / h;
    const central = numericalDiff(function1, 5, { h });
    expect(Math.abs(forward - 0.2)).toBeGreaterThan(1e-7);
    expect(Math.abs(central - 0.2)).toBeLessThan(1e-11);
  });

  test('N2, E24: a step of 1e-50 drowns in rounding, and is 0 in float32', () => {
    expect(3 + 1e-50 - (3 - 1e-50)).toBe(0);
    expect(numericalDiff((x) => x * x, 3, { h: 1e-50 })).toBe(0);
    expect(Math.fround(1e-50)).toBe(0);
  });

  test('N3: the partial derivative by x0 at (3, 4), x1 held at 4', () => {
    expect(numericalDiff((x0) => x0 * x0 + 4.0 ** 2, 3)).toBe(6.00000000000378);
    expect(numericalDiff((x0) => x0 ** 2.0 + 4.0 ** 2.0, 3)).toBe(6.00000000000378);
  });

  test('N4: the partial derivative by x1 at (3, 4), x0 held at 3', () => {
    expect(numericalDiff((x1) => 3.0 ** 2 + x1 * x1, 4)).toBe(7.999999999999119);
  });
});

describe('numericalGradient', () => {
  test('N5, E24: the gradients of x0² + x1² to the last digit', () => {
    expect(numericalGradient(function2, [3, 4])).toEqual([6.00000000000378, 7.999999999999119]);
    expect(numericalGradient(function2, [0, 2])).toEqual([0, 4.000000000004]);
    expect(numericalGradient(function2, [3, 0])).toEqual([6.000000000012662, 0]);
    expect(String(Tensor.from(numericalGradient(function2, Float64Array.of(3, 4))))).toBe('[6. 8.]');
  });

  test('N6: the gradient has the shape of x, whatever its rank', () => {
    const total = (x: { readonly data: ArrayLike<number> }): number =>
      Array.from(x.data).reduce((sum, value, i) => sum + (i + 1) * value, 0);
    for (const shape of [[], [4], [2, 3], [2, 1, 3], [0, 3]]) {
      const gradient = numericalGradient(total, Tensor.ones(shape, { dtype: 'float64' }));
      expect(gradient.shape).toEqual(shape);
      for (const [i, slope] of gradient.data.entries()) expect(slope).toBeCloseTo(i + 1, 9);
    }
  });

  test('N6, E9: f is always called with the whole array, also of two axes', () => {
    const x = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const seen: number[][] = [];
    const gradient = numericalGradient((whole) => {
      seen.push(whole.map((row) => row.length));
      return whole[0]![1]! * whole[1]![2]!;
    }, x);
    expect(seen).toEqual(new Array(12).fill([3, 3]));
    expect(gradient[0]![1]).toBeCloseTo(6, 9);
    expect(gradient[1]![2]).toBeCloseTo(2, 9);
    expect(gradient[0]![0]).toBe(0);
  });

  test('N7, E10: minus the gradient points downhill, if only locally', () => {
    const x = [3, 4];
    const [d0, d1] = numericalGradient(function2, x) as [number, number];
    expect(function2([3 - 0.01 * d0, 4 - 0.01 * d1])).toBeLessThan(function2(x));
    expect(function2([3 + 0.01 * d0, 4 + 0.01 * d1])).toBeGreaterThan(function2(x));
  });

  test('the result is of the kind that came in', () => {
    expect(numericalGradient((x: number) => x * x + 16, 3)).toBe(6.00000000000378);
    expect(numericalGradient(function2, Float64Array.of(3, 4))).toEqual(
      Float64Array.of(6.00000000000378, 7.999999999999119),
    );
    const x = Tensor.from([3, 4], { dtype: 'float64' });
    const gradient = numericalGradient(({ data }) => function2(data), x);
    expect(gradient).toBeInstanceOf(Tensor);
    expect(gradient.data).toEqual(Float64Array.of(6.00000000000378, 7.999999999999119));

    expectTypeOf(numericalGradient(() => 0, 1)).toEqualTypeOf<number>();
    expectTypeOf(numericalGradient(() => 0, [1])).toEqualTypeOf<number[]>();
    expectTypeOf(numericalGradient(() => 0, [[1]])).toEqualTypeOf<number[][]>();
    expectTypeOf(numericalGradient(() => 0, x)).toEqualTypeOf<Tensor>();
  });

  test('of a list of typed rows is such a list', () => {
    const x = [Float64Array.of(1, 2), Float64Array.of(3, 4)];
    const product = (rows: typeof x): number => rows[0]![1]! * rows[1]![0]!;
    const gradient = numericalGradient(product as never, x as never) as unknown as typeof x;
    expect(gradient[0]).toBeInstanceOf(Float64Array);
    expect(gradient.map((row) => Array.from(row, Math.round))).toEqual([
      [0, 3],
      [2, 0],
    ]);
  });

  test('f may read the array that it encloses instead of its argument', () => {
    const w = Tensor.from([3], { dtype: 'float64' });
    expect(numericalGradient(() => w.data[0]! ** 2, w).item()).toBeCloseTo(6, 9);
  });

  test('E9: an integer list counts as float64, so the step is not cut to 0', () => {
    expect(numericalGradient(function2, [3, 4])[0]).toBeCloseTo(6, 9);
  });

  test('E9: x is restored to the bit, also when f throws', () => {
    const values = [0.1, 1e16, -3];
    for (const x of [[...values], Float64Array.from(values)]) {
      numericalGradient(function2 as (x: unknown) => number, x as number[]);
      expect(Array.from(x)).toEqual(values);
      let calls = 0;
      const failing = (): number => {
        calls++;
        if (calls === 4) throw new Error('the loss is not available');
        return 0;
      };
      expect(() => numericalGradient(failing, x as number[])).toThrow('the loss is not available');
      expect(Array.from(x)).toEqual(values);
    }
  });
});

describe('bad input', () => {
  const float32 =
    "float32; expected float64, because in float32 rounding swamps the difference over such a small step. Compute in float64, with { dtype: 'float64' }";
  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'f that is not a function',
      () => numericalDiff(5 as never, 5),
      ArgumentError,
      'numericalDiff: f is 5; expected a function that returns a number',
    ],
    [
      'f that returns nothing',
      () => numericalDiff((() => undefined) as never, 5),
      ArgumentError,
      'numericalDiff: f returned undefined; expected a number',
    ],
    [
      'an x that is not a number',
      () => numericalDiff(function1, '5' as never),
      ArgumentError,
      'numericalDiff: x is "5"; expected a finite number',
    ],
    [
      'an x of NaN',
      () => numericalDiff(function1, Number.NaN),
      ArgumentError,
      'numericalDiff: x is NaN; expected a finite number',
    ],
    [
      'a step of 0',
      () => numericalDiff(function1, 5, { h: 0 }),
      ArgumentError,
      'numericalDiff: h is 0; expected a finite number greater than 0',
    ],
    [
      'an unknown option',
      () => numericalDiff(function1, 5, { step: 1 } as never),
      ArgumentError,
      'numericalDiff: unknown option "step"; the only option is h',
    ],
    [
      'a float32 array',
      () => numericalGradient(function2 as never, Float32Array.of(3, 4) as never),
      DtypeError,
      `numericalGradient: x is ${float32}`,
    ],
    [
      'a float32 tensor',
      () => numericalGradient(() => 0, Tensor.ones([2])),
      DtypeError,
      `numericalGradient: x is ${float32}`,
    ],
    [
      'float32 rows',
      () => numericalGradient(() => 0, [Float32Array.of(1)] as never),
      DtypeError,
      `numericalGradient: x[0] is ${float32}`,
    ],
    [
      'E9: an integer array',
      () => numericalGradient(function2 as never, Int32Array.of(3, 4) as never),
      DtypeError,
      'numericalGradient: x is an Int32Array of 2; expected float64 numbers, because among integers the step is cut to 0. Convert it with Float64Array.from(x)',
    ],
    [
      'ragged rows',
      () => numericalGradient(() => 0, [[1, 2], [3]]),
      ShapeError,
      'numericalGradient: x[1] has length 1; expected 2, as x[0] has',
    ],
    [
      'an x that is not an array',
      () => numericalGradient(() => 0, null as never),
      ArgumentError,
      'numericalGradient: x is null; expected a number, an array of numbers or a tensor',
    ],
    [
      'a frozen list',
      () => numericalGradient(() => 0, Object.freeze([1, 2])),
      ArgumentError,
      'numericalGradient: x is a frozen array; expected one whose elements may be changed while f is evaluated. Pass a copy',
    ],
  ];
  for (const [what, call, type, message] of cases) {
    test(`${what} is refused`, () => expectRefusal(call, type, message));
  }
});
