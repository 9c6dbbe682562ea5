/**
 * Larger products, for which a backend may have special kernels: sizes around the tiles, the panels of columns and the
 * passes over k.
 */

import { describe, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.js';
import { check, FLAGS, named, nanStaysInItsPlace, sameBitsAnywhere } from './gemm.js';

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
  // Rows of AVX2's tiles of 6, and more rows than a strip has at this depth; columns beyond its thin kernels.
  [16, 201, 320],
  [23, 217, 216],
  [250, 208, 321],
];
/** Two passes and more; a block of columns that a thread packs for several blocks of rows. */
const DEEP: readonly (readonly [m: number, n: number, k: number])[] = [
  [17, 60, 1025],
  [35, 100, 1024],
  [9, 120, 2049],
];
/** Few products, where a b stored by columns must be transposed: every edge of the blocks of 16 × 16. */
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
      check(backend, { dtype, transA, transB, m, n, k, alpha: -0.5, beta: 0.25, slack: 3 });
    });

    test.each(SMALL)(`%i × %i, the sum of %i products each, over whatever c held, ${name}`, (m, n, k) => {
      check(backend, { dtype, transA, transB, m, n, k, alpha: 1, beta: 0, slack: 0 });
    });

    test(`rows whose distance is a power of two, ${name}`, () => {
      const [m, n, k] = [24, 100, 500];
      const slack = 1024 - k;
      check(backend, { dtype, transA, transB, m, n, k, alpha: 1, beta: 1, slack });
    });

    test(`the same bits wherever the arrays lie, ${name}`, () => {
      sameBitsAnywhere(backend, { transA, transB, m: 70, n: 130, k: 160 });
    });

    test(`NaN in the old c, in a row and in a column stays where it belongs, ${name}`, () => {
      nanStaysInItsPlace(backend, { transA, transB, m: 85, n: 110, k: 130, column: 97 });
    });
  });
}
