import { describe, expect, test } from 'vitest';
import { adviceFor, diagnose } from '../../../src/backend/choose/diagnose.js';
import { getThreads } from '../../../src/backend/choose/threads.js';
import { hasSlowKernels, variablesInUse } from '../../../src/backend/choose/variables.js';
import type { AddonInfo } from '../../../src/backend/native/addon.js';
import { stepsToNative } from '../../../src/backend/native/steps-to-native.js';
import { BackendError } from '../../../src/errors.js';
import { addonFile } from '../../support/addon.js';
import { runNode } from '../../support/run-node.js';

const real = addonFile();
/** Where the addon is, and nothing else of this process's environment. */
const here = { ZEROKARA_ADDON: process.env['ZEROKARA_ADDON'] };
const absent = '/nowhere/zerokara.node';

/** What the addon reports on a machine with AVX-512, as far as the tests need it. */
function info(changes: Partial<AddonInfo> = {}): AddonInfo {
  return {
    blas: 'openblas',
    buildLibrary: 'libopenblas.so',
    linkage: 'dynamic',
    threading: 'pthread',
    config: 'OpenBLAS 0.3.21',
    corename: 'SkylakeX',
    threads: 1,
    serialized: false,
    hasMemory: true,
    isa: 'v4',
    isaSupported: 'v4',
    ...changes,
  };
}

describe('without an addon', () => {
  const diagnosis = diagnose({ env: {}, candidates: [absent] });

  test('the backend is that of the next tier, with every attempt', () => {
    expect(['wasm', 'js']).toContain(diagnosis.backend);
    expect(diagnosis.reason).toBe(`no faster backend could be loaded: ${absent}: no such file`);
    expect(diagnosis.attempts[0]).toMatchObject({ tier: 'native', ok: false });
    expect(diagnosis.attempts.at(-1)).toMatchObject({ tier: diagnosis.backend, ok: true });
    expect(diagnosis.blas).toBeUndefined();
    expect(diagnosis.isa).toBeUndefined();
  });

  test('the advice is how to get the native backend, one sentence per step', () => {
    expect(diagnosis.advice).toEqual(stepsToNative([], undefined).map((step) => `${step}.`));
  });

  test('it is plain data', () => {
    expect(JSON.parse(JSON.stringify(diagnosis))).toMatchObject({ backend: diagnosis.backend, node: process.version });
  });

  test('a backend forced by a variable is advised against first, and is not a missing compiler', () => {
    expect(diagnose({ env: { ZEROKARA_BACKEND: 'js' }, candidates: [absent] }).advice).toEqual([
      'Unset ZEROKARA_BACKEND: it stands in for the choice "auto"; the backend is js.',
    ]);
  });

  test('an unusable file in ZEROKARA_ADDON is advised against, and is not a missing compiler', () => {
    expect(diagnose({ env: { ZEROKARA_ADDON: absent } }).advice).toEqual([
      'Unset ZEROKARA_ADDON: it is the only file that is tried as the addon.',
    ]);
  });

  test('a variable that asks for what is not available throws as the constructors will', () => {
    expect(() => diagnose({ env: { ZEROKARA_BACKEND: 'native' }, candidates: [absent] })).toThrow(BackendError);
  });
});

describe.skipIf(real === undefined)('with the addon', () => {
  test('it names the library, its kernels and the CPU level', () => {
    const { backend, blas, isa, cpu } = diagnose({ env: here });
    expect(backend).toBe('native');
    expect(blas).toMatchObject({ sharedWith: [] });
    if (blas!.name === 'openblas') expect(blas).toMatchObject({ threads: 1, linkage: /static|dynamic/ });
    expect(cpu.isaSupported).toBeDefined();
    expect(isa).toBeDefined();
    expect(cpu.model).not.toBe('');
    expect(cpu.cores).toBeGreaterThan(0);
  });

  test.runIf(process.platform === 'linux')('the library is the file that is mapped, when it is shared', () => {
    const { blas } = diagnose({ env: here });
    if (blas!.linkage === 'dynamic') expect(blas!.library).toMatch(/^\/.*libopenblas/);
  });

  test('OPENBLAS_CORETYPE=Haswell on a CPU with AVX-512 is seen in what OpenBLAS runs', () => {
    const { stdout } = runNode(
      `const holder = { exports: {} };
      process.dlopen(holder, process.argv[1]);
      console.log(JSON.stringify(holder.exports.info()))`,
      { argv: [real!], env: { OPENBLAS_CORETYPE: 'Haswell' } },
    );
    const said = JSON.parse(stdout) as AddonInfo;
    if (said.blas !== 'openblas' || said.isaSupported === 'baseline') return;
    expect(said.corename).toBe('Haswell');
    expect(hasSlowKernels(said)).toBe(said.isaSupported === 'v4');
  });
});

