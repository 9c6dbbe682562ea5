/**
 * Products of few rows, for which a backend may have special kernels: every number of rows up to one more than they take, beside
 * widths around the vectors and their groups, in both dtypes.
 */

import { describe, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.js';
import { check, nanStaysInItsPlace, sameBitsAnywhere } from './gemm.js';
import { DTYPES } from './sizes.js';

const ROWS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
/** Around vectors of 2, 4, 8 and 16, groups of up to eight of them, and more columns than one block has. */
const COLUMNS = [
  1, 2, 3, 5, 7, 9, 11, 15, 17, 23, 25, 31, 33, 41, 49, 50, 57, 63, 65, 97, 99, 127, 129, 255, 257, 513, 1025,
];
/** None, some and many terms beside the blocks of up to eight rows of b. */
const DEPTHS = [1, 2, 3, 5, 7, 8, 9, 15, 17, 33, 131];

export function fewRowsConformance(backend: Backend): void {
  const plain = { transA: false, transB: false };

  describe.each(DTYPES)('gemm of a few rows of %s', (dtype) => {
    describe.each(ROWS)('m = %i', (m) => {
      test('every width beside a few lengths of the sums', () => {
        for (const n of COLUMNS) {
          check(backend, { dtype, ...plain, m, n, k: 19, alpha: 1, beta: 0, slack: 0 });
          check(backend, { dtype, ...plain, m, n, k: 6, alpha: -0.5, beta: 0.25, slack: 3 });
        }
      });

      test('every length of the sums beside a few widths', () => {
        for (const k of DEPTHS) {
          for (const n of [1, 10, 21, 50, 150]) {
            check(backend, { dtype, ...plain, m, n, k, alpha: 1, beta: 0, slack: 0 });
            check(backend, { dtype, ...plain, m, n, k, alpha: 2, beta: 1, slack: 1 });
          }
        }
      });
    });
  });

  test.each(ROWS)('a few rows: the same bits wherever the arrays lie, m = %i', (m) => {
    for (const n of [3, 50, 150]) sameBitsAnywhere(backend, { ...plain, m, n, k: 70 });
  });

  test.each(ROWS)('a few rows: NaN in the old c, in a row and in a column stays where it belongs, m = %i', (m) => {
    for (const n of [3, 50, 150]) nanStaysInItsPlace(backend, { ...plain, m, n, k: 70, column: n - 1 });
  });
}
