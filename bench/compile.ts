/** Compiles the C++ programs of the bench if a compiler and OpenBLAS are available. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH, BUILD } from './places.js';

/** A C++ program, or why there is none. */
export type Compiled = { readonly program: string } | { readonly reason: string };

/** @param name a file of bench/reference without its ending */
export function compile(name: string): Compiled {
  const source = join(BENCH, 'reference', `${name}.cc`);
  const program = join(BUILD, name);
  if (newerThan(program, join(BENCH, 'reference'))) return { program };
  mkdirSync(BUILD, { recursive: true });
  const compiler = process.env['CXX'] || 'g++';
  const flags = ['-std=c++17', '-O3', '-march=native', '-ffast-math', '-Wall', '-Wextra'];
  // Debian keeps the header in an architecture-specific folder, Fedora and Homebrew in one called openblas.
  const includes = ['/usr/include/openblas', '/opt/homebrew/opt/openblas/include'].map((folder) => `-I${folder}`);
  const run = spawnSync(compiler, [...flags, ...includes, source, '-o', program, '-lopenblas', '-pthread'], {
    encoding: 'utf8',
  });
  if (run.error) return { reason: `no C++ compiler: ${run.error.message}` };
  if (run.status !== 0) return { reason: `${compiler} cannot build it: ${firstError(run.stderr)}` };
  return { program };
}

function newerThan(program: string, folder: string): boolean {
  if (!existsSync(program)) return false;
  const made = statSync(program).mtimeMs;
  return readdirSync(folder).every((file) => statSync(join(folder, file)).mtimeMs < made);
}

function firstError(text: string): string {
  const lines = text.split('\n');
  return (lines.find((line) => /error|cannot find/.test(line)) ?? lines[0]!).trim();
}
