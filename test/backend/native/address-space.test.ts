/**
 * Limited address space, where OpenBLAS would ask for memory for ever: computed with less, or refused, but never a
 * hang.
 */

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { shortOfAddressSpace } from '../../../src/backend/native/address-space.js';
import { addonFile } from '../../support/addon.js';

const root = path.resolve(__dirname, '../../..');
const addon = addonFile();
const limited = process.platform === 'linux' && addon !== undefined;

/** Runs Node with this many MB of address space beyond what Node itself takes. */
function runLimited(megabytes: number, args: readonly string[]) {
  return spawnNode(args, `ulimit -v ${nodeItself + megabytes * 1024}; `);
}

/**
 * glibc would set 64 MB aside for each thread of Node that happens to wait for another one in malloc, if there is as much:
 * what is left would depend on the load. An OpenBLAS with a thread for each of many CPUs would need more than is allowed.
 */
const SURROUNDINGS = { ...process.env, MALLOC_ARENA_MAX: '1', OPENBLAS_NUM_THREADS: '2' };

function spawnNode(args: readonly string[], before = '') {
  const { status, signal, stdout, stderr } = spawnSync(
    'bash',
    ['-c', `${before}exec "$0" "$@"`, process.execPath, ...args],
    {
      encoding: 'utf8',
      env: SURROUNDINGS,
      timeout: 30_000,
      killSignal: 'SIGKILL',
    },
  );
  return { status, signal, stdout: stdout.trim(), stderr };
}

let nodeItself = 0;
beforeAll(() => {
  const script = 'console.log(/VmSize:\\s+(\\d+)/.exec(require("fs").readFileSync("/proc/self/status", "utf8"))[1])';
  const options = { encoding: 'utf8', env: SURROUNDINGS } as const;
  nodeItself = limited ? Number(spawnSync(process.execPath, ['-e', script], options).stdout) : 0;
});

/** A product of each kind in float64, which BLAS computes, and whether it is correct. */
const PRODUCT = `
  const n = 200;
  const ones = new Float64Array(n * n).fill(1), c = new Float64Array(n * n);
  backend.gemm(false, false, n, n, n, 1, ones, n, ones, n, 0, c, n);
  console.log(backend.name, c.every((value) => value === n));
`;
const LIBRARY = path.join(root, 'dist/backend/index.js');

describe.skipIf(!limited)('under ulimit -v', () => {
  // MB beyond Node's own: not enough to load OpenBLAS; to load it; for a product.
  test.each([
    [20, 'js'],
    [80, 'js'],
    [120, 'js'],
    [240, 'native'],
    [300, 'native'],
    [500, 'native'],
  ])('FOUND L1: the first product returns with %i MB, by %s', (megabytes, backend) => {
    const { status, stdout, stderr } = runLimited(megabytes, [
      '-e',
      `const backend = require(${JSON.stringify(LIBRARY)}).createBackend(); ${PRODUCT}`,
    ]);
    expect({ status, stderr, stdout }).toMatchObject({ status: 0, stdout: `${backend} true` });
  });

  // A Worker cannot tell OpenBLAS to start no threads; each maps its buffer when it begins, sooner or later than ours.
  // Its isolate takes some 550 MB.
  test.each([
    [640, 'js'],
    [900, 'native'],
    [1100, 'native'],
  ])('FOUND L1: the first product of a Worker returns with %i MB, by %s', (megabytes, backend) => {
    const text = `const backend = require(${JSON.stringify(LIBRARY)}).createBackend(); ${PRODUCT}`;
    const { status, stdout, stderr } = runLimited(megabytes, [
      '-e',
      `new (require('worker_threads').Worker)(${JSON.stringify(text)}, { eval: true });`,
    ]);
    expect({ status, stderr, stdout }).toMatchObject({ status: 0, stdout: `${backend} true` });
  });

  test('FOUND L1: native asked for by name is a BackendError that states the memory and the remedy', () => {
    const { stdout } = runLimited(80, [
      '-e',
      `try { console.log(require(${JSON.stringify(LIBRARY)}).createBackend('native').name); }
      catch (error) { console.log(error.name, error.message); }`,
    ]);
    expect(stdout).toMatch(
      /^BackendError createBackend: the native backend .*loading OpenBLAS takes up to 128 MB of address space, but the process has only \d+ MB left \(ulimit -v\)/,
    );
    expect(stdout).toMatch(/\. Raise the limit \(ulimit -v\)$/);
  });

  test('FOUND L1: Workers that multiply at the same time share the packing buffers that there is memory for', () => {
    // First one after the other, which makes a buffer or two; then under a limit that allows no more, all at once.
    const script = `
      const { execFileSync } = require('node:child_process');
      const { once } = require('node:events');
      const { readFileSync } = require('node:fs');
      const { Worker } = require('node:worker_threads');
      const text = 'const backend = require(' + JSON.stringify(process.argv[1]) + ').createBackend();' +
        'const { parentPort } = require("node:worker_threads"); parentPort.on("message", (rounds) => {' + process.argv[2] +
        'for (let i = 0; i < rounds; i++) backend.gemm(false, false, n, n, n, 1, ones, n, ones, n, 0, c, n);' +
        'parentPort.postMessage(backend.name + " " + c[0]); })';
      const ask = async (worker, rounds) => {
        worker.postMessage(rounds);
        return (await once(worker, 'message'))[0];
      };
      (async () => {
        const workers = Array.from({ length: 4 }, () => new Worker(text, { eval: true, stdout: true }));
        for (const worker of workers) await ask(worker, 30);
        const used = Number(/VmSize:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
        execFileSync('prlimit', ['--pid', String(process.pid), '--as=' + (used + 200 * 1024) * 1024]);
        console.log((await Promise.all(workers.map((worker) => ask(worker, 150)))).join());
        process.exit();
      })();`;
    const { signal, stdout, stderr } = spawnNode(['-e', script, LIBRARY, PRODUCT]);
    expect({ signal, stdout, stderr }).toEqual({
      signal: null,
      stdout: 'native 200,native 200,native 200,native 200',
      stderr: '',
    });
  });

  test('FOUND L1: without memory for a packing buffer, plain loops compute products; with it, OpenBLAS does', () => {
    const script = `
      const { execFileSync } = require('node:child_process');
      const { readFileSync } = require('node:fs');
      const holder = { exports: {} };
      process.env.OPENBLAS_NUM_THREADS = '1'; // as openAddon() does
      process.dlopen(holder, process.argv[1]);
      const addon = holder.exports;
      const limit = (bytes) => execFileSync('prlimit', ['--pid', String(process.pid), '--as=' + bytes + ':unlimited']);
      const sums = (transA, transB) => {
        const [m, n, k] = [37, 45, 300];
        const a = new Float64Array(m * k).map((_, i) => i % 7), b = new Float64Array(k * n).map((_, i) => i % 5);
        const c = new Float64Array(m * n).fill(1);
        addon.gemm(transA, transB, m, n, k, 2, a, transA ? m : k, b, transB ? k : n, 3, c, n);
        return c.join();
      };
      const all = () => [sums(false, false), sums(true, false), sums(false, true), sums(true, true)].join(';');
      const used = Number(/VmSize:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
      limit((used + 200 * 1024) * 1024);
      addon.initialize((operation) => new Error(operation + ' refused'));
      const [before, plain] = [addon.info().hasMemory, all()];
      limit('unlimited');
      console.log(before, addon.info().hasMemory, all() === plain);`;
    const { signal, stdout, stderr } = spawnNode(['-e', script, addon!]);
    expect({ signal, stdout, stderr }).toEqual({ signal: null, stdout: 'false true true', stderr: '' });
  });

  test.each([80, 300])('FOUND L1: doctor returns with %i MB', (megabytes) => {
    const { signal, stdout } = runLimited(megabytes, [path.join(root, 'dist/cli/zerokara.js'), 'doctor']);
    expect({ signal, stdout }).toEqual({ signal: null, stdout: expect.stringContaining('zerokara.node') });
  });
});

