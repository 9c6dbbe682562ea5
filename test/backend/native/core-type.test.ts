import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { selectBackend } from '../../../src/backend/choose/load.js';
import { packageRoot } from '../../../src/backend/native/addon-file.js';
import { fastestCoreType, unusableCoreType } from '../../../src/backend/native/core-type.js';
import { addonFile } from '../../support/addon.js';
import { runNode } from '../../support/run-node.js';

const haswell = {
  architecture: 'x64',
  cpuinfo: 'processor\t: 0\nflags\t\t: fpu sse2 ssse3 sse4_1 sse4_2 avx avx2 fma\n',
};
const cannot = (name: string, missing: string): string =>
  `OPENBLAS_CORETYPE is "${name}", whose kernels this CPU cannot run: it has no ${missing}`;

test('kernels that need what the CPU does not have are found, whatever case the name is in', () => {
  expect(unusableCoreType('Excavator', haswell)).toBe(cannot('Excavator', 'fma4'));
  expect(unusableCoreType('bulldozer', haswell)).toBe(cannot('bulldozer', 'fma4'));
  expect(unusableCoreType('Opteron', haswell)).toBe(cannot('Opteron', '3dnow'));
  expect(unusableCoreType('SKYLAKEX', haswell)).toBe(
    cannot('SKYLAKEX', 'avx512f, avx512cd, avx512bw, avx512dq, avx512vl'),
  );
  for (const name of ['Haswell', 'Zen', 'Sandybridge', 'Nehalem', 'Prescott', 'Core2']) {
    expect(unusableCoreType(name, haswell)).toBeUndefined();
  }
});

test('nothing is reported for unknown names, for other processors, or if the system does not say', () => {
  expect(unusableCoreType(undefined, haswell)).toBeUndefined();
  expect(unusableCoreType('Pentium', haswell)).toBeUndefined();
  expect(unusableCoreType('Excavator', { architecture: 'arm64', cpuinfo: 'Features\t: fp asimd' })).toBeUndefined();
  expect(unusableCoreType('Excavator', { architecture: 'x64', cpuinfo: '' })).toBeUndefined();
});

test('the fastest kernels that a CPU can run are named, and none where OpenBLAS knows the CPU or nothing is known', () => {
  const cpu = (flags: string) => ({ architecture: 'x64', cpuinfo: `processor\t: 0\nflags\t\t: ${flags}\n` });
  const avx512 = 'avx512f avx512cd avx512bw avx512dq avx512vl';
  expect(fastestCoreType(haswell)).toBe('Haswell');
  expect(fastestCoreType(cpu(`fpu sse2 avx2 fma ${avx512}`))).toBe('SkylakeX');
  // Knights Landing has AVX-512 without BW, DQ and VL.
  expect(fastestCoreType(cpu('fpu sse2 avx2 fma avx512f avx512cd'))).toBe('Haswell');
  expect(fastestCoreType(cpu('fpu sse2 avx2 fma fma4'))).toBeUndefined();
  expect(fastestCoreType(cpu('fpu sse2 ssse3 avx'))).toBeUndefined();
  expect(fastestCoreType({ architecture: 'arm64', cpuinfo: 'Features\t: fp asimd' })).toBeUndefined();
  expect(fastestCoreType({ architecture: 'x64', cpuinfo: '' })).toBeUndefined();
});

const path = addonFile();
const here = process.platform === 'linux' && process.arch === 'x64' ? readFileSync('/proc/cpuinfo', 'utf8') : '';
const usesOpenBlas = path !== undefined && selectBackend('native').addon!.info().blas === 'openblas';

// Only the few processors with FMA4 run these: on others OpenBLAS would kill the process (exit code 132).
describe.skipIf(!usesOpenBlas || here === '' || / fma4( |$)/m.test(here))('FOUND L11: on this CPU', () => {
  // A file: as an argument of Node the bundle would be longer than the system allows.
  const folder = mkdtempSync(join(tmpdir(), 'zerokara-core-type-'));
  const bundle = join(folder, 'backend.cjs');
  afterAll(() => rmSync(folder, { recursive: true }));
  buildSync({
    entryPoints: [join(packageRoot()!, 'src', 'backend', 'index.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: bundle,
    logLevel: 'silent',
  });
  const run = (script: string, name: string) =>
    runNode(`const zerokara = require(${JSON.stringify(bundle)}); ${script}`, {
      env: {
        OPENBLAS_CORETYPE: name,
        ZEROKARA_ADDON: path!,
        ZEROKARA_BACKEND: '',
        ZEROKARA_ISA: '',
        ZEROKARA_THREADS: '',
      },
    });

  test.each(['Excavator', 'Bulldozer', 'Piledriver'])(
    '%s means the next backend under auto, reported by the diagnosis',
    (name) => {
      const { status, stdout } = run(
        'const { backend, reason, advice } = zerokara.diagnose(); console.log(backend); console.log(reason); console.log(advice.join());',
        name,
      );
      const lines = stdout.split('\n');
      expect(status).toBe(0);
      expect(lines[0]).toBe('wasm');
      expect(lines[1]).toBe(`no faster backend could be loaded: ${path}: ${cannot(name, 'fma4')}`);
      expect(lines[2]).toMatch(/^Unset OPENBLAS_CORETYPE: it names kernels that this CPU cannot run/);
    },
  );

  test.runIf(fastestCoreType() !== undefined)('without the variable OpenBLAS runs the fastest kernels', () => {
    const { stdout } = run('console.log(zerokara.diagnose().blas.corename, process.env.OPENBLAS_CORETYPE === "");', '');
    expect(stdout.trim()).toBe(`${fastestCoreType()} true`);
  });

  test('and a BackendError where native was asked for', () => {
    const { stdout } = run(
      "try { zerokara.createBackend('native'); } catch (error) { console.log(error.name, error.message); }",
      'Piledriver',
    );
    expect(stdout).toContain('BackendError createBackend: the native backend');
    expect(stdout).toContain(cannot('Piledriver', 'fma4'));
    expect(stdout).toContain('Unset OPENBLAS_CORETYPE, or set it to kernels that this CPU can run');
  });
});