describe('slow kernels', () => {
  test.each([
    ['SkylakeX', 'v4', false],
    ['Cooperlake', 'v4', false],
    ['SapphireRapids', 'v4', false],
    ['Haswell', 'v4', true],
    ['Zen', 'v4', true],
    ['Prescott', 'v4', true],
    ['Haswell', 'v3', false],
    ['Zen', 'v3', false],
    ['Sandybridge', 'v3', true],
    ['Nehalem', 'baseline', false],
    ['Excavator', 'v3', false],
    ['neoversen1', 'baseline', false],
    ['', 'v4', false],
  ] as const)('%s on a CPU of level %s: %s', (corename, isaSupported, slow) => {
    expect(hasSlowKernels(info({ corename, isaSupported }))).toBe(slow);
  });
});

describe('environment variables', () => {
  test('only those that are set, in order, each with a sentence', () => {
    const env = {
      PATH: '/bin',
      OPENBLAS_NUM_THREADS: '8',
      ZEROKARA_ISA: '',
      OPENBLAS_HOME: '/opt',
      OPENBLAS_VERBOSE: '2',
      ZEROKARA_BACKEND: 'native',
      ZEROKARA_ADDON: '/a.node',
    };
    expect(variablesInUse(env, 'native', info())).toEqual([
      {
        name: 'OPENBLAS_HOME',
        value: '/opt',
        meaning: 'is where a build of the addon looks for OpenBLAS first',
        slows: false,
      },
      {
        name: 'OPENBLAS_NUM_THREADS',
        value: '8',
        meaning: 'has no effect on zerokara, which runs OpenBLAS on one thread',
        slows: false,
      },
      { name: 'OPENBLAS_VERBOSE', value: '2', meaning: 'is not read by zerokara while it computes', slows: false },
      {
        name: 'ZEROKARA_ADDON',
        value: '/a.node',
        meaning: 'is the only file that is tried as the addon',
        slows: false,
      },
      {
        name: 'ZEROKARA_BACKEND',
        value: 'native',
        meaning: 'stands in for the choice "auto"; the backend is native',
        slows: false,
      },
    ]);
  });

  test('OPENBLAS_CORETYPE below what the CPU can do costs speed', () => {
    const env = { OPENBLAS_CORETYPE: 'Haswell' };
    expect(variablesInUse(env, 'native', info({ corename: 'Haswell' }))).toMatchObject([
      {
        meaning:
          'makes OpenBLAS run its Haswell kernels on a CPU of level v4, which can halve the speed of matrix products',
        slows: true,
      },
    ]);
    expect(variablesInUse({ OPENBLAS_CORETYPE: 'SkylakeX' }, 'native', info())).toMatchObject([{ slows: false }]);
    expect(variablesInUse(env, 'js', undefined)).toMatchObject([
      { meaning: 'has no effect without the native backend', slows: false },
    ]);
  });

  test('FOUND L11: OPENBLAS_CORETYPE beyond what the CPU can do keeps OpenBLAS out, and is advised against', () => {
    const unusable = 'OPENBLAS_CORETYPE is "Excavator", whose kernels this CPU cannot run: it has no fma4';
    const environment = variablesInUse({ OPENBLAS_CORETYPE: 'Excavator' }, 'wasm', undefined, 2, unusable);
    const meaning = 'names kernels that this CPU cannot run (it has no fma4), so that OpenBLAS is not loaded';
    expect(environment).toEqual([{ name: 'OPENBLAS_CORETYPE', value: 'Excavator', meaning, slows: true }]);
    expect(adviceFor('wasm', undefined, environment, ['Install a compiler'])).toEqual([
      `Unset OPENBLAS_CORETYPE: it ${meaning}.`,
    ]);
  });

  test('a misspelt variable of zerokara is recognised by its likeness', () => {
    expect(variablesInUse({ ZEROKARA_THREAD: '2', ZEROKARA_SOMETHING: '1' }, 'js', undefined)).toMatchObject([
      { meaning: 'is not read by zerokara while it computes' },
      { meaning: 'is not read by zerokara while it computes (did you mean ZEROKARA_THREADS?)' },
    ]);
  });

  test('ZEROKARA_ISA below what the CPU can do costs speed', () => {
    expect(variablesInUse({ ZEROKARA_ISA: 'baseline' }, 'native', info({ isa: 'baseline' }))).toMatchObject([
      {
        meaning:
          'keeps the kernels at CPU level baseline, though this machine has v4: activations and losses take up to four times as long',
        slows: true,
      },
    ]);
    expect(variablesInUse({ ZEROKARA_ISA: 'v4' }, 'native', info())).toMatchObject([{ slows: false }]);
  });

  test('ZEROKARA_ISA=wasm-simd is about the wasm backend alone', () => {
    expect(variablesInUse({ ZEROKARA_ISA: 'wasm-simd' }, 'wasm', undefined)).toMatchObject([
      { meaning: 'keeps the wasm backend from relaxed SIMD, even where the JavaScript engine has it', slows: false },
    ]);
    expect(variablesInUse({ ZEROKARA_ISA: 'wasm-simd' }, 'native', info())).toMatchObject([
      { meaning: 'has no effect without the wasm backend', slows: false },
    ]);
  });
});

