import { describe, expect, test } from 'vitest';
import { allocate, type Backend, type Dtype, type Floats } from '../../src/backend/backend.js';
import { createJsBackend } from '../../src/backend/js/js.js';
import { floatsOf } from '../support/floats.js';
import { guarded } from '../support/guarded.js';
import { randomFloats } from '../support/random.js';
import { assertSame, assertWithin, gamma, smallestNormal, unitRoundoff } from '../support/rounding.js';
import { DTYPES, PAIRS } from './sizes.js';

const reference = createJsBackend('the reference of this test');

/** Awkward sizes, rows longer than a block, columns of one, and enough rows for threads. */
const SIZES = [...PAIRS, [3, 1000], [600, 1], [300, 100]] as const;

/** Losses of d = y − t: `term` and its derivative. */
const DIFFERENCES = {
  squaredError: {
    call: (backend: Backend, ...[dy, y, t, w, m, n, scale]: LossArguments) =>
      backend.squaredError(dy, y, t, w, m, n, scale),
    term: (d: number) => (d * d) / 2,
    pull: (d: number) => d,
  },
  huber: {
    call: (backend: Backend, ...[dy, y, t, w, m, n, scale]: LossArguments) =>
      backend.huber(dy, y, t, w, m, n, scale, 0.5),
    term: (d: number) => (Math.abs(d) <= 0.5 ? (d * d) / 2 : 0.5 * (Math.abs(d) - 0.25)),
    pull: (d: number) => Math.max(-0.5, Math.min(d, 0.5)),
  },
} as const;

type LossArguments = [
  dy: Floats | null,
  y: Floats,
  targets: Floats,
  weights: Floats | null,
  m: number,
  n: number,
  scale: number,
];

