/**
 * Products with few columns or few rows, for which a backend may have special kernels: every size around the
 * multiples of their tiles.
 */

import { describe, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.js';
import { check, FLAGS, named, nanStaysInItsPlace, sameBitsAnywhere } from './gemm.js';

/** Around the vectors of 8 and 16, their groups of up to four, and what is left over beside them. */
const COLUMNS = [
  1, 2, 4, 5, 8, 9, 10, 15, 17, 20, 24, 31, 32, 34, 47, 48, 49, 50, 51, 52, 53, 63, 64, 65, 66, 68, 100, 116, 128,
];
/** Around the tiles of 4, 6, 8 and 12 rows, below and above the least number of rows that own kernels take. */
const ROWS = [1, 3, 8, 39, 40, 41, 43, 46, 47, 50];
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
      sameBitsAnywhere(backend, { transA, transB, m: 45, n: 50, k: 130 });
    });

    test(`NaN in the old c, in a row and in a column that vectors share stays where it belongs, ${name}`, () => {
      nanStaysInItsPlace(backend, { transA, transB, m: 45, n: 50, k: 70, column: 49 });
    });
  });
}
