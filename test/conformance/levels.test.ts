/**
 * The same suite under every lower CPU level of the native kernels, with other kernels of OpenBLAS, and on one thread: each
 * in a separate process, because all are chosen once, when the addon is loaded. conformance.test.ts itself runs at the
 * machine's own level, with the threads that are usual there.
 */

import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { selectBackend } from '../../src/backend/choose/load.js';
import { type AddonInfo, ISA_LEVELS } from '../../src/backend/native/addon.js';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

function addonInfo(): AddonInfo | undefined {
  try {
    return selectBackend('native').addon?.info();
  } catch (error) {
    if (process.env['REQUIRE_NATIVE'] === '1') throw error;
    console.warn(`conformance of CPU levels: skipped. ${(error as Error).message}`);
    return undefined;
  }
}

const info = addonInfo();
const levels = info === undefined ? [] : ISA_LEVELS.slice(0, ISA_LEVELS.indexOf(info.isaSupported) + 1);
// The levels below the machine's own, on one and on two threads; and, where OpenBLAS is there, on its kernels for AVX2.
const haswell = info?.blas === 'openblas' && levels.includes('v3') ? { OPENBLAS_CORETYPE: 'Haswell' } : {};
const settings: Record<string, string>[] =
  levels.length === 1
    ? [{ ZEROKARA_THREADS: '1' }]
    : levels
        .slice(0, -1)
        .reverse()
        .map((level, i) => ({ ZEROKARA_ISA: level, ZEROKARA_THREADS: String(i + 1), ...(i === 0 ? haswell : {}) }));

if (info === undefined) test.skip('the native backend conforms at every CPU level');

// Each run takes 11 s on an otherwise idle machine.
for (const setting of settings) {
  const named = Object.entries(setting).map(([name, value]) => `${name}=${value}`);
  test(`the native backend conforms with ${named.join(' and ')}`, async () => {
    const inherited = Object.entries(process.env).filter(
      ([key]) => !key.startsWith('VITEST') && key !== 'NODE_OPTIONS',
    );
    const run = promisify(execFile)(process.execPath, [vitest, 'run', 'test/conformance/conformance.test.ts'], {
      env: { ...Object.fromEntries(inherited), CONFORMANCE_BACKEND: 'native', REQUIRE_NATIVE: '1', ...setting },
    });
    const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => {
      throw new Error(`${error.stdout}\n${error.stderr}`);
    });
    expect(stdout).toMatch(/Tests .*passed/);
  }, 300_000);
}
