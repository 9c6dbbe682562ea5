import { describe, expect, test } from 'vitest';
import {
  type Backend,
  BINARY_OPERATIONS,
  type BinaryOperation,
  type Dtype,
  type Floats,
  REDUCTIONS,
  type Reduction,
  UNARY_OPERATIONS,
  type UnaryOperation,
} from '../../src/backend/backend.js';
import { power } from '../../src/backend/js/power.js';
import { floatsOf } from '../support/floats.js';
import { guarded, guardedIntegers } from '../support/guarded.js';
import { randomFloats } from '../support/random.js';
import { assertRelative, assertSame, assertWithin, gamma, unitRoundoff } from '../support/rounding.js';
import { AWKWARD, DTYPES } from './sizes.js';

const UNARY: Record<UnaryOperation, (x: number) => number> = {
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  abs: Math.abs,
  negate: (x) => -x,
};

/** Units of u: exp and log are within 2 ulp, and in float64 the reference is itself off by one. */
const UNITS: Record<UnaryOperation, number> = { exp: 4, log: 4, sqrt: 0, abs: 0, negate: 0 };

const BINARY: Record<BinaryOperation, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power,
  maximum: Math.max,
  minimum: Math.min,
};

const SPECIAL = [Number.NaN, Infinity, -Infinity, 0, -0, 1, -1, 2, 0.5, -2.5, 1e-40, 1e-310, 1e30];

/** Sizes of an operand, as parts of m × n: whole, a row, a column, one number. */
const STRETCHES = ['whole', 'row', 'column', 'single'] as const;

function stretch(how: (typeof STRETCHES)[number], m: number, n: number): [rows: number, columns: number] {
  return [how === 'whole' || how === 'column' ? m : 1, how === 'whole' || how === 'row' ? n : 1];
}

