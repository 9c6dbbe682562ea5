#!/usr/bin/env node
/**
 * Builds the native addon, tries it in a process of its own, and only then makes it build/Release/zerokara.node.
 *
 * usage: node scripts/build-addon.mjs [--with cmake|gyp] [--mpi] [--quiet]
 *
 * CMake is the build where it is on PATH (driven by cmake-js in a clone); node-gyp on native/binding.gyp is the second
 * way. Neither downloads anything. `zerokara build` runs this in an installed copy, where nothing but the package and
 * the system's tools can be counted on.
 *
 * With --mpi it builds the second addon instead, build/Release/zerokara-mpi.node, against the MPI of this machine. CMake finds
 * MPI, so there is no second way.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { reasonOf, remedyFor } from './lib/build-failure.mjs';
import { headersOfNode, npmsNodeGyp } from './lib/build-node-gyp.mjs';
import { selfTest, tryMpiAddon } from './lib/build-self-test.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const ADDON = path.join(root, 'build', 'Release', 'zerokara.node');
const MPI_ADDON = path.join(root, 'build', 'Release', 'zerokara-mpi.node');
const MPI_SOURCES = path.join(root, 'native', 'mpi');
const BUILDERS = {
  cmake: { build: buildWithCmake, folder: path.join(root, 'build', 'cmake') },
  gyp: { build: buildWithGyp, folder: path.join(root, 'native', 'build') },
};

/** The sources and the development dependencies are in a clone; the published package has neither. */
const isClone = fs.existsSync(path.join(root, 'src'));

/**
 * Builds and tries the addon. One that was there before stays until the new one has passed its test.
 *
 * @param {{ with?: 'cmake' | 'gyp', quiet?: boolean }} [options] `with` forces a way; `quiet` keeps the tools' output back
 * @returns {Promise<{ ok: true, method: string, file: string, summary: string }
 *   | { ok: false, method: string, reason: string, remedy?: string }>} `reason` is one clause in plain words, `remedy` one
 *   that says what to do, where `reason` does not
 */
export async function buildAddon({ with: forced, quiet = false } = {}) {
  if (forced !== undefined && !Object.hasOwn(BUILDERS, forced)) {
    return { ok: false, method: forced, reason: `there is no way to build with "${forced}"; known are cmake and gyp` };
  }
  const method = forced ?? (runs('cmake', ['--version']) ? 'cmake' : 'gyp');
  const { build, folder } = BUILDERS[method];
  const built = path.join(folder, 'Release', 'zerokara.node');
  /** @param {string} reason */
  const failed = (reason) => {
    const remedy = remedyFor(reason);
    return { ok: /** @type {const} */ (false), method, reason, ...(remedy === undefined ? {} : { remedy }) };
  };
  try {
    const unwritable = whyNotWritable();
    if (unwritable !== undefined) return failed(unwritable);
    const failure = await build(folder, quiet);
    if (failure !== undefined) return failed(failure);
    const test = selfTest(built);
    if ('failure' in test) return failed(test.failure);
    const kept = replaceAddon(built);
    return kept === undefined ? { ok: true, method, file: ADDON, summary: test.summary } : failed(kept);
  } finally {
    // In a clone the objects make the next build short; in an installed copy they are megabytes of waste.
    if (!isClone) discard(folder);
  }
}

/**
 * Builds the addon of MPI and opens it in a process of its own. One that was there before stays until then.
 *
 * @param {{ quiet?: boolean }} [options]
 * @returns {ReturnType<typeof buildAddon>}
 */
export async function buildMpiAddon({ quiet = false } = {}) {
  const folder = path.join(root, 'build', 'mpi');
  const built = path.join(folder, 'Release', 'zerokara-mpi.node');
  /** @param {string} reason */
  const failed = (reason) => {
    const remedy = remedyFor(reason);
    return { ok: /** @type {const} */ (false), method: 'cmake', reason, ...(remedy === undefined ? {} : { remedy }) };
  };
  try {
    if (!runs('cmake', ['--version'])) return failed('CMake was not found');
    const unwritable = whyNotWritable();
    if (unwritable !== undefined) return failed(unwritable);
    forgetMovedBuild(folder, MPI_SOURCES);
    const failure = await cmake(MPI_SOURCES, folder, quiet);
    if (failure !== undefined) return failed(failure);
    const test = selfTest(built, tryMpiAddon);
    if ('failure' in test) return failed(test.failure);
    const kept = replaceAddon(built, MPI_ADDON);
    return kept === undefined ? { ok: true, method: 'cmake', file: MPI_ADDON, summary: test.summary } : failed(kept);
  } finally {
    if (!isClone) discard(folder);
  }
}

