/** The one warning, for when only plain JavaScript is available: nobody should compute slowly without knowing. */

import { platform } from '#platform';
import type { Backend } from '../backend.js';

/** Multiply-adds of a product that is worth a warning: about a millisecond in plain JavaScript. */
const LARGE = 1e6;

const ADVICE = platform.name === 'browser' ? 'See docs/browser.md.' : 'Run npx zerokara doctor to see what to do.';

/**
 * The backend with a `gemm` that warns once, after its first large product, and then replaces itself by the plain one.
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
        `zerokara computes in plain JavaScript, many times slower than it could: ${reason}. ${ADVICE}`,
      );
    },
  };
  return watched;
}
