#!/usr/bin/env node
/**
 * Builds the kernels and their team of threads with ThreadSanitizer and runs test/native/threads.cc.
 *
 * usage: node scripts/sanitize-threads.mjs [rounds]   25 rounds if none are given
 *
 * Without Node, whose own threads are not built for it. Needs Linux, GCC with libtsan, and OpenBLAS; CXXFLAGS may name
 * its folders.
 *
 * The kernels of one level are compiled, the best that this CPU has: threads.cc runs no others, and what threads share (the
 * team, and how products and passes are cut) is outside the levels. 25 rounds suffice for a race that they contain:
 * ThreadSanitizer finds it by the order of the accesses, not by their harm.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ARITHMETIC } from '../native/flags.cjs';
import { findOpenBlas } from '../native/openblas.cjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'build', 'tsan');
const LEVELS = ['baseline', 'v3', 'v4'];

/** @returns {Promise<void>} that rejects if the tool fails */
function must(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const tool = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    const failed = (why) => reject(new Error(`sanitize-threads: ${command} ended with ${why}`));
    tool.on('error', ({ message }) => failed(message));
    tool.on('close', (code, signal) => (code === 0 ? resolve() : failed(signal ?? code)));
  });
}

/** The best level of this CPU, by the compiler's word. */
function levelHere() {
  const { stdout } = spawnSync('g++', ['-march=native', '-dM', '-E', '-x', 'c++', '/dev/null'], { encoding: 'utf8' });
  const has = (...names) => names.every((name) => stdout?.includes(`#define __${name}__ `));
  if (!has('AVX2', 'FMA', 'F16C', 'BMI', 'BMI2', 'LZCNT', 'MOVBE')) return 'baseline';
  return has('AVX512F', 'AVX512DQ', 'AVX512CD', 'AVX512BW', 'AVX512VL') ? 'v4' : 'v3';
}

/** Compiles the sources, as many at a time as there are cores. @returns {Promise<string[]>} the objects */
async function compile(sources, flags) {
  const left = sources.map((source) => ({ source, object: path.join(folder, `${path.parse(source).name}.o`) }));
  const objects = left.map(({ object }) => object);
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      await must('g++', [...flags, '-c', next.source, '-o', next.object]);
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, work));
  return objects;
}

try {
  const blas = findOpenBlas();
  if (blas === undefined) throw new Error('sanitize-threads: OpenBLAS was not found');
  fs.mkdirSync(folder, { recursive: true });
  const level = levelHere();
  const others = LEVELS.filter((name) => name !== level);
  const kernels = fs
    .readdirSync(path.join(root, 'native', 'kernels'))
    .filter((file) => file.endsWith('.cc') && !others.some((name) => file === `level_${name}.cc`))
    .map((file) => path.join('native', 'kernels', file))
    // The kernels of the level take longest by far.
    .sort((a, b) => Number(b.includes('level_')) - Number(a.includes('level_')));
  const objects = await compile(
    [...kernels, path.join('test', 'native', 'threads.cc')],
    [
      ...['-std=c++17', '-O1', '-g1', '-fsanitize=thread', ...ARITHMETIC],
      // Whatever level is asked for: these kernels.
      ...others.map((name) => `-Dkernels_${name}=kernels_${level}`),
      `-DZEROKARA_BLAS_LIBRARY="${blas.name}"`,
      `-I${blas.include}`,
      ...(process.env.CXXFLAGS ?? '').split(' ').filter(Boolean),
    ],
  );
  const program = path.join(folder, 'threads');
  await must('g++', ['-fsanitize=thread', ...objects, blas.library, '-pthread', '-o', program]);
  console.log(`sanitize-threads: built for ${level} after ${Math.round(performance.now() / 1000)} s`);
  // Without randomised addresses, which newer kernels spread further than ThreadSanitizer expects; containers may forbid it.
  const fixed = ['setarch', '--addr-no-randomize'];
  const may = spawnSync(fixed[0], [fixed[1], 'true']).status === 0;
  const [command, ...args] = [...(may ? fixed : []), program, ...process.argv.slice(2)];
  await must(command, args, { env: { ...process.env, TSAN_OPTIONS: 'halt_on_error=1' } });
  console.log(`sanitize-threads: nothing found (${Math.round(performance.now() / 1000)} s)`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
