import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, test, vi } from 'vitest';
import {
  type BackendChoice,
  createBackend,
  defaultBackend,
  resolveBackend,
  selectBackend,
} from '../../../src/backend/choose/load.js';
import { OPERATIONS } from '../../../src/backend/functions.js';
import { createJsBackend } from '../../../src/backend/js/js.js';
import { addonCandidates, openAddon, packageRoot, platformFolder } from '../../../src/backend/native/addon-file.js';
import { stepsToNative } from '../../../src/backend/native/steps-to-native.js';
import { ArgumentError, BackendError } from '../../../src/errors.js';
import { addonFile } from '../../support/addon.js';
import { expectRefusal } from '../../support/refusal.js';
import { runNode } from '../../support/run-node.js';

const HOW = `${stepsToNative([], undefined).join('. ')}`;

const folder = mkdtempSync(join(tmpdir(), 'zerokara-load-'));
afterAll(() => rmSync(folder, { recursive: true }));

const absent = join(folder, 'absent.node');
const garbage = join(folder, 'garbage.node');
writeFileSync(garbage, 'this is not a library\n'.repeat(100));
const empty = join(folder, 'empty.node');
writeFileSync(empty, '');

const real = addonFile();
const env = {};
/** What auto chooses without an addon: wasm, or js where WebAssembly has no vectors. */
const fallback = selectBackend('auto', { env, candidates: [absent] }).attempts.at(-1)!;

describe('a backend by name or automatically', () => {
  test('js is always available', () => {
    const { backend, attempts, addon } = selectBackend('js', { env });
    expect(backend.name).toBe('js');
    expect(backend.reason).toBe('js was asked for by name');
    expect(attempts).toEqual([{ tier: 'js', ok: true, outcome: 'plain TypeScript runs everywhere' }]);
    expect(addon).toBeUndefined();
  });

  test('auto without any addon takes the next tier and says what was tried', () => {
    const { backend, attempts } = selectBackend('auto', { env, candidates: [absent] });
    expect(['wasm', 'js']).toContain(backend.name);
    expect(backend.reason).toBe(`no faster backend could be loaded: ${absent}: no such file`);
    expect(attempts[0]).toEqual({ tier: 'native', path: absent, ok: false, outcome: 'no such file' });
    expect(attempts.at(-1)).toEqual({ tier: backend.name, ok: true, outcome: expect.stringMatching(/./) });
  });

  test('native by name throws with every path and why', () => {
    expectRefusal(
      () => selectBackend('native', { env, candidates: [absent, join(folder, 'other.node')] }),
      BackendError,
      `createBackend: the native backend is not available: ${absent}: no such file; ${join(folder, 'other.node')}: no such file. ${HOW}`,
    );
  });

  test('a backend that this package does not have is an error, not another backend', () => {
    expectRefusal(
      () => selectBackend('webgpu' as BackendChoice, { env }),
      ArgumentError,
      'createBackend: choice is "webgpu"; expected "auto", "native", "wasm" or "js"',
    );
    expectRefusal(
      () => createBackend('nativ' as BackendChoice),
      ArgumentError,
      'createBackend: choice is "nativ"; expected "auto", "native", "wasm" or "js". Did you mean "native"?',
    );
  });
});

describe('ZEROKARA_BACKEND', () => {
  test('replaces auto', () => {
    const { backend } = selectBackend('auto', { env: { ZEROKARA_BACKEND: 'js' }, candidates: [absent] });
    expect(backend.name).toBe('js');
    expect(backend.reason).toBe('ZEROKARA_BACKEND asks for js');
  });

  test('does not override a name', () => {
    expect(selectBackend('js', { env: { ZEROKARA_BACKEND: 'native' } }).backend.reason).toBe(
      'js was asked for by name',
    );
  });

  test('empty means nothing', () => {
    expect(selectBackend('auto', { env: { ZEROKARA_BACKEND: '' }, candidates: [absent] }).backend.name).toBe(
      fallback.tier,
    );
  });

  test('with an unknown word is an error with a suggestion', () => {
    expectRefusal(
      () => selectBackend('auto', { env: { ZEROKARA_BACKEND: 'natve' } }),
      ArgumentError,
      'createBackend: ZEROKARA_BACKEND is "natve"; expected "auto", "native", "wasm" or "js". Did you mean "native"?',
    );
  });

  test('naming a backend that is not available is an error that names the variable', () => {
    expectRefusal(
      () => selectBackend('auto', { env: { ZEROKARA_BACKEND: 'native' }, candidates: [absent] }),
      BackendError,
      `createBackend: the native backend is not available (asked for by ZEROKARA_BACKEND): ${absent}: no such file. ${HOW}`,
    );
  });
});

test('ZEROKARA_ADDON names the only file that is tried', () => {
  expect(selectBackend('auto', { env: { ZEROKARA_ADDON: absent } }).attempts).toMatchObject([
    { tier: 'native', path: absent, outcome: 'no such file' },
    fallback,
  ]);
});

