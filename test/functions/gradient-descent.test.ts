import { describe, expect, test } from 'vitest';
import { ArgumentError, DtypeError } from '../../src/errors.js';
import { type Descent, gradientDescent } from '../../src/functions/numerical.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

/** The notes' function_1 and function_2. */
const function1 = (x: number): number => 0.01 * (x * x) + 0.1 * x;
const function2 = (x: ArrayLike<number>): number => x[0]! ** 2 + x[1]! ** 2;

describe('gradientDescent', () => {
  test('G1: from (−3, 4) with learning rate 0.1, 100 steps lead to 0 but for 1e-9', () => {
    const { x } = gradientDescent(function2, [-3, 4], { learningRate: 0.1, steps: 100 });
    expect(x.map((value) => value.toExponential(8))).toEqual(['-6.11110793e-10', '8.14814391e-10']);
    expect(x).toEqual([-6.111107928998789e-10, 8.148143905314271e-10]);
    expect(Math.abs(x[0]! - -3 * 0.8 ** 100)).toBeLessThan(1e-15);
    expect(Math.abs(x[1]! - 4 * 0.8 ** 100)).toBeLessThan(1e-15);
  });

  test('G1: descending on −f climbs to a maximum', () => {
    const hill = (x: number): number => 5 - (x - 2) ** 2;
    expect(gradientDescent((x) => -hill(x), 0, { learningRate: 0.1 }).x).toBeCloseTo(2, 8);
  });

  test('G2: a learning rate of 10 diverges, one of 1e-10 gets nowhere', () => {
    const large = gradientDescent(function2, [-3, 4], { learningRate: 10, steps: 100 }).x;
    expect(Math.min(...large.map(Math.abs))).toBeGreaterThan(1e10);
    const small = gradientDescent(function2, [-3, 4], { learningRate: 1e-10, steps: 100 }).x;
    expect(small).toEqual([-2.999999939999995, 3.9999999199999934]);
  });

  test('G3: the path holds the start and every step, 0.8ᵏ · (−3, 4)', () => {
    const { x, path } = gradientDescent(function2, [-3, 4], { learningRate: 0.1, steps: 20 });
    expect(path).toHaveLength(21);
    expect(path[0]).toEqual([-3, 4]);
    path.forEach(([a, b], k) => {
      expect(Math.abs(a! - -3 * 0.8 ** k)).toBeLessThan(1e-11);
      expect(Math.abs(b! - 4 * 0.8 ** k)).toBeLessThan(1e-11);
    });
    expect(path[20]!.map((value) => value.toFixed(6))).toEqual(['-0.034588', '0.046117']);
    expect(x).toEqual(path[20]);
  });

  describe('of one variable', () => {
    const run = (learningRate: number, steps: number): Descent<number> =>
      gradientDescent(function1, 0, { learningRate, steps });
    const expectTable = (path: readonly number[], table: readonly (readonly [number, number, number])[]): void => {
      for (const [step, x, f] of table) {
        expect(Math.abs(path[step]! - x), `x at ${step}`).toBeLessThan(1e-12);
        expect(Math.abs(function1(path[step]!) - f), `f(x) at ${step}`).toBeLessThan(1e-12);
      }
    };

    test('G4, E11: the printed table is that of learning rate 0.002', () => {
      expectTable(run(0.002, 150_000).path, [
        [0, 0, 0],
        [10_000, -1.648426583231277, -0.1376695563200923],
        [20_000, -2.753391126403293, -0.19952748569076534],
        [30_000, -3.4940650842766314, -0.22732160029605256],
        [40_000, -3.9905497138164314, -0.2398101011972391],
        [120_000, -4.958855214948994, -0.2499830710666311],
        [130_000, -4.972420046436861, -0.24999239346161456],
        [140_000, -4.981512752160442, -0.24999658221667317],
        [150_000, -4.987607726318238, -0.24999846431552997],
      ]);
    });

    test('G4, E11: learning rate 0.001, as the code of the note says, is slower', () => {
      const { x, path } = run(0.001, 200_000);
      expectTable(path, [
        [10_000, -0.9063544220185227, -0.08242065881872697],
        [20_000, -1.648413176374535, -0.13766865763700167],
        [30_000, -2.2559582840494867, -0.17470235061123363],
        [40_000, -2.753373152741496, -0.19952667809177316],
        [100_000, -4.3233371173911825, -0.24542127343299527],
        [150_000, -4.751072126208138, -0.24938034913649462],
        [190_000, -4.888150391141258, -0.24987489664998147],
      ]);
      expect(Math.abs(x - -4.908425468659234)).toBeLessThan(1e-12);
    });

    test('G4: the path follows −5(1 − (1 − 0.02 η)ᵏ)', () => {
      const { path } = run(0.002, 50_000);
      for (const k of [1, 1000, 50_000]) {
        expect(Math.abs(path[k]! - -5 * (1 - (1 - 0.02 * 0.002) ** k))).toBeLessThan(1e-10);
      }
    });
  });

  test('E14: the start is left as it was, frozen or not, and the points of the path are copies', () => {
    const start = Object.freeze([-3, 4]);
    const { x, path } = gradientDescent(function2, start, { learningRate: 0.1, steps: 3 });
    expect(start).toEqual([-3, 4]);
    expect(path[0]).not.toBe(start);
    expect(new Set([...path]).size).toBe(4);
    expect(x).not.toEqual(start);
    const typed = Float64Array.of(-3, 4);
    gradientDescent(function2, typed, { steps: 2 });
    expect(Array.from(typed)).toEqual([-3, 4]);
  });

  test('takes numbers, typed arrays and tensors, all on the same path', () => {
    const options = { learningRate: 0.1, steps: 5 };
    const list = gradientDescent(function2, [-3, 4], options);
    const typed = gradientDescent(function2, Float64Array.of(-3, 4), options);
    const tensor = gradientDescent(({ data }) => function2(data), Tensor.from([-3, 4], { dtype: 'float64' }), options);
    expect(Array.from(typed.x)).toEqual(list.x);
    expect(tensor.x.toArray()).toEqual(list.x);
    expect(tensor.path.map((point) => point.toArray())).toEqual(list.path);
    const single = gradientDescent((x) => x * x, -3, options);
    expect(single.path).toEqual(gradientDescent(([x]) => x! * x!, [-3], options).path.map(([x]) => x));
  });

  test('without options makes 100 steps at learning rate 0.01', () => {
    const { path } = gradientDescent((x) => x * x, 1);
    expect(path).toHaveLength(101);
    expect(path[1]).toBeCloseTo(0.98, 9);
    expect(gradientDescent((x) => x, 1, { steps: 0 })).toEqual({ x: 1, path: [1] });
  });
});

