#!/usr/bin/env node
/**
 * Bundles the programs about scaling, without the library, into build/bench, and runs one of them.
 *
 * usage: node bench/scaling/run.mjs simulate|ranks [options]
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bundleProgram } from '../../scripts/lib/bundle-program.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'build', 'bench');
const [program = 'simulate', ...options] = process.argv.slice(2);

await bundleProgram(
  root,
  ['simulate', 'ranks', 'rank'].map((name) => `bench/scaling/${name}.ts`),
  folder,
);
const { status } = spawnSync(process.execPath, [path.join(folder, `${program}.js`), ...options], { stdio: 'inherit' });
process.exitCode = status ?? 1;
