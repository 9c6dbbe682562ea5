import { describe, expect, test } from 'vitest';
import type { Backend, Dtype, Floats } from '../../src/backend/backend.js';
import { createJsBackend } from '../../src/backend/js/js.js';
import { floatsOf } from '../support/floats.js';
import { guarded } from '../support/guarded.js';
import { randomFloats } from '../support/random.js';
import { assertSame, assertWithin, smallestNormal, unitRoundoff } from '../support/rounding.js';
import { AWKWARD, DTYPES } from './sizes.js';

const reference = createJsBackend('the reference of this test');

/** alpha is a float32 number: it is the same in both types. */
const ALPHA = 0.25;

/** The exponent of the form by tanh, at least as large as that of the exact one, by which rounding errors are multiplied. */
const exponent = (x: number): number => Math.min(Math.abs(x), 40) * (1.6 + 0.072 * Math.min(x * x, 1600));

interface Case {
  readonly name: string;
  forward(backend: Backend, y: Floats, x: Floats, n: number): void;
  backward(backend: Backend, dx: Floats, dy: Floats, x: Floats, n: number): void;
  /** Units of u by which a value at x may be off, relative. */
  units(x: number): number;
  /** Its values and slopes far below and far above 0, at ∓1000 and ∓∞. */
  readonly below: number;
}

const CASES: readonly Case[] = [
  {
    name: 'leakyRelu',
    forward: (backend, y, x, n) => backend.leakyRelu(y, x, n, ALPHA),
    backward: (backend, dx, dy, x, n) => backend.leakyReluBackward(dx, dy, x, n, ALPHA),
    units: () => 1,
    below: ALPHA,
  },
  {
    name: 'softplus',
    forward: (backend, y, x, n) => backend.softplus(y, x, n),
    backward: (backend, dx, dy, x, n) => backend.softplusBackward(dx, dy, x, n),
    units: () => 12,
    below: 0,
  },
  ...[true, false].map((exact) => ({
    name: exact ? 'gelu' : 'gelu by tanh',
    forward: (backend: Backend, y: Floats, x: Floats, n: number) => backend.gelu(y, x, n, exact),
    backward: (backend: Backend, dx: Floats, dy: Floats, x: Floats, n: number) =>
      backend.geluBackward(dx, dy, x, n, exact),
    units: (x: number) => 12 + 4 * exponent(x),
    below: 0,
  })),
];

/** Forward and backward of the js backend in float64. */
function truth({ forward, backward }: Case, x: Floats, dy: Floats): { y: Float64Array; dx: Float64Array } {
  const n = x.length;
  const [y, dx] = [new Float64Array(n), new Float64Array(n)];
  forward(reference, y, Float64Array.from(x), n);
  backward(reference, dx, Float64Array.from(dy), Float64Array.from(x), n);
  return { y, dx };
}

export function smoothActivationsConformance(backend: Backend): void {
  describe.each(DTYPES)('activations with the derivative at the input, %s', (dtype) => {
    for (const one of CASES) {
      test(`${one.name} and its derivative are within their bounds, from denormal to saturated`, () => {
        for (const n of AWKWARD) check(backend, one, dtype, n, 3);
        for (const reach of [1e-30, 1e-6, 1e-3, 1, 10, 100]) check(backend, one, dtype, 1000, reach);
        check(backend, one, dtype, 20_000, 5); // more than one block
      });

      test(`${one.name} may work in place, to the same bits`, () => {
        const [x, dy] = [1, 2].map((seed) => randomFloats(dtype, 100, { seed, low: -3, high: 3 }));
        const [y, dx] = [guarded(dtype, 100), guarded(dtype, 100)];
        one.forward(backend, y.data, x!, 100);
        one.backward(backend, dx.data, dy!, x!, 100);
        one.backward(backend, dy!, dy!, x!, 100);
        one.forward(backend, x!, x!, 100);
        assertSame(x!, y.data);
        assertSame(dy!, dx.data);
      });

      test(`${one.name} keeps NaN, and has its limits`, () => {
        const x = floatsOf(dtype, [Number.NaN, -1000, 1000, -Infinity, Infinity]);
        const y = guarded(dtype, 5);
        one.forward(backend, y.data, x, 5);
        const lowest = one.below === 0 ? 0 : -Infinity;
        assertSame(y.data, [Number.NaN, one.below * -1000, 1000, lowest, Infinity]);
        const dx = guarded(dtype, 5);
        one.backward(backend, dx.data, floatsOf(dtype, [1, 2, 3, 4, 5]), x, 5);
        assertSame(dx.data.subarray(1), [2 * one.below, 3, 4 * one.below, 5]);
        one.backward(backend, dx.data, floatsOf(dtype, [1, Number.NaN, Number.NaN, 1, 1]), x, 5);
        expect([dx.data[1], dx.data[2]]).toEqual([Number.NaN, Number.NaN]);
      });
    }

    test('leakyRelu takes alpha in the type of its arrays', () => {
      const y = guarded(dtype, 1);
      backend.leakyRelu(y.data, floatsOf(dtype, [-1]), 1, 0.01);
      expect(y.data[0]).toBe(dtype === 'float32' ? Math.fround(-0.01) : -0.01);
    });
  });
}

function check(backend: Backend, one: Case, dtype: Dtype, n: number, reach: number): void {
  const x = randomFloats(dtype, n, { seed: 51, low: -reach, high: reach });
  const dy = randomFloats(dtype, n, { seed: 52 });
  const expected = truth(one, x, dy);
  const u = unitRoundoff(dtype);
  // Both sides of a comparison in float64 are off.
  const sides = dtype === 'float64' ? 2 : 1;
  const [y, dx] = [guarded(dtype, n), guarded(dtype, n)];
  one.forward(backend, y.data, x, n);
  one.backward(backend, dx.data, dy, x, n);
  const what = `${one.name} of ${n} within ±${reach}`;
  const bound = (i: number): number => sides * u * one.units(x[i]!);
  assertWithin(y.data, expected.y, (i) => bound(i) * Math.abs(expected.y[i]!) + smallestNormal(dtype), what);
  // A slope is a sum of two terms of at most 1, which may cancel; the smaller one is e^(−x²/2) and less.
  assertWithin(
    dx.data,
    expected.dx,
    (i) => (2 * sides * u * 30 + bound(i) * tailOf(x[i]!)) * Math.abs(dy[i]!) + smallestNormal(dtype),
    `slope of ${what}`,
  );
  y.assertFenceIntact();
  dx.assertFenceIntact();
}

/** How large what is multiplied by an exponential is at most: x · e^(−x²/2), and 1 near 0. */
function tailOf(x: number): number {
  return Math.min(1, (1 + Math.abs(x)) * Math.exp((-x * x) / 2));
}
