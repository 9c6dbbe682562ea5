import { describe, expect, test } from 'vitest';
import { allocate, type Backend, type Dtype, type Floats } from '../../src/backend/backend.js';
import { createJsBackend } from '../../src/backend/js/js.js';
import { floatsOf } from '../support/floats.js';
import { guarded } from '../support/guarded.js';
import { randomFloats } from '../support/random.js';
import { assertSame, assertWithin, gamma as roundings } from '../support/rounding.js';
import { DTYPES, PAIRS } from './sizes.js';

const reference = createJsBackend('the reference of this test');

/** Sizes with more than one block of columns, and one that threads share. */
const SIZES = [...PAIRS, [100, 130], [700, 300]] as const;

const EPSILON = 1e-3;

interface Case {
  readonly m: number;
  readonly n: number;
  readonly x: Floats;
  readonly dy: Floats;
  readonly gamma: Floats;
  readonly beta: Floats;
}

const caseOf = (dtype: Dtype, m: number, n: number): Case => {
  const numbers = (length: number, seed: number): Floats => randomFloats(dtype, length, { seed });
  return { m, n, x: numbers(m * n, 1), dy: numbers(m * n, 2), gamma: numbers(n, 3), beta: numbers(n, 4) };
};

/** Every output of the three functions. */
function outputs(backend: Backend, dtype: Dtype, { m, n, x, dy, gamma, beta }: Case): Record<string, Floats> {
  const matrix = (): ReturnType<typeof guarded> => guarded(dtype, m * n);
  const row = (): ReturnType<typeof guarded> => guarded(dtype, n);
  const [y, normalized, dx, inferred] = [matrix(), matrix(), matrix(), matrix()];
  const [mean, variance, dgamma, dbeta] = [row(), row(), row(), row()];
  backend.batchNormalization(y.data, normalized.data, mean.data, variance.data, x, gamma, beta, m, n, EPSILON);
  backend.batchNormalizationBackward(
    dx.data,
    dgamma.data,
    dbeta.data,
    dy,
    normalized.data,
    variance.data,
    gamma,
    m,
    n,
    EPSILON,
  );
  backend.batchNormalizationInference(inferred.data, x, mean.data, variance.data, gamma, beta, m, n, EPSILON);
  const all = { y, normalized, dx, inferred, mean, variance, dgamma, dbeta };
  for (const output of Object.values(all)) output.assertFenceIntact();
  return Object.fromEntries(Object.entries(all).map(([name, { data }]) => [name, data]));
}

export function normalizationConformance(backend: Backend): void {
  describe.each(DTYPES)('batch normalisation of %s', (dtype) => {
    test('gives the bits of the js backend', () => {
      for (const [m, n] of SIZES) {
        const given = caseOf(dtype, m, n);
        const expected = outputs(reference, dtype, given);
        for (const [name, values] of Object.entries(outputs(backend, dtype, given))) {
          assertSame(values, expected[name]!, `${name} of ${m} × ${n}`);
        }
      }
    });

    test('is the formula, within the rounding of its sums in double', () => {
      const [m, n] = [37, 5];
      const given = caseOf(dtype, m, n);
      const { x, gamma, beta } = given;
      const { y, mean, variance } = outputs(backend, dtype, given);
      for (let j = 0; j < n; j++) {
        const column = Array.from({ length: m }, (_, r) => x[r * n + j]!);
        const center = column.reduce((sum, value) => sum + value) / m;
        const spread = column.reduce((sum, value) => sum + (value - center) ** 2, 0) / m;
        const largest = Math.max(...column.map(Math.abs));
        // m additions in double, and one rounding when the number is stored.
        const bound = roundings(m + 2, 'float64') * largest * largest + roundings(1, dtype) * (1 + largest);
        assertWithin([mean![j]!, variance![j]!], [center, spread], () => 2 * bound, `column ${j}`);
        const expected = column.map((value) => (gamma[j]! * (value - center)) / Math.sqrt(spread + EPSILON) + beta[j]!);
        const scale = Math.max(...expected.map(Math.abs)) + Math.abs(beta[j]!);
        const found = column.map((_, r) => y![r * n + j]!);
        assertWithin(found, expected, () => 2 * scale * (roundings(2, dtype) + roundings(8 * m, 'float64')), 'y');
      }
    });

    test('backward leaves dx out where it is null, and gives the same sums', () => {
      const { m, n, x, dy, gamma } = caseOf(dtype, 9, 7);
      const [all, sums] = [0, 1].map(() => [allocate(dtype, n), allocate(dtype, n)] as const);
      const variance = floatsOf(dtype, new Array(n).fill(0.5));
      const dx = allocate(dtype, m * n);
      backend.batchNormalizationBackward(dx, all![0], all![1], dy, x, variance, gamma, m, n, EPSILON);
      backend.batchNormalizationBackward(null, sums![0], sums![1], dy, x, variance, gamma, m, n, EPSILON);
      expect(sums).toEqual(all);
    });

    test('without rows mean and variance are 0; a NaN stays in its column', () => {
      const empty = outputs(backend, dtype, caseOf(dtype, 0, 3));
      expect([...empty['mean']!, ...empty['variance']!, ...empty['dgamma']!]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
      const given = caseOf(dtype, 4, 3);
      given.x[4] = Number.NaN;
      const { y, mean } = outputs(backend, dtype, given);
      expect(Array.from(mean!, Number.isNaN)).toEqual([false, true, false]);
      expect(Array.from(y!, Number.isNaN)).toEqual(Array.from({ length: 12 }, (_, i) => i % 3 === 1));
    });
  });
}