describe('what is known before the addon is loaded', () => {
  const files = (limit: string, used: number, addonText: string, more: Record<string, string> = {}) => ({
    read: (file: string): string | undefined =>
      ({
        '/proc/self/limits': `Limit  Soft Limit  Hard Limit  Units\nMax address space         ${limit}            ${limit}            bytes\n`,
        '/proc/self/status': `Name:\tnode\nVmSize:\t  ${used} kB\n`,
        '/proc/sys/vm/overcommit_memory': '0\n',
        '/an.node': addonText,
        ...more,
      })[file],
    cpus: 4,
    mainThread: false,
  });
  const DYNAMIC = '\x7fELF\0libopenblas.so.0\0libm.so.6\0';

  test('FOUND L1: too little address space for the threads of OpenBLAS is a sentence', () => {
    const withEnvironment = (text: string, limit = 1000) =>
      shortOfAddressSpace(
        '/an.node',
        files(String(limit * 2 ** 20), 700 * 1024, DYNAMIC, { '/proc/self/environ': text }),
      );
    const short = (needed: number, left: number) =>
      `loading OpenBLAS takes up to ${needed} MB of address space, but the process has only ${left} MB left (ulimit -v)`;
    expect(withEnvironment('')).toBe(short(560, 300));
    expect(withEnvironment('HOME=/\0OPENBLAS_NUM_THREADS=3\0OMP_NUM_THREADS=1\0')).toBe(short(416, 300));
    expect(withEnvironment('OPENBLAS_NUM_THREADS=0\0GOTO_NUM_THREADS=2\0')).toBeUndefined();
    expect(withEnvironment('MY_OMP_NUM_THREADS=1\0')).toBe(short(560, 300));
    expect(withEnvironment('OMP_NUM_THREADS=1', 800)).toBe(short(128, 100));
    expect(withEnvironment('OMP_NUM_THREADS=1', 830)).toBeUndefined();
  });

  test('FOUND L1: the main thread starts no threads of OpenBLAS, and a loaded library takes no more', () => {
    const surroundings = files(String(1000 * 2 ** 20), 700 * 1024, DYNAMIC);
    expect(shortOfAddressSpace('/an.node', { ...surroundings, mainThread: true })).toBeUndefined();
    const maps = { '/proc/self/maps': '7f00-7f01 r-xp 00000000 08:01 17  /usr/lib/libopenblas.so.0\n' };
    expect(shortOfAddressSpace('/an.node', files(String(710 * 2 ** 20), 700 * 1024, DYNAMIC, maps))).toBeUndefined();
  });

  test('FOUND L1: without a limit, without OpenBLAS, or without /proc there is nothing to refuse', () => {
    expect(shortOfAddressSpace('/an.node', files('unlimited', 700, DYNAMIC))).toBeUndefined();
    expect(shortOfAddressSpace('/an.node', files(String(2 ** 20), 700, 'libopenblas.a'))).toBeUndefined();
    expect(shortOfAddressSpace('/an.node', { read: () => undefined })).toBeUndefined();
  });

  test('FOUND L1: strict overcommit is a limit too', () => {
    const strict = {
      '/proc/sys/vm/overcommit_memory': '2\n',
      '/proc/meminfo': 'CommitLimit:    1000000 kB\nCommitted_AS:    900000 kB\n',
    };
    expect(shortOfAddressSpace('/an.node', files('unlimited', 700, DYNAMIC, strict))).toContain(' has only 98 MB left');
  });
});