describe('files that are not addons', () => {
  function outcomeOf(path: string): string {
    return selectBackend('auto', { env, candidates: [path] }).attempts[0]!.outcome;
  }

  test.runIf(process.platform === 'linux')('FOUND H: a file of the other byte order is read as what it is', () => {
    // The header of a 64-bit ELF file: big-endian, one section of 64 bytes that begins at byte 64.
    const whole = new DataView(new ArrayBuffer(128));
    whole.setUint32(0, 0x7f454c46);
    whole.setUint8(4, 2);
    whole.setUint8(5, 2);
    whole.setBigUint64(0x28, 64n);
    whole.setUint16(0x3a, 64);
    whole.setUint16(0x3c, 1);
    const [complete, part] = [join(folder, 'big-endian.node'), join(folder, 'big-endian-part.node')];
    writeFileSync(complete, new Uint8Array(whole.buffer));
    writeFileSync(part, new Uint8Array(whole.buffer, 0, 100));
    expect(outcomeOf(complete)).not.toBe('the file is cut off'); // the loader says what is wrong with it
    expect(outcomeOf(part)).toBe('the file is cut off');
  });

  test.runIf(process.platform === 'linux')('garbage, an empty file, a folder', () => {
    expect(outcomeOf(garbage)).toBe('invalid ELF header');
    expect(outcomeOf(empty)).toBe('file too short');
    expect(outcomeOf(folder)).toMatch(/cannot read file data|Is a directory/);
  });

  test.runIf(real !== undefined && process.platform === 'linux')('an addon cut off at any length', () => {
    const whole = readFileSync(real!);
    for (const length of [63, 64, 1000, 4096, whole.length >> 1, whole.length - 1]) {
      const part = join(folder, `part-${length}.node`);
      writeFileSync(part, whole.subarray(0, length));
      expect(outcomeOf(part)).toBe(length < 64 ? 'file too short' : 'the file is cut off');
    }
  });

  test.runIf(process.platform === 'linux')('a library that is not an addon', () => {
    expect(outcomeOf('/proc/self/exe')).toMatch(/cannot dynamically load|did not self-register|position-independent/);
  });

  test('an addon of another version, or one that computes wrong results', () => {
    const open = vi.spyOn(process, 'dlopen');
    const fake = (exports: object) =>
      open.mockImplementationOnce((holder) => {
        (holder as { exports: object }).exports = exports;
      });
    const nothing = () => undefined;
    fake({ initialize: () => true, info: nothing });
    expect(outcomeOf(garbage)).toBe('it belongs to another version: gemm is missing');

    const names = [...OPERATIONS, 'info', 'getThreads', 'setThreads'];
    const all = Object.fromEntries(names.map((name) => [name, nothing]));
    fake({ ...all, initialize: () => true });
    expect(outcomeOf(garbage)).toBe('it computes wrong results');
    open.mockRestore();
  });
});

describe.skipIf(real === undefined)('the real addon', () => {
  test('comes after files that do not work, and the reason says from where', () => {
    const { backend, attempts } = selectBackend('auto', { env, candidates: [absent, garbage, real!] });
    expect(backend.name).toBe('native');
    expect(backend.reason).toBe(`the addon was loaded from ${real}`);
    expect(attempts.map(({ path, ok }) => [path, ok])).toEqual([
      [absent, false],
      [garbage, false],
      [real, true],
    ]);
  });

  test('is opened once in a thread', () => {
    expect(openAddon(real!)).toBe(openAddon(real!));
  });

  test('loads again after the modules were forgotten', async () => {
    vi.resetModules();
    const again = (await import(
      '../../../src/backend/choose/load.js'
    )) as typeof import('../../../src/backend/choose/load.js');
    expect(again.createBackend).not.toBe(createBackend);
    expect(again.createBackend('native').sumOfSquares(Float32Array.of(3, 4), 2)).toBe(25);
  });

  test('takes the level that ZEROKARA_ISA names', () => {
    const copy = join(folder, 'copy.node');
    copyFileSync(real!, copy);
    expect(selectBackend('auto', { env: { ZEROKARA_ISA: 'baseline' }, candidates: [copy] }).addon?.info().isa).toBe(
      'baseline',
    );
  });
});

describe('resolving a constructor’s option', () => {
  test('a backend stays itself; a name gives the same one each time; nothing gives the default', () => {
    const own = createJsBackend('mine');
    expect(resolveBackend(own)).toBe(own);
    expect(resolveBackend('js')).toBe(resolveBackend('js'));
    expect(resolveBackend(undefined)).toBe(defaultBackend());
    expect(resolveBackend('auto')).toBe(defaultBackend());
  });

  test('anything else is an error', () => {
    for (const [value, shown] of [
      [null, 'null'],
      [1, '1'],
      [{}, 'an Object'],
    ] as const) {
      expectRefusal(
        () => resolveBackend(value as never),
        ArgumentError,
        `createBackend: backend is ${shown}; expected a Backend or one of "auto", "native", "wasm" and "js"`,
      );
    }
  });
});

