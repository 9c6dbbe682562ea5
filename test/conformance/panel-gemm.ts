/**
 * Larger products, for which a backend may have kernels of its own: sizes around the tiles, the panels of columns and the
 * passes over k.
 */

import { describe, expect, test } from 'vitest';
import { allocate, type Backend } from '../../src/backend/backend.js';
import { guarded } from '../support/guarded.js';
import { randomFloats } from '../support/random.js';
import { check, FLAGS, named } from './gemm.js';

/** Every height of a tile, alone and below others; every width of the last panel; more than a million products. */
const SHAPES: readonly (readonly [m: number, n: number, k: number])[] = [
  [8, 1000, 130],
  [9, 145, 800],
  [10, 160, 700],
  [11, 176, 600],
  [39, 192, 140],
  [64, 96, 170],
  [65, 97, 165],
  [67, 111, 140],
  [79, 112, 128],
  [95, 113, 97],
  [100, 129, 80],
  [129, 144, 60],
  [257, 500, 9],
  [1000, 100, 11],
];
/** Two passes and three; a block of columns that a thread packs for several blocks of rows. */
const DEEP: readonly (readonly [m: number, n: number, k: number])[] = [
  [17, 60, 1025],
  [35, 100, 1024],
  [9, 120, 2049],
];
/** Few products, where a b stored by columns must be turned: every edge of the blocks of 16 × 16. */
const SMALL: readonly (readonly [m: number, n: number, k: number])[] = [
  [8, 16, 8],
  [9, 17, 15],
  [13, 31, 16],
  [10, 47, 17],
  [33, 48, 33],
  [12, 100, 63],
  [20, 120, 65],
];

export function panelGemmConformance(backend: Backend): void {
  const dtype = 'float32';

  describe.each(FLAGS)('panel gemm, a transposed %s, b transposed %s', (transA, transB) => {
    const name = `${named(transA, 'a')}·${named(transB, 'b')}`;

    test.each([...SHAPES, ...DEEP, ...SMALL])(`%i × %i, the sum of %i products each, ${name}`, (m, n, k) => {
      check(backend, { dtype, transA, transB, m, n, k, alpha: 1, beta: 0, slack: 0 });
      check(backend, { dtype, transA, transB, m, n, k, alpha: -0.5, beta: 0.25, slack: 3 });
    });

    test(`rows whose distance is a power of two, ${name}`, () => {
      const [m, n, k] = [24, 100, 500];
      const slack = 1024 - k;
      check(backend, { dtype, transA, transB, m, n, k, alpha: 1, beta: 1, slack });
    });

    test(`the same bits wherever the arrays lie, ${name}`, () => {
      const [m, n, k] = [70, 130, 160];
      const a = randomFloats(dtype, m * k, { seed: 21 });
      const b = randomFloats(dtype, k * n, { seed: 22 });
      const results = [0, 1, 3, 5].map((offset) => {
        const moved = (x: ArrayLike<number>): Float32Array => {
          const whole = allocate(dtype, x.length + offset) as Float32Array;
          whole.set(x, offset);
          return whole.subarray(offset);
        };
        const c = guarded(dtype, m * n);
        backend.gemm(transA, transB, m, n, k, 1, moved(a), transA ? m : k, moved(b), transB ? k : n, 0, c.data, n);
        return c.data;
      });
      for (const result of results) expect(result).toEqual(results[0]);
    });

    test(`NaN in the old c, in a row and in a column stays where it belongs, ${name}`, () => {
      const [m, n, k] = [85, 110, 130];
      const a = randomFloats(dtype, m * k, { seed: 25 });
      const b = randomFloats(dtype, k * n, { seed: 26 });
      a[transA ? 65 * m + 4 : 4 * k + 65] = Number.NaN;
      b[transB ? 97 * k + 69 : 69 * n + 97] = Number.NaN;
      const c = guarded(dtype, m * n);
      c.data.fill(Number.NaN);
      backend.gemm(transA, transB, m, n, k, 1, a, transA ? m : k, b, transB ? k : n, 0, c.data, n);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) expect(Number.isNaN(c.data[i * n + j]!), `${i}, ${j}`).toBe(i === 4 || j === 97);
      }
      c.assertFenceIntact();
    });
  });
}
