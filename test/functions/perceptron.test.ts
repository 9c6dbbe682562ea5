import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/errors.js';
import { AND, NAND, OR, Perceptron, XOR } from '../../src/functions/perceptron.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

const TABLE = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

const outputs = (gate: (x1: number, x2: number) => number): number[] => TABLE.map(([x1, x2]) => gate(x1, x2));

describe('Perceptron', () => {
  test('A1, E1: fires where w·x + b is greater than 0, not greater than 1', () => {
    const perceptron = new Perceptron([1, 1], 0);
    expect(perceptron.output([0.2, 0.3])).toBe(1);
    expect(perceptron.output([-1, 1])).toBe(0);
    expect(perceptron.output([-1, 0.5])).toBe(0);
  });

  test('A1: takes any number of inputs, 200 for example', () => {
    const perceptron = new Perceptron(new Float64Array(200).fill(0.01), -1.5);
    expect(perceptron.weightedSum(new Array(200).fill(1))).toBeCloseTo(0.5, 12);
    expect(perceptron.output(new Array(200).fill(1))).toBe(1);
    expect(perceptron.output(new Float32Array(200))).toBe(0);
  });

  test('E28: b is a bias: it is added, and a perceptron of bias −θ fires from θ on', () => {
    const threshold = 0.7;
    const perceptron = new Perceptron([1], -threshold);
    expect(perceptron.output([0.71])).toBe(1);
    expect(perceptron.output([0.69])).toBe(0);
    expect(perceptron.weightedSum([0])).toBe(-0.7);
  });

  test('B1: the weighted sum and the activation are separate steps', () => {
    expect(new Perceptron([0.5, -2], 0.25).weightedSum([3, 1])).toBe(-0.25);
  });
});

describe('gates', () => {
  test('A2: OR is 0 1 1 1 with the sums −0.2, 0.3, 0.3, 0.8', () => {
    expect(TABLE.map((x) => OR.perceptron.weightedSum(x))).toEqual([-0.2, 0.3, 0.3, 0.8]);
    expect(outputs(OR)).toEqual([0, 1, 1, 1]);
  });

  test('A3, E2: AND is 0 0 0 1, 1 for two ones, with the sums in float64', () => {
    const sums = TABLE.map((x) => AND.perceptron.weightedSum(x));
    expect(sums).toEqual([-0.7, -0.19999999999999996, -0.19999999999999996, 0.30000000000000004]);
    expect(outputs(AND)).toEqual([0, 0, 0, 1]);
  });

  test('A4: NAND is 1 1 1 0', () => {
    const sums = TABLE.map((x) => NAND.perceptron.weightedSum(x));
    expect(sums).toEqual([0.7, 0.19999999999999996, 0.19999999999999996, -0.30000000000000004]);
    expect(outputs(NAND)).toEqual([1, 1, 1, 0]);
  });

  test('A5: XOR is 0 1 1 0, composed of NAND, OR and AND', () => {
    expect(outputs(XOR)).toEqual([0, 1, 1, 0]);
  });

  test('A6: no weights and bias of a fine grid make a single perceptron XOR, while AND and OR are found', () => {
    const grid = Array.from({ length: 41 }, (_, i) => (i - 20) / 10);
    const found = { XOR: 0, AND: 0, OR: 0 };
    for (const w1 of grid) {
      for (const w2 of grid) {
        for (const bias of grid) {
          const fires = ([x1, x2]: readonly [number, number]): number => (w1 * x1 + w2 * x2 + bias > 0 ? 1 : 0);
          const table = TABLE.map(fires).join('');
          if (table === '0110') found.XOR++;
          if (table === '0001') found.AND++;
          if (table === '0111') found.OR++;
        }
      }
    }
    expect(found.XOR).toBe(0);
    expect(found.AND).toBeGreaterThan(100);
    expect(found.OR).toBeGreaterThan(100);
  });

  test('A6: gates compose to further circuits, here a one-bit adder', () => {
    const add = (x1: number, x2: number): number[] => [AND(x1, x2), XOR(x1, x2)];
    expect(TABLE.map(([x1, x2]) => add(x1, x2))).toEqual([
      [0, 0],
      [0, 1],
      [0, 1],
      [1, 0],
    ]);
  });
});

describe('bad input', () => {
  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'no weights',
      () => new Perceptron([], 0),
      ArgumentError,
      'Perceptron: weights is []; expected a weight for each input',
    ],
    [
      'weights that are not an array',
      () => new Perceptron(2 as never, 0),
      ArgumentError,
      'Perceptron: weights is 2; expected an array of numbers',
    ],
    [
      'a weight that is text',
      () => new Perceptron([1, '2'] as never, 0),
      ArgumentError,
      'Perceptron: weights[1] is "2"; expected a finite number',
    ],
    [
      'a bias of NaN',
      () => new Perceptron([1], Number.NaN),
      ArgumentError,
      'Perceptron: bias is NaN; expected a finite number',
    ],
    [
      'too few inputs',
      () => new Perceptron([1, 2], 0).output([1]),
      ShapeError,
      'Perceptron: x has 1 inputs; expected 2, one for each weight',
    ],
    [
      'a missing input of a gate',
      () => AND(1, undefined as never),
      ArgumentError,
      'Perceptron: x[1] is undefined; expected a finite number',
    ],
  ];
  for (const [what, call, type, message] of cases) {
    test(`${what} is refused`, () => {
      expectRefusal(call, type, message);
    });
  }
});