describe('bad input', () => {
  const float32 =
    "float32; expected float64, because in float32 rounding swamps the difference over such a small step. Compute in float64, with { dtype: 'float64' }";
  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'a float32 start',
      () => gradientDescent(() => 0, Tensor.ones([2])),
      DtypeError,
      `gradientDescent: x is ${float32}`,
    ],
    [
      'a negative learning rate',
      () => gradientDescent(function1, 0, { learningRate: -0.1 }),
      ArgumentError,
      'gradientDescent: learningRate is -0.1; expected a finite number greater than 0',
    ],
    [
      'a learning rate of NaN',
      () => gradientDescent(function1, 0, { learningRate: Number.NaN }),
      ArgumentError,
      'gradientDescent: learningRate is NaN; expected a finite number greater than 0',
    ],
    [
      'half a step',
      () => gradientDescent(function1, 0, { steps: 0.5 }),
      ArgumentError,
      'gradientDescent: steps is 0.5; expected an integer of at least 0',
    ],
    [
      'a misspelt option',
      () => gradientDescent(function1, 0, { learningrate: 1 } as never),
      ArgumentError,
      'gradientDescent: unknown option "learningrate"; did you mean "learningRate"?',
    ],
    [
      'a start that is text',
      () => gradientDescent(() => 0, 'here' as never),
      ArgumentError,
      'gradientDescent: x is "here"; expected a number, an array of numbers or a tensor',
    ],
  ];
  for (const [what, call, type, message] of cases) {
    test(`${what} is refused`, () => expectRefusal(call, type, message));
  }
});
