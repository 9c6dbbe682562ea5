/**
 * Products with few columns or few rows, for which a backend may have kernels of its own: every size around the
 * multiples of their tiles.
 */

import { describe, expect, test } from 'vitest';
import { allocate, type Backend } from '../../src/backend/backend.js';
import { guarded } from '../support/guarded.js';
import { randomFloats } from '../support/random.js';
import { check, FLAGS, named } from './gemm.js';

/** Around the vectors of 8 and 16, their groups of up to four, and what is left over beside them. */
const COLUMNS = [
  1, 2, 4, 5, 8, 9, 10, 15, 17, 20, 24, 31, 32, 34, 47, 48, 49, 50, 51, 52, 53, 63, 64, 65, 66, 68, 100, 116, 128,
];
/** Around the tiles of 4, 6, 8 and 12 rows, below and above the least number of rows that own kernels take. */
const ROWS = [1, 2, 3, 7, 8, 13, 39, 40, 41, 42, 43, 44, 46, 47, 48, 50, 53];
/** Around a vector, the least length of dot products, and the blocks of k. */
const DEPTHS = [1, 10, 15, 17, 63, 64, 65, 127, 128, 129, 145, 257];

export function thinGemmConformance(backend: Backend): void {
  const dtype = 'float32';

  describe.each(FLAGS)('thin gemm, a transposed %s, b transposed %s', (transA, transB) => {
    const name = `${named(transA, 'a')}·${named(transB, 'b')}`;

    test.each(COLUMNS)(`every tile of rows beside %i columns, ${name}`, (n) => {
      for (const m of ROWS) {
        check(backend, { dtype, transA, transB, m, n, k: 3, alpha: 1, beta: 0, slack: 0 });
        check(backend, { dtype, transA, transB, m, n, k: 66, alpha: -0.5, beta: 0.25, slack: 3 });
      }
    });

    test(`every length of the sums, ${name}`, () => {
      for (const k of DEPTHS) {
        for (const n of [10, 16, 18, 50, 52, 64, 100]) {
          check(backend, { dtype, transA, transB, m: 61, n, k, alpha: 1, beta: 0, slack: 0 });
          check(backend, { dtype, transA, transB, m: 45, n, k, alpha: 2, beta: 1, slack: 1 });
        }
      }
    });

    test(`the same bits wherever the arrays lie, ${name}`, () => {
      const [m, n, k] = [45, 50, 130];
      const [ca, cb] = [transA ? m : k, transB ? k : n];
      const a = randomFloats(dtype, m * k, { seed: 11 });
      const b = randomFloats(dtype, k * n, { seed: 12 });
      const results = [0, 1, 3, 5].map((offset) => {
        const moved = (x: ArrayLike<number>): Float32Array => {
          const whole = allocate(dtype, x.length + offset) as Float32Array;
          whole.set(x, offset);
          return whole.subarray(offset);
        };
        const c = guarded(dtype, m * n);
        backend.gemm(transA, transB, m, n, k, 1, moved(a), ca, moved(b), cb, 0, c.data, n);
        return c.data;
      });
      for (const result of results) expect(result).toEqual(results[0]);
    });

    test(`NaN in the old c, in a row and in a column that vectors share stays where it belongs, ${name}`, () => {
      const [m, n, k] = [45, 50, 70];
      const a = randomFloats(dtype, m * k, { seed: 13 });
      const b = randomFloats(dtype, k * n, { seed: 14 });
      a[transA ? 65 * m + 4 : 4 * k + 65] = Number.NaN;
      b[transB ? 49 * k + 69 : 69 * n + 49] = Number.NaN;
      const c = guarded(dtype, m * n);
      c.data.fill(Number.NaN);
      backend.gemm(transA, transB, m, n, k, 1, a, transA ? m : k, b, transB ? k : n, 0, c.data, n);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) expect(Number.isNaN(c.data[i * n + j]!), `${i}, ${j}`).toBe(i === 4 || j === 49);
      }
      c.assertFenceIntact();
    });
  });
}
