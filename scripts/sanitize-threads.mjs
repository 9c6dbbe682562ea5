#!/usr/bin/env node
/**
 * Builds the kernels and their team of threads with ThreadSanitizer and runs test/native/threads.cc.
 *
 * usage: node scripts/sanitize-threads.mjs [rounds]
 *
 * Without Node, whose own threads are not built for it. Needs Linux, GCC with libtsan, and OpenBLAS; CXXFLAGS may name
 * its folders.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ARITHMETIC } from '../native/flags.cjs';
import { findOpenBlas } from '../native/openblas.cjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const program = path.join(root, 'build', 'tsan', 'threads');

/** @throws {Error} if the tool fails */
function must(command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (status !== 0) throw new Error(`sanitize-threads: ${command} ended with ${error?.message ?? signal ?? status}`);
}

try {
  const blas = findOpenBlas();
  if (blas === undefined) throw new Error('sanitize-threads: OpenBLAS was not found');
  fs.mkdirSync(path.dirname(program), { recursive: true });
  const kernels = fs.readdirSync(path.join(root, 'native', 'kernels')).filter((file) => file.endsWith('.cc'));
  must('g++', [
    ...['-std=c++17', '-O1', '-g', '-fsanitize=thread', ...ARITHMETIC],
    `-DZEROKARA_BLAS_LIBRARY="${blas.name}"`,
    `-I${blas.include}`,
    ...(process.env.CXXFLAGS ?? '').split(' ').filter(Boolean),
    path.join('test', 'native', 'threads.cc'),
    ...kernels.map((file) => path.join('native', 'kernels', file)),
    blas.library,
    ...['-pthread', '-o', program],
  ]);
  // Without randomised addresses, which newer kernels spread further than ThreadSanitizer expects; containers may forbid it.
  const fixed = ['setarch', '--addr-no-randomize'];
  const may = spawnSync(fixed[0], [fixed[1], 'true']).status === 0;
  const [command, ...args] = [...(may ? fixed : []), program, process.argv[2] ?? '100'];
  must(command, args, { env: { ...process.env, TSAN_OPTIONS: 'halt_on_error=1' } });
  console.log(`sanitize-threads: nothing found (${Math.round(performance.now() / 1000)} s)`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
