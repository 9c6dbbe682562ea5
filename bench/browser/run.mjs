#!/usr/bin/env node
/**
 * Measures J1 in Chromium beside tfjs, whose packages are those of bench/peers: `node bench/browser/run.mjs`.
 *
 * The library in the page is bundled from src as a page's bundler would, tfjs from its own packages.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { bundleProgram } from '../../scripts/lib/bundle-program.mjs';
import { sourceAliases } from '../../scripts/lib/source-aliases.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const output = path.join(root, 'build', 'bench');
const peers = path.join(root, 'bench', 'peers');
const packages = path.join(peers, 'node_modules', '@tensorflow');
if (!fs.existsSync(packages)) {
  console.error('bench: tfjs is not installed; npm ci --prefix bench/peers --ignore-scripts installs it');
  process.exit(1);
}

await bundleProgram(root, ['bench/browser/compare.ts'], output);
const page = {
  bundle: true,
  platform: /** @type {const} */ ('browser'),
  format: /** @type {const} */ ('esm'),
  minify: true,
  logLevel: /** @type {const} */ ('error'),
  alias: sourceAliases(root, 'browser'),
};
await build({
  ...page,
  entryPoints: [path.join(root, 'bench/browser/own-page.ts')],
  outfile: path.join(output, 'own.mjs'),
});
await build({
  ...page,
  stdin: {
    contents: `import * as tf from '@tensorflow/tfjs';
      import * as wasm from '@tensorflow/tfjs-backend-wasm';
      import { offersOf as offers, startTfjs } from '../browser/tfjs-page.ts';
      export const start = () => startTfjs(tf, wasm);
      export const offersOf = (job) => offers(tf, job);`,
    resolveDir: peers,
  },
  outfile: path.join(output, 'tfjs.mjs'),
});
const wasm = path.join(packages, 'tfjs-backend-wasm', 'dist');
fs.cpSync(wasm, path.join(output, 'tfjs'), {
  recursive: true,
  filter: (file) => file === wasm || file.endsWith('.wasm'),
});

const { status } = spawnSync(process.execPath, [path.join(output, 'compare.js')], { stdio: 'inherit' });
process.exitCode = status ?? 1;
