import { describe, expect, test } from 'vitest';
import { allocate, type Backend, type Dtype, type Floats } from '../../src/backend/backend.js';
import { createJsBackend } from '../../src/backend/js/js.js';
import { floatsOf } from '../support/floats.js';
import { guarded } from '../support/guarded.js';
import { randomFloats } from '../support/random.js';
import { assertSame, assertWithin, gamma as roundings } from '../support/rounding.js';
import { AWKWARD, DTYPES, PAIRS } from './sizes.js';

const reference = createJsBackend('the reference of this test');

/** Awkward sizes, more than one strip of columns, and one that threads share. */
const SIZES = [...PAIRS, [100, 130], [300, 200]] as const;

const EPSILON = 1e-3;

/** Every output of the two functions, for the same random numbers. */
function outputs(backend: Backend, dtype: Dtype, m: number, n: number): Record<string, Floats> {
  const [x, dy] = [1, 2].map((seed) => randomFloats(dtype, m * n, { seed }));
  const [gamma, beta] = [3, 4].map((seed) => randomFloats(dtype, n, { seed }));
  const [y, normalized, dx] = [0, 1, 2].map(() => guarded(dtype, m * n));
  const [variance, dgamma, dbeta] = [guarded(dtype, m), guarded(dtype, n), guarded(dtype, n)];
  backend.layerNormalization(y!.data, normalized!.data, variance.data, x!, gamma!, beta!, m, n, EPSILON);
  const given = [dy!, normalized!.data, variance.data, gamma!] as const;
  backend.layerNormalizationBackward(dx!.data, dgamma.data, dbeta.data, ...given, m, n, EPSILON);
  const all = { y: y!, normalized: normalized!, variance, dx: dx!, dgamma, dbeta };
  for (const output of Object.values(all)) output.assertFenceIntact();
  return Object.fromEntries(Object.entries(all).map(([name, { data }]) => [name, data]));
}

export function layerNormalizationConformance(backend: Backend): void {
  describe.each(DTYPES)('layer normalisation of %s', (dtype) => {
    test('is that of the js backend, within the rounding of its sums in double and one of its type', () => {
      for (const [m, n] of SIZES) {
        const expected = outputs(reference, dtype, m, n);
        for (const [name, values] of Object.entries(outputs(backend, dtype, m, n))) {
          const want = expected[name]!;
          const largest = Math.max(1, ...Array.from(want, Math.abs));
          // Differences are divided by √(variance + ε) ≥ 0.03; what backward reads was rounded before.
          const bound = 32 * largest * (roundings(3, dtype) + roundings(2 * (m + n) + 10, 'float64'));
          assertWithin(values, want, () => bound, `${name} of ${m} × ${n}`);
        }
      }
    });

    test('a row has mean 0 and variance 1 before gamma and beta', () => {
      const [m, n] = [5, 33];
      const { normalized, variance } = outputs(backend, dtype, m, n);
      for (let r = 0; r < m; r++) {
        const row = Array.from(normalized!.subarray(r * n, (r + 1) * n));
        const mean = row.reduce((sum, value) => sum + value, 0) / n;
        const square = row.reduce((sum, value) => sum + value * value, 0) / n;
        const scale = variance![r]! / (variance![r]! + EPSILON);
        assertWithin([mean, square], [0, scale], () => 8 * roundings(2, dtype), `row ${r}`);
      }
    });

    test('leaves out what is null, and gives the same numbers', () => {
      const [m, n] = [9, 7];
      const numbers = (length: number, seed: number): Floats => randomFloats(dtype, length, { seed });
      const [x, gamma, beta] = [numbers(m * n, 5), numbers(n, 6), numbers(n, 7)];
      const [y, alone, normalized, variance] = [m * n, m * n, m * n, m].map((length) => allocate(dtype, length));
      backend.layerNormalization(y!, normalized!, variance!, x, gamma, beta, m, n, EPSILON);
      backend.layerNormalization(alone!, null, null, x, gamma, beta, m, n, EPSILON);
      assertSame(alone!, y!);
      const [all, sums] = [0, 1].map(() => [allocate(dtype, n), allocate(dtype, n)] as const);
      const dx = allocate(dtype, m * n);
      backend.layerNormalizationBackward(dx, ...all!, x, normalized!, variance!, gamma, m, n, EPSILON);
      backend.layerNormalizationBackward(null, ...sums!, x, normalized!, variance!, gamma, m, n, EPSILON);
      expect(sums).toEqual(all);
    });

    test('a NaN stays in its row, and in its column of the sums; rows without columns have variance 0', () => {
      const x = floatsOf(dtype, [1, 2, Number.NaN, 4, 5, 7]);
      const [y, normalized, dx] = [0, 1, 2].map(() => allocate(dtype, 6));
      const [variance, one] = [allocate(dtype, 3), floatsOf(dtype, [1, 1])];
      backend.layerNormalization(y!, normalized!, variance, x, one, one, 3, 2, EPSILON);
      expect(Array.from(y!, Number.isNaN)).toEqual([false, false, true, true, false, false]);
      expect(Array.from(variance, Number.isNaN)).toEqual([false, true, false]);
      const [dgamma, dbeta] = [allocate(dtype, 2), allocate(dtype, 2)];
      const dy = floatsOf(dtype, [1, 2, 3, 4, Number.NaN, 6]);
      const zeros = allocate(dtype, 6);
      backend.layerNormalizationBackward(dx!, dgamma, dbeta, dy, zeros, floatsOf(dtype, [1, 1, 1]), one, 3, 2, EPSILON);
      expect(Array.from(dbeta, Number.isNaN)).toEqual([true, false]);
      expect(Array.from(dx!, Number.isNaN)).toEqual([false, false, false, false, true, true]);
      const none = allocate(dtype, 0);
      backend.layerNormalization(none, none, variance.fill(5), none, none, none, 3, 0, EPSILON);
      expect(Array.from(variance)).toEqual([0, 0, 0]);
    });

    test('multiply is exact, passes NaN and ∞, and may work in place', () => {
      for (const n of [...AWKWARD, 1000]) {
        const [a, b] = [8, 9].map((seed) => randomFloats(dtype, n, { seed }));
        if (n > 2) [a![0], b![1], b![2]] = [Number.NaN, Infinity, 0];
        const y = guarded(dtype, n);
        backend.multiply(y.data, a!, b!, n);
        assertSame(
          y.data,
          floatsOf(
            dtype,
            Array.from(a!, (value, i) => value * b![i]!),
          ),
        );
        y.assertFenceIntact();
        backend.multiply(a!, a!, b!, n);
        assertSame(a!, y.data);
      }
    });
  });
}