export function arithmeticConformance(backend: Backend): void {
  describe.each(DTYPES)('arithmetic of %s', (dtype) => {
    test.each(UNARY_OPERATIONS)('%s is within its bound, from denormal to huge numbers', (operation) => {
      const units = UNITS[operation] + (UNITS[operation] > 0 && dtype === 'float64' ? 4 : 0);
      const check = (x: Floats): void => {
        const y = guarded(dtype, x.length);
        backend.unary(y.data, x, x.length, operation);
        assertRelative(y.data, floatsOf(dtype, Array.from(x, UNARY[operation])), {
          units: units + (units > 0 ? 1 : 0), // the reference is rounded to the type
          dtype,
          what: operation,
        });
        y.assertFenceIntact();
      };
      for (const n of AWKWARD) check(randomFloats(dtype, n, { seed: 31, low: 0.1, high: 4 }));
      for (const reach of [1e-38, 1e-6, 0.3, 1, 30, dtype === 'float32' ? 88 : 700, 1e30])
        check(randomFloats(dtype, 1001, { seed: 32, low: -reach, high: reach }));
      check(randomFloats(dtype, 1001, { seed: 33, low: 0.7, high: 1.5 })); // where a logarithm is small
    });

    test('exp and log have their limits; log(1) is 0; the sign of zero is kept', () => {
      const apply = (operation: UnaryOperation, ...x: number[]): number[] => {
        const y = floatsOf(dtype, x);
        backend.unary(y, y, x.length, operation);
        return Array.from(y);
      };
      const [beyond, below] = dtype === 'float32' ? [88.8, -104] : [709.9, -746];
      expect(apply('exp', -Infinity, Infinity, Number.NaN, 0, -0, beyond, below, 1e30, -1e30)).toEqual([
        0,
        Infinity,
        Number.NaN,
        1,
        1,
        Infinity,
        0,
        Infinity,
        0,
      ]);
      expect(apply('log', 0, -0, -1, -Infinity, Infinity, Number.NaN, 1)).toEqual([
        -Infinity,
        -Infinity,
        Number.NaN,
        Number.NaN,
        Infinity,
        Number.NaN,
        0,
      ]);
      expect(apply('sqrt', 0, -0, -1, 4, Infinity, Number.NaN)).toEqual([0, -0, Number.NaN, 2, Infinity, Number.NaN]);
      expect(apply('abs', 0, -0, -1, -Infinity, Number.NaN)).toEqual([0, 0, 1, Infinity, Number.NaN]);
      expect(apply('negate', 0, -0, -1, Infinity, Number.NaN)).toEqual([-0, 0, 1, -Infinity, Number.NaN]);
    });

    test.each(BINARY_OPERATIONS)('%s repeats rows and columns of either operand', (operation) => {
      for (const [m, n] of [
        [0, 3],
        [1, 1],
        [1, 33],
        [2, 3],
        [3, 16],
        [7, 1],
        [5, 50],
      ] as const) {
        for (const ofA of STRETCHES) {
          for (const ofB of STRETCHES) check(backend, dtype, operation, m, n, stretch(ofA, m, n), stretch(ofB, m, n));
        }
      }
    });

    test.each(BINARY_OPERATIONS)('%s of NaN, ±∞, ±0 and denormal numbers is that of NumPy', (operation) => {
      const pairs = SPECIAL.flatMap((a) => SPECIAL.map((b) => [a, b] as const));
      const [a, b] = [0, 1].map((of) =>
        floatsOf(
          dtype,
          pairs.map((pair) => pair[of]!),
        ),
      ) as [Floats, Floats];
      const y = guarded(dtype, pairs.length);
      backend.binary(y.data, a, b, 1, a.length, 1, a.length, 1, a.length, operation);
      assertElements(
        y.data,
        floatsOf(
          dtype,
          Array.from(a, (x, i) => BINARY[operation](x, b[i]!)),
        ),
        dtype,
        operation,
      );
      y.assertFenceIntact();
    });

    test('a result may take the place of an operand, to the same bits', () => {
      for (const operation of BINARY_OPERATIONS) {
        const a = randomFloats(dtype, 100, { seed: 34, low: 0.5 });
        const b = randomFloats(dtype, 100, { seed: 35, low: 0.5 });
        const apart = guarded(dtype, 100);
        backend.binary(apart.data, a, b, 4, 25, 4, 25, 4, 25, operation);
        const [overA, overB] = [a.slice(), b.slice()];
        backend.binary(overA, overA, b, 4, 25, 4, 25, 4, 25, operation);
        backend.binary(overB, a, overB, 4, 25, 4, 25, 4, 25, operation);
        assertSame(overA, apart.data, operation);
        assertSame(overB, apart.data, operation);
        const [one, other] = [b.slice(), b.slice(0, 1)];
        backend.binary(one, one, one, 1, 100, 1, 100, 1, 100, operation);
        backend.binary(apart.data, b, b.slice(), 1, 100, 1, 100, 1, 100, operation);
        assertSame(one, apart.data, `${operation} of an array and itself`);
        backend.binary(other, other, b, 1, 1, 1, 1, 1, 1, operation);
      }
    });

    test('a row that is repeated may not be a part of the result', () => {
      const y = randomFloats(dtype, 6, { seed: 36 });
      expect(() => backend.binary(y, y, y, 2, 3, 2, 3, 1, 3, 'add')).toThrow(
        'binary: y overlaps b in part; expected the same array or separate memory',
      );
    });

    test.each(REDUCTIONS)('%s of every axis is within its bound', (operation) => {
      for (const [outer, axis, inner] of REDUCED) checkReduction(backend, dtype, operation, outer, axis, inner);
    });

    test('reductions keep NaN, and have their values of no numbers', () => {
      const of = (operation: Reduction, axis: number, inner: number, ...x: number[]): number[] => {
        const out = guarded(dtype, inner);
        backend.reduce(out.data, floatsOf(dtype, x), 1, axis, inner, operation);
        out.assertFenceIntact();
        return Array.from(out.data);
      };
      expect(REDUCTIONS.map((operation) => of(operation, 0, 2))).toEqual([
        [0, 0],
        [Number.NaN, Number.NaN],
        [-Infinity, -Infinity],
        [Infinity, Infinity],
      ]);
      expect(REDUCTIONS.map((operation) => of(operation, 0, 1))).toEqual([[0], [Number.NaN], [-Infinity], [Infinity]]);
      for (const n of [1, 3, 8, 40, 300]) {
        for (const at of [0, n >> 1, n - 1]) {
          const x = Array.from({ length: n }, (_, i) => (i === at ? Number.NaN : i - 5));
          for (const operation of REDUCTIONS) {
            expect(of(operation, n, 1, ...x)).toEqual([Number.NaN]);
            const beside = x.flatMap((value) => [value, 1]);
            expect(of(operation, n, 2, ...beside)).toEqual([Number.NaN, operation === 'sum' ? n : 1]);
          }
          const out = guardedIntegers(1);
          backend.argMax(out.data, floatsOf(dtype, x), 1, n, 1);
          expect(out.data[0]).toBe(at);
        }
      }
      expect(of('sum', 2, 1, Infinity, -Infinity)).toEqual([Number.NaN]);
      expect(of('maximum', 3, 1, -Infinity, -Infinity, -Infinity)).toEqual([-Infinity]);
      expect(of('minimum', 1, 3, Infinity, -0, 5)).toEqual([Infinity, -0, 5]);
    });

    test('argMax is the place of the first maximum along any axis, and of the first NaN', () => {
      for (const [outer, axis, inner] of REDUCED) {
        if (axis === 0) continue;
        // Few different numbers, so that the maximum comes more than once.
        const x = randomFloats(dtype, outer * axis * inner, { seed: 38, low: -4, high: 4 }).map(Math.round) as Floats;
        if (axis > 3) for (let i = 2; i < x.length; i += 71) x[i] = Number.NaN;
        const out = guardedIntegers(outer * inner);
        backend.argMax(out.data, x, outer, axis, inner);
        const expected = Int32Array.from({ length: outer * inner }, (_, i) => {
          const start = Math.floor(i / inner) * axis * inner + (i % inner);
          const values = Array.from({ length: axis }, (_, r) => x[start + r * inner]!);
          const first = values.findIndex(Number.isNaN);
          return first >= 0 ? first : values.indexOf(Math.max(...values));
        });
        expect(out.data, `${outer}×${axis}×${inner}`).toEqual(expected);
        out.assertFenceIntact();
      }
      const none = guardedIntegers(0);
      backend.argMax(none.data, floatsOf(dtype, []), 0, 0, 3);
      backend.argMax(none.data, floatsOf(dtype, []), 2, 3, 0);
    });

    test('equal numbers: the error of a sum does not grow with their number', () => {
      const n = 300_000;
      const x = floatsOf(dtype, new Array(n).fill(0.1));
      const out = floatsOf(dtype, [0, 0, 0]);
      backend.reduce(out, x, 1, n, 1, 'sum');
      expect(Math.abs(out[0]! / (n * x[0]!) - 1)).toBeLessThan(60 * unitRoundoff(dtype));
      backend.reduce(out, x, 1, n / 3, 3, 'mean');
      for (const mean of out) expect(Math.abs(mean / x[0]! - 1)).toBeLessThan(220 * unitRoundoff(dtype));
    });
  });
}

