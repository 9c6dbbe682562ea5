#!/usr/bin/env node
/**
 * Makes prebuilds/<platform>-<arch>/zerokara.node: the addon with OpenBLAS inside, for people without a compiler.
 *
 * usage: npm run prebuild [-- [--openblas] [--source <unpacked OpenBLAS>]]
 *
 * Linux links OpenBLAS statically, built by scripts/lib/openblas.mjs; macOS uses the system's Accelerate. The result is
 * checked before it is kept: size, exported names, the libraries it asks for, and that a fresh Node loads it. `--openblas` builds
 * OpenBLAS alone, which the next run finds.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { complaintsAbout, describe, inspect } from './lib/binary.mjs';
import { buildOpenBlas, must } from './lib/openblas.mjs';
import { platformName } from './lib/platform.mjs';
import { ADDON_INPUTS, hashOf, readStamp, writeStamp } from './lib/stamp.cjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const say = (line) => console.log(line);

/** @param {{ source?: string, openblas?: boolean }} options */
function prebuild({ source, openblas }) {
  const name = platformName();
  const blas =
    process.platform === 'darwin'
      ? undefined
      : buildOpenBlas({ cache: path.join(root, 'build', 'openblas'), arch: process.arch, source, say });
  if (openblas) return;

  say('prebuild: building the addon');
  const build = path.join(root, 'build', `prebuild-${name}`);
  fs.rmSync(build, { recursive: true, force: true });
  const options = ['-DCMAKE_BUILD_TYPE=Release', ...(blas ? [`-DZEROKARA_STATIC_BLAS=${blas}`] : [])];
  must('cmake', ['-S', root, '-B', build, ...options]);
  must('cmake', ['--build', build, '--config', 'Release', '--parallel', String(os.availableParallelism())]);
  const built = findBinary(build);
  if (process.platform !== 'win32') must('strip', process.platform === 'darwin' ? ['-x', built] : ['-s', built]);

  check(built);
  const folder = path.join(root, 'prebuilds', name);
  fs.mkdirSync(folder, { recursive: true });
  // In one go: the package may be packed meanwhile.
  const whole = path.join(build, 'whole');
  fs.copyFileSync(built, whole);
  fs.renameSync(whole, path.join(folder, 'zerokara.node'));
  const stamp = readStamp(root);
  writeStamp(root, {
    ...stamp,
    prebuilds: { ...stamp.prebuilds, [name]: hashOf(root, ADDON_INPUTS, ['native/build']) },
  });
  if (blas) fs.cpSync(path.join(blas, 'licences'), path.join(root, 'prebuilds', 'licences'), { recursive: true });
  say(`prebuild: prebuilds/${name}/zerokara.node, ${(fs.statSync(built).size / 1e6).toFixed(2)} MB`);
}

function findBinary(folder) {
  const found = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .find((file) => path.basename(file) === 'zerokara.node');
  if (!found) throw new Error(`prebuild: CMake made no zerokara.node in ${folder}`);
  return path.join(folder, found);
}

function check(file) {
  if (process.platform === 'linux') {
    const facts = inspect(file);
    say(describe(facts));
    const complaints = complaintsAbout(facts);
    if (complaints.length > 0) throw new Error(complaints.map((complaint) => `prebuild: ${complaint}`).join('\n'));
  }
  const script = 'process.dlopen({ exports: {} }, process.argv[1])';
  const run = spawnSync(process.execPath, ['-e', script, file], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`prebuild: the binary does not load (${run.signal ?? run.stderr})`);
}

try {
  prebuild(parseArgs({ options: { source: { type: 'string' }, openblas: { type: 'boolean' } } }).values);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
