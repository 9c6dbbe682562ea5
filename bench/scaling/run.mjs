#!/usr/bin/env node
/**
 * Bundles the simulation of scaling, without the library, into build/bench, and runs it.
 *
 * usage: node bench/scaling/run.mjs simulate [options]
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bundleProgram } from '../../scripts/lib/bundle-program.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'build', 'bench');
const [program = 'simulate', ...options] = process.argv.slice(2);

await bundleProgram(
  root,
  ['simulate'].map((name) => `bench/scaling/${name}.ts`),
  folder,
);
const { status } = spawnSync(process.execPath, [path.join(folder, `${program}.js`), ...options], { stdio: 'inherit' });
process.exitCode = status ?? 1;
