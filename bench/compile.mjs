/** Compiles the C++ programs of the bench when a compiler and OpenBLAS are there. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const output = path.resolve(here, '../build/bench');

/**
 * @param {string} name a file of bench/reference without its ending
 * @returns {{ program: string } | { reason: string }} the program, or why there is none
 */
export function compile(name) {
  const source = path.join(here, 'reference', `${name}.cc`);
  const program = path.join(output, name);
  if (newerThan(program, path.dirname(source))) return { program };
  fs.mkdirSync(output, { recursive: true });
  const compiler = process.env.CXX || 'g++';
  const flags = ['-std=c++17', '-O3', '-march=native', '-ffast-math', '-Wall', '-Wextra'];
  // Debian keeps the header in a folder of its architecture, Fedora and Homebrew in one called openblas.
  const includes = ['/usr/include/openblas', '/opt/homebrew/opt/openblas/include'].map((folder) => `-I${folder}`);
  const run = spawnSync(compiler, [...flags, ...includes, source, '-o', program, '-lopenblas', '-pthread'], {
    encoding: 'utf8',
  });
  if (run.error) return { reason: `no C++ compiler: ${run.error.message}` };
  if (run.status !== 0) return { reason: `${compiler} cannot build it: ${firstError(run.stderr)}` };
  return { program };
}

function newerThan(program, folder) {
  if (!fs.existsSync(program)) return false;
  const made = fs.statSync(program).mtimeMs;
  return fs.readdirSync(folder).every((file) => fs.statSync(path.join(folder, file)).mtimeMs < made);
}

function firstError(text) {
  return (text.split('\n').find((line) => /error|cannot find/.test(line)) ?? text.split('\n')[0]).trim();
}
