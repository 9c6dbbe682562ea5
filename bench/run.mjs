#!/usr/bin/env node
/**
 * Bundles the programs of the bench, without the library, into build/bench, and runs the bench. Flags of Node before the name of this file
 * hold for the library's workloads too.
 *
 * The dependencies of the JavaScript peers are in bench/peers/node_modules, so their programs are bundled there.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bundleProgram } from '../scripts/lib/bundle-program.mjs';

const root = path.resolve(import.meta.dirname, '..');
const bench = path.join(root, 'build', 'bench');

await bundleProgram(root, ['bench/main.ts', 'bench/participant.ts'], bench);
await bundleProgram(
  root,
  ['brain', 'jax-js', 'onnxruntime', 'tfjs', 'tfjs-images'].map((name) => `bench/peers/${name}.ts`),
  path.join(root, 'bench', 'peers', 'build'),
  { extension: '.cjs' },
);
const program = [...process.execArgv, path.join(bench, 'main.js'), ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, program, { stdio: 'inherit' });
process.exitCode = status ?? 1;