describe('where the addon is looked for', () => {
  const root = dirname(createRequire(import.meta.url).resolve('../../../package.json'));

  test('from a source file, from a built one and from a folder in between', () => {
    expect(packageRoot()).toBe(root);
    expect(packageRoot(join(root, 'dist', 'cli'))).toBe(root);
    expect(packageRoot(root)).toBe(root);
  });

  test('an application’s own package.json is skipped, and an installed package is found from there', () => {
    const application = join(folder, 'application');
    mkdirSync(join(application, 'node_modules', 'zerokara'), { recursive: true });
    mkdirSync(join(application, 'bundle'));
    writeFileSync(join(application, 'package.json'), '{ "name": "application" }');
    expect(packageRoot(join(application, 'bundle'))).toBeUndefined();
    writeFileSync(join(application, 'node_modules', 'zerokara', 'package.json'), '{ "name": "zerokara" }');
    expect(packageRoot(join(application, 'bundle'))).toMatch(/application\/node_modules\/zerokara$/);
  });

  test('a local build goes before a prebuilt binary', () => {
    expect(addonCandidates('/p')).toEqual([
      join('/p', 'build', 'Release', 'zerokara.node'),
      join('/p', 'prebuilds', platformFolder(), 'zerokara.node'),
    ]);
    const musl =
      process.platform === 'linux' &&
      !('glibcVersionRuntime' in (process.report.getReport() as { header: object }).header);
    expect(platformFolder()).toBe(`${process.platform}-${process.arch}${musl ? '-musl' : ''}`);
  });
});

describe('in a process of its own', () => {
  const bundle = join(folder, 'load.cjs');
  buildSync({
    entryPoints: [join(packageRoot()!, 'src', 'backend', 'choose', 'load.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: bundle,
    logLevel: 'error',
  });
  const script =
    'const s = require(process.argv[1]).selectBackend("auto", process.argv[2] ? { candidates: [process.argv[2]] } : {}); console.log(s.backend.name, s.backend.reason)';
  const clean = { ZEROKARA_ADDON: '', ZEROKARA_BACKEND: '', ZEROKARA_ISA: '' };

  test.runIf(real !== undefined)('node --no-addons means the next tier, with the reason', () => {
    const { status, stdout } = runNode(script, { argv: [bundle, real!], flags: ['--no-addons'], env: clean });
    expect(stdout).toBe(
      `${fallback.tier} no faster backend could be loaded: ${real}: Node was started without addons (--no-addons or the permission model)`,
    );
    expect(status).toBe(0);
  });

  test('a bundle far from the package falls back and says where it looked', () => {
    const { stdout } = runNode(script, { argv: [bundle], env: clean });
    expect(stdout).toBe(
      `${fallback.tier} no faster backend could be loaded: ${join(folder, 'zerokara.node')}: no such file`,
    );
  });

  test.runIf(real !== undefined)(
    'a bundle takes the addon that lies beside it, as CommonJS and as an ES module',
    () => {
      const application = join(folder, 'bundled');
      mkdirSync(application);
      copyFileSync(real!, join(application, 'zerokara.node'));
      for (const [format, file] of [
        ['cjs', 'bundle.cjs'],
        ['esm', 'bundle.mjs'],
      ] as const) {
        const outfile = join(application, file);
        buildSync({
          stdin: {
            contents: "import { createBackend } from './choose/load'; console.log(createBackend().reason);",
            resolveDir: join(packageRoot()!, 'src', 'backend'),
          },
          bundle: true,
          platform: 'node',
          format,
          outfile,
          logLevel: 'error',
        });
        const { status, stdout } = spawnSync(process.execPath, [outfile], {
          encoding: 'utf8',
          env: { ...process.env, ...clean },
        });
        expect([status, stdout]).toEqual([0, `the addon was loaded from ${join(application, 'zerokara.node')}\n`]);
      }
    },
  );

  test.runIf(real !== undefined)('a Worker loads it too, and again after require.cache was cleared', () => {
    const { stdout, stderr } = runNode(
      `const { Worker } = require('node:worker_threads');
      const [, bundle, file] = process.argv;
      const load = \`(bundle, file) => {
        const names = [1, 2].map(() => {
          for (const key of Object.keys(require.cache)) delete require.cache[key];
          const backend = require(bundle).selectBackend('native', { candidates: [file] }).backend;
          return backend.name + backend.sumOfSquares(Float32Array.of(1, 2), 2);
        });
        return names.join(' ');
      }\`;
      console.log(eval(load)(bundle, file));
      new Worker('require("node:worker_threads").parentPort.postMessage((' + load + ')(...require("node:worker_threads").workerData))',
        { eval: true, workerData: [bundle, file] }).on('message', (text) => console.log(text));`,
      { argv: [bundle, real!], env: clean },
    );
    expect(stderr).toBe('');
    expect(stdout).toBe('native5 native5\nnative5 native5');
  });
});
