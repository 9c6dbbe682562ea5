/**
 * The same suite at every lower CPU level of the native kernels, with other kernels of OpenBLAS, and on one and on two threads.
 * conformance.test.ts itself runs at the machine's own level, with the threads that are usual there.
 *
 * This file has a process of its own: OpenBLAS chooses its kernels once, when the addon is loaded, and the number of threads is
 * one for the process.
 */

import { beforeAll, describe, expect, test } from 'vitest';
import { ISA_LEVELS, type IsaLevel } from '../../src/backend/native/addon.js';
import { fastestCoreType } from '../../src/backend/native/core-type.js';
import { createNativeBackend, initializeAddon } from '../../src/backend/native/native.js';
import { addonAt, addonFile } from '../support/addon.js';
import { conformance } from './suite.js';

// Wherever the CPU has AVX2: OpenBLAS's kernels for that.
if (fastestCoreType() !== undefined) process.env['OPENBLAS_CORETYPE'] = 'Haswell';
const path = addonFile();

if (path === undefined) {
  test.skip('the native backend conforms at every CPU level', () => {});
} else {
  const { isaSupported } = addonAt(path, 'baseline').info();
  const lower = ISA_LEVELS.slice(0, ISA_LEVELS.indexOf(isaSupported)).reverse();
  const levels: readonly IsaLevel[] = lower.length === 0 ? [isaSupported] : lower;

  describe.each(levels.map((isa, i) => ({ isa, threads: i + 1 })))(
    'the native backend at level $isa, threads: $threads',
    ({ isa, threads }) => {
      const addon = addonAt(path, isa);
      initializeAddon(addon, { isa, threads });
      beforeAll(() => addon.setThreads(threads));

      test('has the level, the threads and the kernels of OpenBLAS that are asked for', () => {
        expect(addon.info().isa).toBe(isa);
        expect(addon.getThreads()).toBe(threads);
        const { blas, corename } = addon.info();
        if (blas === 'openblas' && fastestCoreType() !== undefined) expect(corename).toMatch(/^haswell$/i);
      });

      conformance(createNativeBackend(addon, `level ${isa} was asked for by this test`));
    },
  );
}