/** @returns {string | undefined} why nothing can be built here, found out before minutes were spent on it */
function whyNotWritable() {
  const probe = path.join(root, 'build', `probe-${process.pid}`);
  try {
    fs.mkdirSync(probe, { recursive: true });
    fs.rmdirSync(probe);
    return undefined;
  } catch {
    return `the folder of the package, ${root}, cannot be written to`;
  }
}

/** Puts the addon in its place in one step. @returns {string | undefined} why it could not */
function replaceAddon(built, file = ADDON) {
  const fresh = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    // A process may have the old file mapped: replaced, never written into.
    fs.copyFileSync(built, fresh);
    fs.renameSync(fresh, file);
    return undefined;
  } catch ({ message }) {
    return `${file} cannot be replaced: ${message}`;
  } finally {
    fs.rmSync(fresh, { force: true });
  }
}

/** Removes the folder, and build/ too if there is nothing else in it. */
function discard(folder) {
  try {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.rmdirSync(path.join(root, 'build'));
  } catch {
    // It holds the addon, or was never there.
  }
}

/** @returns {Promise<string | undefined>} why it failed */
async function buildWithCmake(folder, quiet) {
  forgetMovedBuild(folder);
  const jobs = String(os.availableParallelism());
  const cmakeJs = ofClone('cmake-js/package.json', 'bin/cmake-js');
  if (cmakeJs !== undefined) {
    return run(process.execPath, [cmakeJs, 'compile', '--out', folder, '--parallel', jobs], quiet);
  }
  return cmake('.', folder, quiet);
}

/** @returns {Promise<string | undefined>} why it failed */
async function cmake(sources, folder, quiet) {
  const jobs = String(os.availableParallelism());
  const failure = await run('cmake', ['-S', sources, '-B', folder, '-DCMAKE_BUILD_TYPE=Release'], quiet);
  return failure ?? run('cmake', ['--build', folder, '--config', 'Release', '--parallel', jobs], quiet);
}

/** CMake refuses a build folder that was configured under another path, and remembers a BLAS that has been removed. */
function forgetMovedBuild(folder, sources = root) {
  const cache = path.join(folder, 'CMakeCache.txt');
  if (!fs.existsSync(cache)) return;
  const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m.exec(fs.readFileSync(cache, 'utf8'))?.[1];
  const found = /^ZEROKARA_BLAS_FILE:\w+=(.*)$/m.exec(fs.readFileSync(cache, 'utf8'))?.[1];
  const gone = found !== undefined && !found.endsWith('-NOTFOUND') && !fs.existsSync(found);
  if (home === undefined || path.resolve(home) !== sources || gone) fs.rmSync(folder, { recursive: true });
}

/** @returns {Promise<string | undefined>} why it failed */
async function buildWithGyp(_, quiet) {
  const gyp = ofClone('node-gyp/package.json', 'bin/node-gyp.js') ?? npmsNodeGyp();
  if (gyp === undefined) return 'neither CMake nor node-gyp was found';
  const headers = headersOfNode();
  if (headers === undefined) {
    return 'CMake was not found, and node-gyp needs include/node/common.gypi, which this Node was installed without';
  }
  const args = [gyp, 'rebuild', '--directory=native', `--nodedir=${headers}`, '--jobs=max'];
  return run(process.execPath, args, quiet);
}

/** A file of a development dependency. A user's own cmake-js or node-gyp may be of any version, so it is left alone. */
function ofClone(manifest, file) {
  if (!isClone) return undefined;
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
    // The build files ask `node` for folders; last on PATH, so that it changes no other choice.
    const PATH = [process.env.PATH, path.dirname(process.execPath)].filter(Boolean).join(path.delimiter);
    const env = { ...process.env, PATH };
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
      child[name].setEncoding('utf8').on('data', (text) => {
        said += text;
        if (!quiet) process[name].write(text);
      });
    }
    child.on('error', (error) => resolve(`${command} did not start: ${error.message}`));
    child.on('close', (code) => resolve(code === 0 ? undefined : reasonOf(said)));
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  try {
    const { values } = parseArgs({
      options: { with: { type: 'string' }, mpi: { type: 'boolean' }, quiet: { type: 'boolean' } },
    });
    const { mpi, ...options } = values;
    const result = await (mpi
      ? buildMpiAddon(options)
      : buildAddon(/** @type {Parameters<typeof buildAddon>[0]} */ (options)));
    if (result.ok)
      console.log(`build-addon: built with ${result.method}: ${path.relative(root, result.file)} (${result.summary})`);
    else console.error(`build-addon: no addon was built with ${result.method}: ${result.reason}.`);
    process.exitCode = result.ok ? 0 : 1;
  } catch (error) {
    console.error(`build-addon: ${error.message}`);
    process.exitCode = 1;
  }
}
