import { describe, expect, test } from 'vitest';
import { ACTIVATIONS, type Activation, type Backend, type Dtype, type Floats } from '../../src/backend/backend.js';
import { floatsOf } from '../support/floats.js';
import { guarded } from '../support/guarded.js';
import { randomFloats } from '../support/random.js';
import { assertRelative, assertSame, assertWithinRounding, unitRoundoff } from '../support/rounding.js';
import { AWKWARD, DTYPES, EXACT, PAIRS, SMOOTH } from './sizes.js';

/**
 * Allowed relative error of sigmoid and tanh in units of u: exp within 2 ulp is 4 u, the sum and the quotient add 2 u,
 * and tanh, which subtracts as well, is given the same again.
 */
const SMOOTH_UNITS = { sigmoid: 6, tanh: 8 } as const;

const truth: Record<Activation, (x: number) => number> = {
  identity: (x) => x,
  relu: (x) => Math.max(x, 0),
  sigmoid: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  tanh: Math.tanh,
};

const derivative: Record<Activation, (y: number) => number> = {
  identity: () => 1,
  relu: (y) => (y > 0 ? 1 : 0),
  sigmoid: (y) => y * (1 - y),
  tanh: (y) => 1 - y * y,
};

/** What the rounding errors of the derivative are relative to: where y² cancels against 1, its rounding stays. */
const derivativeMagnitude: Record<Activation, (y: number) => number> = {
  identity: () => 0,
  relu: () => 0,
  sigmoid: (y) => Math.abs(y * (1 - y)),
  tanh: (y) => 1 + y * y,
};

