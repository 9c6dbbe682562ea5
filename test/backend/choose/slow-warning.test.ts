/** The one warning, of a process that computes slowly without having asked for it. */

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { warnWhenSlow } from '../../../src/backend/choose/slow-warning.js';
import { createJsBackend } from '../../../src/backend/js/js.js';
import { packageRoot } from '../../../src/backend/native/addon-file.js';
import { runNode } from '../../support/run-node.js';

const folder = mkdtempSync(join(tmpdir(), 'zerokara-slow-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bundle = join(folder, 'load.cjs');
buildSync({
  entryPoints: [join(packageRoot()!, 'src', 'backend', 'choose', 'load.ts')],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  outfile: bundle,
  logLevel: 'error',
});
copyFileSync(bundle, join(folder, 'again.cjs'));

/** Neither addon nor WebAssembly. */
const nothingFast = { flags: ['--no-addons', '--no-expose-wasm'], env: { ZEROKARA_BACKEND: '', ZEROKARA_ADDON: '' } };

/** `multiply(backend, n)`: the product of two n × n matrices; every warning of the process as a line. */
const TOOLS = `
  process.on('warning', ({ name, code, message }) => console.log(name, code, message));
  const multiply = (backend, n) => {
    const a = new Float32Array(n * n).fill(1), c = new Float32Array(n * n);
    backend.gemm(false, false, n, n, n, 1, a, n, a, n, 0, c, n);
    if (c.some((value) => value !== n)) throw new Error('wrong product');
  };
  const { createBackend } = require(process.argv[1]);
`;

const run = (script: string, options: Parameters<typeof runNode>[1] = nothingFast) =>
  runNode(`${TOOLS}${script}`, { ...options, argv: [bundle] });

const WARNING =
  'Warning ZEROKARA_SLOW zerokara computes in plain JavaScript, many times slower than it could: no faster backend could be loaded: ' +
  `${join(folder, 'zerokara.node')}: no such file; wasm: `;

describe('in a process with neither addon nor WebAssembly', () => {
  test('the first large product warns, once, with the reason and the command', () => {
    const { status, stdout } = run(
      'const b = createBackend(); multiply(b, 99); console.log(b.name); multiply(b, 100); multiply(b, 120); multiply(createBackend(), 100);',
    );
    const [name, warning, ...rest] = stdout.split('\n');
    expect([status, name, rest]).toEqual([0, 'js', []]);
    expect(warning!.startsWith(WARNING)).toBe(true);
    expect(warning).toMatch(/\. Run npx zerokara doctor to see what to do\.$/);
  });

  test('small products do not warn', () => {
    expect(run('const b = createBackend(); for (let i = 0; i < 100; i++) multiply(b, 99);').stdout).toBe('');
  });

  test('js asked for by name does not warn, by the choice or by the variable', () => {
    expect(run('multiply(createBackend("js"), 100)').stdout).toBe('');
    const env = { ...nothingFast.env, ZEROKARA_BACKEND: 'js' };
    expect(run('multiply(createBackend(), 100)', { ...nothingFast, env }).stdout).toBe('');
  });

  test('neither a cleared require.cache, nor a second copy, nor a later Worker warns again', () => {
    const { stdout } = run(`
      multiply(createBackend(), 100);
      for (const key of Object.keys(require.cache)) delete require.cache[key];
      multiply(require(process.argv[1]).createBackend(), 100);
      multiply(require(${JSON.stringify(join(folder, 'again.cjs'))}).createBackend(), 100);
      new (require('node:worker_threads').Worker)(
        'process.argv[1] = ' + JSON.stringify(process.argv[1]) + ';' + ${JSON.stringify(TOOLS)} + 'multiply(createBackend(), 100)',
        { eval: true },
      );`);
    expect(stdout.split('\n')).toHaveLength(1);
  });

  test('a refused call does not warn', () => {
    expect(
      run('try { createBackend().gemm(false, false, 100, 100, 100, 1, [], 100, [], 100, 0, [], 100) } catch {}').stdout,
    ).toBe('');
  });
});

test('with a faster backend nothing is said', () => {
  const { stdout } = run('const b = createBackend(); multiply(b, 100); console.log(b.name);', {
    ...nothingFast,
    flags: ['--no-addons'],
  });
  expect(stdout).toBe('wasm');
});

test('after its warning the watched backend has the plain gemm again', () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const plain = createJsBackend('test');
  const watched = warnWhenSlow(plain);
  expect(watched).toMatchObject({ name: 'js', reason: 'test' });
  const a = new Float32Array(10_000);
  watched.gemm(false, false, 100, 100, 99, 1, a, 100, a, 100, 0, new Float32Array(10_000), 100);
  expect(watched.gemm).not.toBe(plain.gemm);
  watched.gemm(false, false, 100, 100, 100, 1, a, 100, a, 100, 0, new Float32Array(10_000), 100);
  expect(watched.gemm).toBe(plain.gemm);
  expect(warn).toHaveBeenCalledTimes(1);
  warn.mockRestore();
});
