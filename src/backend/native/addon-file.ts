/** The compiled addon as a file: where it may be, how it is opened, and how it is tested before it is trusted. */

import { fs, modules, path } from '../../platform/node-modules.js';
import { OPERATIONS } from '../functions.js';
import type { Addon, AddonSettings } from './addon.js';
import { shortOfAddressSpace } from './address-space.js';
import { fastestCoreType, unusableCoreType } from './core-type.js';
import { withEnvironment } from './load-environment.js';
import { initializeAddon } from './native.js';

const { closeSync, existsSync, openSync, readFileSync, readSync, statSync } = fs;
const { createRequire } = modules;
const { dirname, join, resolve } = path;

const PACKAGE = 'zerokara';

/** The members of `Addon`. A file that lacks one of them belongs to another version. */
const EXPORTS: readonly (keyof Addon)[] = ['initialize', 'info', ...OPERATIONS, 'getThreads', 'setThreads'];

/** Opened addons by path: a second backend in the same thread uses the same addon. */
const opened = new Map<string, Addon>();

/**
 * Opens, initializes and tests the addon at `path`.
 *
 * @param settings read only when the file is opened for the first time
 * @throws {ArgumentError} if this machine does not have the level that `settings` asks for
 * @throws {Error} whose message says in plain words why the file cannot be used
 */
export function openAddon(
  path: string,
  settings: AddonSettings & { readonly coreType?: string | undefined } = {},
): Addon {
  const known = opened.get(path);
  if (known !== undefined) return known;
  if (!existsSync(path)) throw new Error('no such file');
  if (isCutOff(path)) throw new Error('the file is cut off');
  const fatal = unusableCoreType(settings.coreType) ?? shortOfAddressSpace(path);
  if (fatal !== undefined) throw new Error(fatal);
  const holder = { exports: {} as Addon };
  try {
    // Not require(): dlopen needs no cache, so it also works in a Worker and after require.cache was cleared.
    withEnvironment(forOpenBlas(settings.coreType), () => process.dlopen(holder, path));
  } catch (error) {
    throw new Error(plainWords(error, path), { cause: error });
  }
  const addon = holder.exports;
  const missing = EXPORTS.find((name) => typeof addon[name] !== 'function');
  if (missing !== undefined) throw new Error(`it belongs to another version: ${missing} is missing`);
  initializeAddon(addon, settings);
  tryArithmetic(addon);
  opened.set(path, addon);
  return addon;
}

/**
 * What OpenBLAS should find in its environment: one thread, since it never runs more here, and each that it starts maps
 * 128 MB; and where the user names no kernels, the fastest that this CPU can run.
 */
function forOpenBlas(named: string | undefined): Record<string, string> {
  const fastest = named === undefined ? fastestCoreType() : undefined;
  return { OPENBLAS_NUM_THREADS: '1', ...(fastest !== undefined && { OPENBLAS_CORETYPE: fastest }) };
}

/** The addons that this thread has opened. */
export function openedAddons(): readonly Addon[] {
  return [...opened.values()];
}

/**
 * Whether a Linux library ends before its section table, which linkers put last. The loader does not check: it maps
 * what there is, and the process dies at the first missing page.
 */
function isCutOff(path: string): boolean {
  const header = firstBytes(path, 64);
  const elf64 = header.length === 64 && header.readUInt32BE(0) === 0x7f454c46 && header[4] === 2;
  if (!elf64) return false; // the loader says what is wrong with it
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const littleEndian = header[5] === 1;
  const sections = view.getBigUint64(0x28, littleEndian);
  const size = view.getUint16(0x3a, littleEndian) * view.getUint16(0x3c, littleEndian);
  return sections + BigInt(size) > BigInt(statSync(path).size);
}

function firstBytes(path: string, count: number): Buffer {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(count);
      return bytes.subarray(0, readSync(file, bytes, 0, count, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return Buffer.alloc(0);
  }
}

/** The message of dlopen, without the path that the reader has already seen. */
function plainWords(error: unknown, path: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_DLOPEN_DISABLED') return 'Node was started without addons (--no-addons or the permission model)';
  const line = message.split('\n', 1)[0]!;
  return line.startsWith(`${path}: `) ? line.slice(path.length + 2) : line;
}

/** @throws {Error} if the addon gets small products or a sigmoid wrong */
function tryArithmetic(addon: Addon): void {
  for (const kind of [Float32Array, Float64Array]) {
    const c = new kind([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    addon.gemm(false, true, 2, 2, 2, 2, new kind([1, 2, 3, 4]), 2, new kind([5, 6, 7, 8]), 2, 0, c, 2);
    const half = new kind(1);
    addon.activation(half, new kind(1), 1, 2);
    if (c.join() !== '34,46,78,106' || half[0] !== 0.5) throw new Error('it computes wrong results');
  }
}

/** The folder of this code; in a bundle of ES modules, which has no __dirname, that of the program. */
function ownFolder(): string {
  return typeof __dirname === 'string' ? __dirname : dirname(process.argv[1] ?? join(process.cwd(), 'bundle'));
}

/** The folder with this package's package.json; undefined if the code was bundled away from it and it is not installed. */
export function packageRoot(from: string = ownFolder()): string | undefined {
  return enclosingPackage(from) ?? installedPackage(from);
}

/** The package that `from` lies in. */
function enclosingPackage(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (isOurs(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** The package that a program in `from` would load. */
function installedPackage(from: string): string | undefined {
  try {
    return dirname(createRequire(join(from, 'index.js')).resolve(`${PACKAGE}/package.json`));
  } catch {
    return undefined;
  }
}

function isOurs(file: string): boolean {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown }).name === PACKAGE;
  } catch {
    return false;
  }
}

/**
 * The files to try: only the named one, if ZEROKARA_ADDON names one, else those of the package. For a bundle, the file
 * beside it, then those of the package if it is installed.
 */
export function addonPaths(named: string | undefined, from: string = ownFolder()): readonly string[] {
  if (named) return [resolve(named)];
  const own = enclosingPackage(from);
  if (own !== undefined) return addonCandidates(own);
  const installed = installedPackage(from);
  return [join(from, 'zerokara.node'), ...(installed === undefined ? [] : addonCandidates(installed))];
}

/** Where the addon may be, best first: one built here, then the one shipped with the package. */
export function addonCandidates(root: string): readonly string[] {
  return [join(root, 'build', 'Release', 'zerokara.node'), join(root, 'prebuilds', platformFolder(), 'zerokara.node')];
}

/** The folder of prebuilds/ for this process: `linux-x64`, `linux-arm64-musl`, `darwin-arm64`, `win32-x64`. */
export function platformFolder(): string {
  return `${process.platform}-${process.arch}${process.platform === 'linux' && usesMusl() ? '-musl' : ''}`;
}

/** Whether Node itself was linked with musl: the first bytes of its file contain the loader's name. */
function usesMusl(): boolean {
  return firstBytes(process.execPath, 4096).includes('ld-musl-');
}
