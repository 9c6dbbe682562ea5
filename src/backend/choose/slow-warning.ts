/** Nobody should compute slowly without knowing: the one warning, for when only plain JavaScript is available. */

import { platform } from '#platform';
import type { Backend } from '../backend.js';

/** Multiply-adds of a product worth a warning: about a millisecond of plain JavaScript. */
const LARGE = 1e6;

/**
 * The backend with a `gemm` that warns after its first large product, once, and then gives way to the plain one.
 *
 * The warning has the code ZEROKARA_SLOW and says why nothing faster was found.
 */
export function warnWhenSlow(backend: Backend): Backend {
  const { gemm, reason } = backend;
  const watched: Backend = {
    ...backend,
    gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc) {
      gemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
      if (m * n * k < LARGE) return;
      watched.gemm = gemm;
      platform.warnOnce(
        'ZEROKARA_SLOW',
        `zerokara computes in plain JavaScript, many times slower than it could: ${reason}. Run npx zerokara doctor to see what to do.`,
      );
    },
  };
  return watched;
}
