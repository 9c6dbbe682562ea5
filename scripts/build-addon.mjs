#!/usr/bin/env node
/**
 * Builds the native addon into build/Release/zerokara.node and tries it in a process of its own.
 *
 * usage: node scripts/build-addon.mjs [--with cmake|gyp]
 *
 * CMake is the build where it is on PATH (driven by cmake-js where that is installed); node-gyp on native/binding.gyp is
 * the second way. Neither downloads anything.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { reasonOf } from './lib/build-failure.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const ADDON = path.join(root, 'build', 'Release', 'zerokara.node');
const BUILDERS = { cmake: buildWithCmake, gyp: buildWithGyp };

/**
 * Builds and tries the addon.
 *
 * @param {{ with?: 'cmake' | 'gyp', quiet?: boolean }} [options] `with` forces a way; `quiet` keeps the tools' output back
 * @returns {Promise<{ ok: true, method: string, summary: string } | { ok: false, method: string, reason: string }>}
 *   `reason` is one clause in plain words
 */
export async function buildAddon({ with: forced, quiet = false } = {}) {
  if (forced !== undefined && !Object.hasOwn(BUILDERS, forced)) {
    return { ok: false, method: forced, reason: `there is no way to build with "${forced}"; known are cmake and gyp` };
  }
  const method = forced ?? (runs('cmake', ['--version']) ? 'cmake' : 'gyp');
  const failure = (await BUILDERS[method](quiet)) ?? selfTest(ADDON).failure;
  if (failure !== undefined) return { ok: false, method, reason: failure };
  return { ok: true, method, summary: selfTest(ADDON).summary };
}

/**
 * Loads an addon in a process of its own, since a binary for another CPU would take the caller down with it.
 *
 * @param {string} file
 * @returns {{ failure?: string, summary?: string }}
 */
export function selfTest(file) {
  const run = spawnSync(process.execPath, ['-e', `(${tryAddon})(process.argv[1])`, file], { encoding: 'utf8' });
  if (run.status === 0) return { summary: run.stdout.trim() };
  if (run.signal) return { failure: `the addon was built but ends the process with ${run.signal}` };
  const message = /^(?:\w*Error): (.*)$/m.exec(run.stderr)?.[1] ?? run.stderr.trim().split('\n').at(-1);
  return { failure: `the addon was built but does not work: ${message}` };
}

/** Runs in the child: must not refer to anything outside itself. */
function tryAddon(file) {
  const holder = { exports: {} };
  process.dlopen(holder, file);
  const addon = holder.exports;
  addon.initialize((operation) => new Error(`${operation} refused`));
  const c = new Float32Array(1).fill(Number.NaN);
  addon.gemm(false, false, 1, 1, 2, 1, new Float32Array([3, 4]), 2, new Float32Array([5, 6]), 1, 0, c, 1);
  if (c[0] !== 39) throw new Error(`3·5 + 4·6 = ${c[0]}`);
  const { blas, config, corename, isa } = addon.info();
  const library =
    blas === 'accelerate' ? 'Accelerate' : `${config.split(' ').slice(0, 2).join(' ')}, ${corename} kernels`;
  console.log(`${library}; CPU level ${isa}`);
}

/** @returns {Promise<string | undefined>} why it failed */
async function buildWithCmake(quiet) {
  forgetMovedBuild();
  const jobs = String(os.availableParallelism());
  const cmakeJs = resolved('cmake-js/package.json', 'bin/cmake-js');
  if (cmakeJs !== undefined) return run(process.execPath, [cmakeJs, 'compile', '--parallel', jobs], quiet);
  const failure = await run('cmake', ['-S', '.', '-B', 'build', '-DCMAKE_BUILD_TYPE=Release'], quiet);
  return failure ?? run('cmake', ['--build', 'build', '--config', 'Release', '--parallel', jobs], quiet);
}

/** CMake refuses a build folder that was configured under another path: its cache goes, the rest of build/ stays. */
function forgetMovedBuild() {
  const cache = path.join(root, 'build', 'CMakeCache.txt');
  if (!fs.existsSync(cache)) return;
  const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(fs.readFileSync(cache, 'utf8'))?.[1];
  const found = /^ZEROKARA_BLAS_FILE:\w+=(.*)$/m.exec(fs.readFileSync(cache, 'utf8'))?.[1];
  // The same goes for a BLAS that has been removed since: its path is remembered.
  const gone = found !== undefined && !found.endsWith('-NOTFOUND') && !fs.existsSync(found);
  if (home !== undefined && path.resolve(home) === root && !gone) return;
  fs.rmSync(cache);
  fs.rmSync(path.join(root, 'build', 'CMakeFiles'), { recursive: true, force: true });
}

/** @returns {Promise<string | undefined>} why it failed */
async function buildWithGyp(quiet) {
  const gyp = findNodeGyp();
  if (gyp === undefined) return 'neither CMake nor node-gyp was found';
  const headers = process.env.npm_config_nodedir || path.dirname(path.dirname(fs.realpathSync(process.execPath)));
  // Without them node-gyp would download the headers of this Node.
  if (!fs.existsSync(path.join(headers, 'include', 'node', 'common.gypi'))) {
    return `CMake was not found, and node-gyp needs include/node/common.gypi, which this Node was installed without`;
  }
  const args = [gyp, 'rebuild', '--directory=native', `--nodedir=${headers}`, '--jobs=max'];
  const failure = await run(process.execPath, args, quiet);
  if (failure !== undefined) return failure;
  fs.mkdirSync(path.dirname(ADDON), { recursive: true });
  // A process may have the old file mapped: replaced, never written into.
  fs.rmSync(ADDON, { force: true });
  fs.copyFileSync(path.join(root, 'native', 'build', 'Release', 'zerokara.node'), ADDON);
  return undefined;
}

/** The development dependency, or npm's own: npm names it to its scripts and keeps it beside itself. */
function findNodeGyp() {
  const beside = path.join(
    path.dirname(fs.realpathSync(process.execPath)),
    '../lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js',
  );
  return [resolved('node-gyp/package.json', 'bin/node-gyp.js'), process.env.npm_config_node_gyp, beside].find(
    (file) => file !== undefined && fs.existsSync(file),
  );
}

/** A file of an installed package. */
function resolved(manifest, file) {
  try {
    return path.join(path.dirname(require.resolve(manifest)), file);
  } catch {
    return undefined;
  }
}

function runs(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Runs a tool to its end in the root of the package. @returns {Promise<string | undefined>} why it failed */
function run(command, args, quiet) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.setEncoding('utf8').on('data', (text) => {
        said += text;
        if (!quiet) to.write(text);
      });
    }
    child.on('error', (error) => resolve(`${command} did not start: ${error.message}`));
    child.on('close', (code) => resolve(code === 0 ? undefined : reasonOf(said)));
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  try {
    const { values } = parseArgs({ options: { with: { type: 'string' }, quiet: { type: 'boolean' } } });
    const result = await buildAddon(values);
    if (result.ok)
      console.log(`build-addon: built with ${result.method}: build/Release/zerokara.node (${result.summary})`);
    else console.error(`build-addon: no addon was built with ${result.method}: ${result.reason}.`);
    process.exitCode = result.ok ? 0 : 1;
  } catch (error) {
    console.error(`build-addon: ${error.message}`);
    process.exitCode = 1;
  }
}