export function otherLossesConformance(backend: Backend): void {
  describe.each(DTYPES)('squaredError, huber and sigmoidCrossEntropy in %s', (dtype) => {
    describe.each(['squaredError', 'huber'] as const)('%s', (name) => {
      const { call, term, pull } = DIFFERENCES[name];

      test('is its formula; the gradient is rounded once, the loss summed in double', () => {
        for (const [m, n] of SIZES) {
          const [y, t] = [61, 62].map((seed) => randomFloats(dtype, m * n, { seed, low: -2, high: 2 }));
          for (const weights of [null, randomFloats(dtype, m, { seed: 63, low: 0, high: 2 })]) {
            const dy = guarded(dtype, m * n);
            const loss = call(backend, dy.data, y!, t!, weights, m, n, 0.1);
            const weight = (i: number): number => (weights === null ? 1 : weights[Math.floor(i / n)]!);
            const d = Float64Array.from(y!, (value, i) => value - t![i]!);
            const terms = Array.from(d, (value, i) => weight(i) * term(value));
            const sum = 0.1 * terms.reduce((total, value) => total + value, 0);
            assertWithin([loss], [sum], () => 2 * gamma(m * n + 5, 'float64') * sum, `${name} ${m}×${n}`);
            assertSame(
              dy.data,
              floatsOf(
                dtype,
                Array.from(d, (value, i) => 0.1 * weight(i) * pull(value)),
              ),
              'gradient',
            );
            dy.assertFenceIntact();
          }
        }
      });

      test('the gradient can be left out, and may overwrite y', () => {
        const [y, t] = [64, 65].map((seed) => randomFloats(dtype, 40, { seed }));
        const apart = guarded(dtype, 40);
        const inPlace = guarded(dtype, 40, y);
        const loss = call(backend, apart.data, y!, t!, null, 8, 5, 0.5);
        expect(call(backend, null, y!, t!, null, 8, 5, 0.5)).toBe(loss);
        expect(call(backend, inPlace.data, inPlace.data, t!, null, 8, 5, 0.5)).toBe(loss);
        assertSame(inPlace.data, apart.data);
      });

      test('a NaN stays in its place, and makes the loss NaN; no rows cost 0', () => {
        const dy = guarded(dtype, 3);
        expect(
          call(backend, dy.data, floatsOf(dtype, [1, Number.NaN, 1]), floatsOf(dtype, [1, 1, 0]), null, 3, 1, 1),
        ).toBeNaN();
        assertSame(dy.data, [0, Number.NaN, pull(1)]);
        const none = allocate(dtype, 0);
        expect(call(backend, none, none, none, null, 0, 3, Infinity)).toBe(0);
      });
    });

    test('huber is linear beyond delta, and there an infinite difference pulls with delta', () => {
      const dy = guarded(dtype, 4);
      const y = floatsOf(dtype, [3, -3, 1, Infinity]);
      expect(backend.huber(dy.data, y, floatsOf(dtype, [0, 0, 0, 0]), null, 4, 1, 1, 2)).toBe(Infinity);
      assertSame(dy.data, [2, -2, 1, 2]);
      expect(backend.huber(null, y, floatsOf(dtype, [0, 0, 0, 0]), null, 3, 1, 1, 2)).toBe(4 + 4 + 0.5);
    });

    test('sigmoidCrossEntropy and its gradient are within their bounds', () => {
      for (const reach of [1, 20, 1000]) {
        for (const [m, n] of SIZES) checkSigmoid(backend, dtype, m, n, reach);
      }
    });

    test('sigmoidCrossEntropy: shares of no that are given count; the gradient can be left out, and may overwrite the logits', () => {
      const [m, n] = [16, 7];
      const z = randomFloats(dtype, m * n, { seed: 71, low: -4, high: 4 });
      const yes = randomFloats(dtype, m * n, { seed: 72, low: 0 });
      const no = floatsOf(
        dtype,
        Array.from(yes, (value) => 1 - value),
      );
      const apart = guarded(dtype, m * n);
      const inPlace = guarded(dtype, m * n, z);
      const loss = backend.sigmoidCrossEntropy(apart.data, z, yes, no, null, m, n, 0.5);
      expect(backend.sigmoidCrossEntropy(null, z, yes, no, null, m, n, 0.5)).toBe(loss);
      expect(backend.sigmoidCrossEntropy(inPlace.data, inPlace.data, yes, no, null, m, n, 0.5)).toBe(loss);
      assertSame(inPlace.data, apart.data);
      // Yes alone, and no alone: what is left of each share, twice, is the whole.
      const none = allocate(dtype, m * n);
      const parts = [
        backend.sigmoidCrossEntropy(null, z, yes, none, null, m, n, 0.5),
        backend.sigmoidCrossEntropy(null, z, none, no, null, m, n, 0.5),
      ];
      assertWithin([parts[0]! + parts[1]!], [loss], () => 2 * gamma(m * n, 'float64') * loss);
    });

    test('sigmoidCrossEntropy of confident answers neither overflows nor cancels', () => {
      const dz = guarded(dtype, 4);
      const z = floatsOf(dtype, [1000, -1000, 40, 1000]);
      const loss = backend.sigmoidCrossEntropy(dz.data, z, floatsOf(dtype, [0, 1, 1, 1]), null, null, 4, 1, 1);
      assertWithin([loss], [2000], () => 1e-12);
      const left = -Math.exp(-40); // σ(40) − 1, which in the type is 0
      assertWithin(dz.data, [1, -1, left, 0], (i) => (i === 2 ? 8 * unitRoundoff(dtype) * -left : 0));
    });

    test('sigmoidCrossEntropy: a NaN stays in its place, and makes the loss NaN; no rows cost 0', () => {
      const dz = guarded(dtype, 3);
      const [z, yes] = [floatsOf(dtype, [0, Number.NaN, 0]), floatsOf(dtype, [1, 1, 0])];
      expect(backend.sigmoidCrossEntropy(dz.data, z, yes, null, null, 3, 1, 1)).toBeNaN();
      assertSame(dz.data, [-0.5, Number.NaN, 0.5]);
      const none = allocate(dtype, 0);
      expect(backend.sigmoidCrossEntropy(none, none, none, null, null, 0, 3, Infinity)).toBe(0);
    });
  });
}

function checkSigmoid(backend: Backend, dtype: Dtype, m: number, n: number, reach: number): void {
  const z = randomFloats(dtype, m * n, { seed: 66, low: -reach, high: reach });
  const yes = randomFloats(dtype, m * n, { seed: 67, low: 0 });
  const u = unitRoundoff(dtype);
  for (const weights of [null, randomFloats(dtype, m, { seed: 68, low: 0, high: 2 })]) {
    const expected = new Float64Array(m * n);
    const doubles = (array: Floats | null): Float64Array => Float64Array.from(array ?? []);
    const w = weights === null ? null : doubles(weights);
    const truth = reference.sigmoidCrossEntropy(expected, doubles(z), doubles(yes), null, w, m, n, 0.1);
    const dz = guarded(dtype, m * n);
    const loss = backend.sigmoidCrossEntropy(dz.data, z, yes, null, weights, m, n, 0.1);
    // All terms are positive: exp 4u, the logarithm 8u, and the sums in double.
    const bound = 2 * (12 * u + gamma(m * n + 5, 'float64')) * truth;
    assertWithin([loss], [truth], () => bound, `loss ${m}×${n} within ±${reach}`);
    const factor = (i: number): number => 0.1 * (weights === null ? 1 : weights[Math.floor(i / n)]!);
    // t₀ · σ(z) and t₁ · σ(−z) are within 6u, and may cancel.
    assertWithin(dz.data, expected, (i) => 14 * u * factor(i) + smallestNormal(dtype), 'gradient');
    dz.assertFenceIntact();
  }
}
