#!/usr/bin/env node
/**
 * Builds the addon with address and undefined-behaviour sanitizers into build/asan and runs its tests under them.
 *
 * usage: node scripts/sanitize.mjs [--all] [test file …]
 *        node scripts/sanitize.mjs --fuzz CALLS [name]   random calls of each function, or of those whose names contain `name`
 *
 * JavaScript's buffers come from malloc, so a read or write one element past a typed array is seen as well. Needs Linux,
 * CMake and GCC with libasan and libubsan. Conformance, which has the hostile arguments, runs at every CPU level.
 *
 * Undefined arithmetic is looked for in the kernels of one level, because all levels are one text (CMakeLists.txt); results on
 * several threads are compared once instead of three times, since each run reads and writes the same addresses; and 20 Workers
 * are terminated instead of 100. `--all` looks at every level, and runs the tests as test:long does.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const build = path.join(root, 'build', 'asan');
const vitest = path.join(path.dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const TESTS = [
  // At the level of this machine, and at all lower ones: first, because they take longest.
  'test/conformance/levels.test.ts',
  'test/conformance/conformance.test.ts',
  ...['native', 'edges', 'threads', 'workers'].map((name) => `test/backend/native/${name}.test.ts`),
];

const seconds = () => `${Math.round(performance.now() / 1000)} s`;

/** Runs a tool with its output shown. @throws {Error} if it fails */
function must(command, args, env = {}) {
  const { status, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`sanitize: ${[command, ...args].join(' ')} ended with ${signal ?? status}`);
}

function sanitize(all, tests) {
  const sanitizers = `-DZEROKARA_SANITIZE=${all ? 'ALL' : 'ON'}`;
  must('cmake', ['-S', '.', '-B', build, '-DCMAKE_BUILD_TYPE=Release', sanitizers]);
  // Without a number make would start all compilers at once.
  must('cmake', ['--build', build, '--parallel', String(os.availableParallelism())]);
  console.log(`sanitize: built after ${seconds()}`);
  const runtime = spawnSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).stdout.trim();
  if (!fs.existsSync(runtime)) throw new Error('sanitize: GCC has no libasan.so here');
  const env = {
    LD_PRELOAD: runtime,
    ASAN_OPTIONS: 'detect_leaks=0:allocator_may_return_null=1',
    UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
    ZEROKARA_ADDON: path.join(build, 'Release', 'zerokara.node'),
    REQUIRE_NATIVE: '1',
    ...(all ? {} : { THREAD_ROUNDS: '1' }),
  };
  // The other backends have no memory of ours.
  const native = { CONFORMANCE_BACKEND: 'native' };
  const run = (files, more) =>
    must(process.execPath, [vitest, 'run', '--testTimeout=300000', ...(all ? ['--mode', 'long'] : []), ...files], {
      ...env,
      ...more,
    });
  if (tests[0] === '--fuzz') {
    const [, calls, name] = tests;
    const fuzz = { FUZZ_CALLS: calls, FUZZ_BARE: '1', ...native };
    return run(['test/conformance/fuzz.test.ts', ...(name === undefined ? [] : ['-t', name])], fuzz);
  }
  if (tests.length > 0) return run(tests, {});
  run(TESTS, native);
}

try {
  const [first, ...rest] = process.argv.slice(2);
  if (first === '--all') sanitize(true, rest);
  else sanitize(false, process.argv.slice(2));
  console.log(`sanitize: nothing found (${seconds()})`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