export function activationsConformance(backend: Backend): void {
  describe.each(DTYPES)('activations of %s', (dtype) => {
    for (const f of EXACT) {
      test(`${f} is exact`, () => {
        for (const n of AWKWARD) {
          const x = randomFloats(dtype, n, { seed: 11, low: -4, high: 4 });
          const y = guarded(dtype, n);
          backend.activation(y.data, x, n, f);
          expect(Array.from(y.data)).toEqual(Array.from(x, truth[f]));
          y.assertFenceIntact();
        }
      });
    }

    for (const f of SMOOTH) {
      test(`${f} is within ${SMOOTH_UNITS[f as 'sigmoid' | 'tanh']} units of rounding, from denormal to saturated`, () => {
        const units = SMOOTH_UNITS[f as 'sigmoid' | 'tanh'];
        for (const n of AWKWARD) checkActivation(backend, dtype, f, randomFloats(dtype, n, { seed: 12 }), units);
        for (const reach of [1e-30, 1e-6, 1e-3, 0.7, 10, 100, 1000]) {
          checkActivation(backend, dtype, f, randomFloats(dtype, 1000, { seed: 13, low: -reach, high: reach }), units);
        }
      });
    }

    for (const f of ACTIVATIONS) {
      test(`${f} keeps NaN and has its limits at ±∞ and ±1000`, () => {
        const x = floatsOf(dtype, [Number.NaN, -Infinity, Infinity, -1000, 1000, 0, 1, Number.NaN, -1]);
        const y = guarded(dtype, x.length);
        backend.activation(y.data, x, x.length, f);
        expect(y.data[0]).toBeNaN();
        expect(y.data[7]).toBeNaN();
        expect(Array.from(y.data.subarray(1, 5))).toEqual(Array.from(x.subarray(1, 5), truth[f]));
        y.assertFenceIntact();
      });

      test(`${f} may work in place, to the same bits`, () => {
        const x = randomFloats(dtype, 100, { seed: 14, low: -3, high: 3 });
        const apart = guarded(dtype, 100);
        backend.activation(apart.data, x, 100, f);
        backend.activation(x, x, 100, f);
        assertSame(x, apart.data);
      });

      test(`the derivative of ${f} is taken at the output`, () => {
        for (const n of [...AWKWARD, 1000]) {
          const dy = randomFloats(dtype, n, { seed: 15 });
          const y = randomFloats(dtype, n, { seed: 16, low: f === 'sigmoid' ? 0 : -1 });
          const dx = guarded(dtype, n);
          backend.activationBackward(dx.data, dy, y, n, f);
          const expected = Float64Array.from(dy, (value, i) => value * derivative[f](y[i]!));
          const magnitudes = Float64Array.from(dy, (value, i) => Math.abs(value) * derivativeMagnitude[f](y[i]!));
          assertWithinRounding(dx.data, expected, { terms: 4, magnitudes, dtype, what: `${f}′` });
          dx.assertFenceIntact();
          backend.activationBackward(dy, dy, y, n, f);
          assertSame(dy, dx.data);
        }
      });

      test(`${f} passes a NaN in dy through its derivative`, () => {
        const dy = floatsOf(dtype, [Number.NaN, 1, Number.NaN, 1, 1]);
        const y = floatsOf(dtype, [0, 0, 1, 1, 0]);
        const dx = guarded(dtype, 5);
        backend.activationBackward(dx.data, dy, y, 5, f);
        expect(Array.from(dx.data, Number.isNaN)).toEqual([true, false, true, false, false]);
      });

      test(`biasActivation with ${f} equals adding the bias and then activation, to the bit`, () => {
        for (const [m, n] of [...PAIRS, [100, 50] as const]) {
          const bias = randomFloats(dtype, n, { seed: 17 });
          const x = randomFloats(dtype, m * n, { seed: 18, low: -3, high: 3 });
          const y = guarded(dtype, m * n, x);
          backend.biasActivation(y.data, bias, m, n, f);
          for (let i = 0; i < m * n; i++) x[i]! += bias[i % n]!;
          backend.activation(x, x, m * n, f);
          assertSame(y.data, x);
          y.assertFenceIntact();
        }
      });

      test(`affine with ${f} equals gemm and then biasActivation, to the bit`, () => {
        for (const [m, n] of [...PAIRS, [1, 50] as const, [100, 50] as const]) {
          for (const k of [0, 1, 7, 33]) {
            const x = randomFloats(dtype, m * k, { seed: 21 });
            const w = randomFloats(dtype, k * n, { seed: 22 });
            const b = randomFloats(dtype, n, { seed: 23 });
            const y = guarded(dtype, m * n);
            backend.affine(y.data, x, w, b, m, n, k, f);
            const composed = randomFloats(dtype, m * n, { seed: 24 });
            backend.gemm(false, false, m, n, k, 1, x, k, w, n, 0, composed, n);
            backend.biasActivation(composed, b, m, n, f);
            assertSame(y.data, composed);
            y.assertFenceIntact();
          }
        }
      });

      test(`biasActivationBackward with ${f} equals activationBackward and then columnSums`, () => {
        for (const [m, n] of [...PAIRS, [100, 50] as const]) {
          const dy = randomFloats(dtype, m * n, { seed: 19 });
          const y = randomFloats(dtype, m * n, { seed: 20, low: f === 'sigmoid' ? 0 : -1 });
          const dz = guarded(dtype, m * n);
          const db = guarded(dtype, n);
          backend.biasActivationBackward(dz.data, db.data, dy, y, m, n, f);
          const composed = guarded(dtype, m * n);
          const sums = guarded(dtype, n);
          backend.activationBackward(composed.data, dy, y, m * n, f);
          backend.columnSums(sums.data, composed.data, m, n);
          assertSame(dz.data, composed.data);
          assertSame(db.data, sums.data);
          dz.assertFenceIntact();
          db.assertFenceIntact();
          backend.biasActivationBackward(dy, db.data, dy, y, m, n, f);
          assertSame(dy, dz.data);
        }
      });
    }

    test('columnSums is within rounding of the sum over rows, and 0 over no rows', () => {
      for (const [m, n] of [...PAIRS, [100, 50] as const, [256, 1000] as const, [1000, 3] as const]) {
        const x = randomFloats(dtype, m * n, { seed: 21 });
        const out = guarded(dtype, n);
        backend.columnSums(out.data, x, m, n);
        const expected = new Float64Array(n);
        const magnitudes = new Float64Array(n);
        for (let i = 0; i < m * n; i++) {
          expected[i % n]! += x[i]!;
          magnitudes[i % n]! += Math.abs(x[i]!);
        }
        assertWithinRounding(out.data, expected, { terms: m, magnitudes, dtype, what: `columnSums ${m}×${n}` });
        out.assertFenceIntact();
      }
    });

    test('columnSums adds rows in order, so that cancellation shows the order', () => {
      const big = 2 / unitRoundoff(dtype);
      const out = guarded(dtype, 2);
      backend.columnSums(out.data, floatsOf(dtype, [big, 1, 1, big, -big, -big, 1, 1]), 4, 2);
      // 2/u + 1 rounds to 2/u: in order the first column is ((2/u + 1) − 2/u) + 1 = 1, the second ((1 + 2/u) − 2/u) + 1 = 1.
      // A sum kept in more digits gives 2, which is nearer: both are within the bound, nothing else is.
      for (const sum of out.data) expect([1, 2]).toContain(sum);
    });

    test('columnSums keeps a NaN and an ∞ in their column', () => {
      const out = guarded(dtype, 4);
      backend.columnSums(out.data, floatsOf(dtype, [1, Number.NaN, Infinity, Infinity, 2, 1, 1, -Infinity]), 2, 4);
      expect(Array.from(out.data)).toEqual([3, Number.NaN, Infinity, Number.NaN]);
    });
  });
}

function checkActivation(backend: Backend, dtype: Dtype, f: Activation, x: Floats, units: number): void {
  const y = guarded(dtype, x.length);
  backend.activation(y.data, x, x.length, f);
  // In float64 the reference is itself a library function within 1 ulp, followed by the same sum and quotient.
  const slack = dtype === 'float64' ? 4 : 0;
  assertRelative(y.data, Float64Array.from(x, truth[f]), { units: units + slack, dtype, what: f });
  y.assertFenceIntact();
}