/** outer, axis and inner: each of them alone, awkward ones, and some that are shared by threads. */
const REDUCED: readonly (readonly [outer: number, axis: number, inner: number])[] = [
  [1, 1, 1],
  [2, 0, 3],
  [0, 3, 2],
  [1, 7, 1],
  [1, 129, 1],
  [1, 1000, 1],
  [1, 40_003, 1],
  [33, 50, 1],
  [700, 50, 1],
  [1, 3, 7],
  [1, 100, 50],
  [1, 129, 33],
  [1, 700, 65],
  [1, 40, 1030],
  [3, 5, 7],
  [5, 130, 3],
  [40, 3, 300],
];

function check(
  backend: Backend,
  dtype: Dtype,
  operation: BinaryOperation,
  m: number,
  n: number,
  [aRows, aColumns]: readonly [number, number],
  [bRows, bColumns]: readonly [number, number],
): void {
  const a = randomFloats(dtype, aRows * aColumns, { seed: m + 40, low: 0.25, high: 3 });
  const b = randomFloats(dtype, bRows * bColumns, { seed: n + 41, low: -3, high: 3 });
  const y = guarded(dtype, m * n);
  backend.binary(y.data, a, b, m, n, aRows, aColumns, bRows, bColumns, operation);
  const at = (x: Floats, rows: number, columns: number, i: number): number =>
    x[(rows === 1 ? 0 : Math.floor(i / n)) * columns + (columns === 1 ? 0 : i % n)]!;
  const expected = floatsOf(
    dtype,
    Array.from({ length: m * n }, (_, i) => BINARY[operation](at(a, aRows, aColumns, i), at(b, bRows, bColumns, i))),
  );
  assertElements(y.data, expected, dtype, `${operation} ${m}×${n} of ${aRows}×${aColumns} and ${bRows}×${bColumns}`);
  y.assertFenceIntact();
}

/** Equal to the bit, but for powers: each library is within 2 ulp. */
function assertElements(actual: Floats, expected: Floats, dtype: Dtype, what: string): void {
  if (what.startsWith('power')) assertRelative(actual, expected, { units: 8, dtype, what });
  else assertSame(actual, expected, what);
}

function checkReduction(
  backend: Backend,
  dtype: Dtype,
  operation: Reduction,
  outer: number,
  axis: number,
  inner: number,
): void {
  const x = randomFloats(dtype, outer * axis * inner, { seed: 37 });
  const out = guarded(dtype, outer * inner);
  backend.reduce(out.data, x, outer, axis, inner, operation);
  const what = `${operation} of ${outer}×${axis}×${inner}`;
  const folds = Array.from({ length: outer * inner }, (_, i) => {
    const start = Math.floor(i / inner) * axis * inner + (i % inner);
    return Float64Array.from({ length: axis }, (_, r) => x[start + r * inner]!);
  });
  if (operation === 'maximum' || operation === 'minimum') {
    assertSame(
      out.data,
      folds.map((values) =>
        values.reduce((a, b) => BINARY[operation](a, b), operation === 'maximum' ? -Infinity : Infinity),
      ),
      what,
    );
  } else {
    const divisor = operation === 'mean' ? axis : 1;
    const expected = folds.map((values) => exactSum(values) / divisor);
    const u = unitRoundoff(dtype);
    // docs/numerics.md: the additions in double that a number passes through, the quotient, and the rounding to the type.
    const additions = dtype === 'float32' ? axis + 1 : 210;
    const bound = (i: number): number =>
      (gamma(additions, 'float64') * folds[i]!.reduce((sum, value) => sum + Math.abs(value), 0)) / divisor +
      2 * u * Math.abs(expected[i]!);
    assertWithin(out.data, expected, bound, what);
  }
  out.assertFenceIntact();
}

/** Σ with the rounding errors added up beside it (Neumaier, 1974): for these sizes, exact but for the last rounding. */
function exactSum(values: Float64Array): number {
  let [sum, lost] = [0, 0];
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}
