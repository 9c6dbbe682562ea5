#!/usr/bin/env node
/**
 * Compiles a bench of the native kernels with the flags of the addon and runs it.
 *
 * usage: node bench/kernels/run.mjs products thin|panel shapes|sweep|product …
 *        node bench/kernels/run.mjs rows shapes|sweep [float|double]
 *        node bench/kernels/run.mjs convolutions|gradients [batch]
 *        node bench/kernels/run.mjs passes|tiles|lines
 *        node bench/kernels/run.mjs --check          only whether all of them compile
 *
 * Needs g++ (or CXX) and OpenBLAS, as the C++ reference does.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ARITHMETIC } from '../../native/flags.cjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const kernels = path.resolve(here, '../../native/kernels');
const output = path.resolve(here, '../../build/bench');
const KERNELS = [
  'blas',
  'cpu',
  'direct_convolution',
  'gemm',
  'panel_gemm',
  'pooled_composition',
  'pooled_convolution',
  'scratch',
  'team',
  'thin_gemm',
  'weight_gradient',
  'level_baseline',
  'level_v3',
  'level_v4',
];
const FLAGS = ['-std=c++17', '-O3', ...ARITHMETIC, '-Wall', '-Wextra'];
const BLAS = [
  '-DZEROKARA_BLAS_LIBRARY="libopenblas"',
  '-I/usr/include/openblas',
  '-I/opt/homebrew/opt/openblas/include',
];

const [name, ...args] = process.argv.slice(2);
if (name === '--check') {
  const benches = fs.readdirSync(here).filter((file) => file.endsWith('.cc'));
  must(process.env.CXX || 'g++', [...FLAGS, ...BLAS, '-fsyntax-only', ...benches.map((file) => path.join(here, file))]);
  process.exit(0);
}
const source = path.join(here, `${name}.cc`);
if (name === undefined || !fs.existsSync(source)) {
  console.error(
    'usage: node bench/kernels/run.mjs products thin|panel shapes|sweep|product … | rows shapes|sweep | convolutions | gradients | passes | tiles | lines',
  );
  process.exit(1);
}
fs.mkdirSync(output, { recursive: true });
const program = path.join(output, name);
const sources = [source, ...KERNELS.map((file) => path.join(kernels, `${file}.cc`))];
must(process.env.CXX || 'g++', [...FLAGS, ...BLAS, ...sources, '-o', program, '-lopenblas', '-pthread']);
must(program, args);

function must(command, commandArgs) {
  const { status, error } = spawnSync(command, commandArgs, { stdio: 'inherit' });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