describe('ZEROKARA_THREADS', () => {
  test.each([
    ['2', 'lets a call use 2 threads, as it would without', false],
    ['1', 'keeps each call to 1 thread of the 2 that it would use without', true],
    [
      '3',
      'lets a call use 3 threads, where 2 would be used without: if there are not as many cores, they wait for each other',
      true,
    ],
  ])('=%s %s', (value, meaning, slows) => {
    expect(variablesInUse({ ZEROKARA_THREADS: value }, 'native', info(), 2)).toEqual([
      { name: 'ZEROKARA_THREADS', value, meaning, slows },
    ]);
  });

  test('means nothing to the other backends', () => {
    expect(variablesInUse({ ZEROKARA_THREADS: '2' }, 'js', undefined, 4)).toMatchObject([
      { meaning: 'has no effect without the native backend', slows: false },
    ]);
  });

  test('the diagnosis has the number of threads, 1 where nothing is native', () => {
    expect(diagnose({ env: {}, candidates: [absent] }).threads).toBe(1);
    if (real !== undefined) expect(diagnose({ env: here }).threads).toBe(getThreads());
  });
});

describe('advice for an addon that is slower than it could be', () => {
  function adviceWith(changes: Partial<AddonInfo>, env: Record<string, string> = {}): readonly string[] {
    return adviceFor('native', info(changes), variablesInUse(env, 'native', info(changes)));
  }

  test('none when all is well', () => {
    expect(adviceWith({})).toEqual([]);
  });

  test('kernels of an older CPU: the variable is blamed if it is set, and advised if it is not', () => {
    const meaning =
      'makes OpenBLAS run its Haswell kernels on a CPU of level v4, which can halve the speed of matrix products';
    expect(adviceWith({ corename: 'Haswell' }, { OPENBLAS_CORETYPE: 'Haswell' })).toEqual([
      `Unset OPENBLAS_CORETYPE: it ${meaning}.`,
    ]);
    expect(adviceWith({ corename: 'Haswell' })).toEqual([
      'Set OPENBLAS_CORETYPE=SkylakeX before the program starts, or use an OpenBLAS built with DYNAMIC_ARCH: on this CPU of level v4 it runs its kernels for Haswell.',
    ]);
  });

  test('a library without locks', () => {
    expect(adviceWith({ threading: 'serial', serialized: true })).toEqual([
      'Use an OpenBLAS built with threads (Debian and Ubuntu: apt-get install libopenblas0-pthread): this one has no locks, so Workers wait for each other.',
    ]);
  });

  test('FOUND L1: a library without memory for packing', () => {
    expect(adviceWith({ hasMemory: false })).toEqual([
      'Raise the address space limit (ulimit -v): OpenBLAS has no memory for its packing buffer of 128 MB, so plain loops compute its products.',
    ]);
  });
});
