/** The platform in Node. */

import type { FileHandle } from 'node:fs/promises';
import { startWorker } from './calling-worker.js';
import * as node from './node-modules.js';
import { type FileStatus, type Files, GzipError, type Machine, type OpenFile, type Platform } from './platform.js';

const { createHash, randomInt } = node.crypto;
const { readFileSync, readlinkSync } = node.fs;
const fs = node.fs.promises;
const { createRequire } = node.modules;
const { availableParallelism, cpus, hostname } = node.os;
const { basename, dirname, join, resolve } = node.path;
const { pipeline, Readable } = node.stream;
const { fileURLToPath } = node.url;
const { getEnvironmentData, setEnvironmentData } = node.workers;
const { constants, createGunzip, gunzipSync } = node.zlib;

const machine: Machine = {
  system: process.platform,
  architecture: process.arch,
  engine: process.version,
  cores: availableParallelism,
  cpu: () => cpus()[0]?.model.trim() || 'unknown',
  readText(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
};

const files: Files = {
  join,
  nameOf: (path) => basename(path),
  folderOf: dirname,
  async status(path) {
    const stat = await fs.stat(path).catch(ignoreMissing);
    return stat && statusOf(stat);
  },
  async readLink(path) {
    const stat = await fs.lstat(path).catch(ignoreMissing);
    return stat?.isSymbolicLink() ? fs.readlink(path) : undefined;
  },
  resolveLinks: (path) => fs.realpath(path),
  pathOf: (url) => fileURLToPath(url),
  resolve,
  list: (folder) => fs.readdir(folder),
  async openToRead(path) {
    // Without O_NONBLOCK, opening a pipe waits until another process opens it for writing. Windows has neither.
    const { O_RDONLY, O_NONBLOCK = 0 } = fs.constants;
    return openFile(await fs.open(path, O_RDONLY | O_NONBLOCK));
  },
  create: async (path) => openFile(await fs.open(path, 'wx'), path),
  rename: fs.rename,
  remove: fs.unlink,
  async syncFolder(folder) {
    // Windows cannot open a folder, and needs no sync; some network file systems cannot sync one.
    if (process.platform === 'win32') return;
    const handle = await fs.open(folder, 'r');
    try {
      await handle.sync().catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EINVAL' && error.code !== 'ENOTSUP') throw error;
      });
    } finally {
      await handle.close();
    }
  },
  process: {
    host: hostOfProcesses(),
    id: process.pid,
    started: Date.now() - 1000 * process.uptime(),
    isRunning(id) {
      try {
        process.kill(id, 0); // only asks; sends no signal
        return true;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code !== 'ESRCH';
      }
    },
  },
};

/** A name for the scope in which process ids are unique; on Linux, a boot of the machine and a container. */
function hostOfProcesses(): string {
  const boot = machine.readText('/proc/sys/kernel/random/boot_id') ?? '';
  let container = '';
  try {
    container = readlinkSync('/proc/self/ns/pid');
  } catch {}
  return createHash('sha256').update(`${hostname()} ${boot} ${container}`).digest('hex').slice(0, 8);
}

function openFile(handle: FileHandle, path?: string): OpenFile {
  return {
    status: async () => statusOf(await handle.stat()),
    // One call reads or writes less than 2 GiB.
    read: async (into, position) =>
      (await handle.read(into, 0, Math.min(into.length, MOST_AT_ONCE), position)).bytesRead,
    write: async (bytes) => (await handle.write(bytes, 0, Math.min(bytes.length, MOST_AT_ONCE))).bytesWritten,
    async setMode(mode) {
      try {
        await handle.chmod(mode);
      } catch (error) {
        // Node's permission model has no `fchmod`, also where the file may be written.
        if (path === undefined || (error as NodeJS.ErrnoException).code !== 'ERR_ACCESS_DENIED') throw error;
        await fs.chmod(path, mode);
      }
    },
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

const MOST_AT_ONCE = 2 ** 30;

function statusOf(stat: Awaited<ReturnType<typeof fs.stat>>): FileStatus {
  const kind = stat.isFile()
    ? 'file'
    : stat.isDirectory()
      ? 'folder'
      : stat.isFIFO()
        ? 'pipe'
        : stat.isSocket()
          ? 'socket'
          : 'device';
  return { kind, size: Number(stat.size), mode: Number(stat.mode) & 0o7777, modified: Number(stat.mtimeMs) };
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

function asGzipError(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return new GzipError('short', message);
  return code?.startsWith('Z_') === true ? new GzipError('damaged', message) : error;
}

/** The working folder; undefined once it has been removed. */
function workingFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** The running program and its main module, and this file if it exists: ES module bundles have no __filename. */
function startingPoints(): string[] {
  const main = process.argv[1];
  const folder = workingFolder();
  return [
    ...(folder === undefined ? [] : [join(folder, 'index.js')]),
    ...(main === undefined ? [] : [main]),
    ...(typeof __filename === 'string' ? [__filename] : []),
  ];
}

/** The folder of the package, from its one file or from this source; of a bundle, its file. */
function ownPlace(): string {
  const file = typeof __filename === 'string' ? __filename : (process.argv[1] ?? workingFolder() ?? '/');
  const folder = dirname(file);
  if (basename(folder) === 'dist' && basename(file) === 'library.js') return dirname(folder);
  return basename(folder) === 'platform' ? dirname(dirname(folder)) : file;
}

/** Whether glibc has been told, or is not what allocates. */
let isKept = process.platform !== 'linux';

/**
 * glibc maps large blocks one by one and returns them to the system when they are freed, so a new array of some megabytes begins
 * with thousands of page faults. Once a mapped block of up to 32 MB has been freed, blocks up to its size stay with the process:
 * here one that nothing holds or touches. The addon does the same when it is loaded (native/kernels/heap.cc).
 */
function keepFreedMemory(): void {
  if (isKept) return;
  isKept = true;
  try {
    Buffer.allocUnsafeSlow(2 ** 25 - 2 ** 16);
  } catch {} // No memory for it: then there is none to be kept.
}

export const platform: Platform = {
  name: 'node',
  place: ownPlace(),
  files,
  machine,
  get variables() {
    return process.env;
  },
  randomUint32: () => randomInt(0, 2 ** 32),
  now: () => performance.now(),
  eventLoopTurn: () => new Promise((resolve) => setImmediate(resolve)),

  warnOnce(code, message) {
    // Node keeps it for this thread and the Workers it starts, so a cleared require.cache does not repeat the warning.
    const key = `zerokara: warned with ${code}`;
    if (getEnvironmentData(key) === true) return;
    setEnvironmentData(key, true);
    process.emitWarning(message, { code });
  },

  unwritten(bytes) {
    keepFreedMemory();
    return Buffer.allocUnsafeSlow(bytes).buffer;
  },

  sha256(parts) {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  },

  async gunzip(bytes, limit) {
    // One array, allocated up front: chunks and their concatenation would take twice the memory.
    const unpacked = new Uint8Array(limit);
    let length = 0;
    try {
      const stream = createGunzip({ chunkSize: Math.min(2 ** 18, limit + 64) });
      stream.end(bytes);
      for await (const chunk of stream) {
        if (chunk.length > limit - length) throw new GzipError('long', `it unpacks to more than ${limit} bytes`);
        unpacked.set(chunk, length);
        length += chunk.length;
      }
      // zlib silently ignores zeros after the end.
      if (stream.bytesWritten === bytes.length) return unpacked.subarray(0, length);
      throw new GzipError('trailing', 'bytes follow its end', stream.bytesWritten);
    } catch (error) {
      throw asGzipError(error);
    }
  },

  async gunzipStart(bytes) {
    try {
      // SYNC_FLUSH allows the input to stop midway.
      return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    } catch (error) {
      throw asGzipError(error);
    }
  },

  async *gunzipStream(chunks) {
    let given = 0;
    const counted = async function* () {
      for await (const chunk of chunks) {
        given += chunk.length;
        yield chunk;
      }
    };
    const unpacked = createGunzip({ chunkSize: 2 ** 16 });
    // What fails ends the stream with its error, which the loop below throws; the callback keeps Node from throwing it too.
    pipeline(Readable.from(counted(), { objectMode: true }), unpacked, () => undefined);
    try {
      for await (const chunk of unpacked) yield chunk as Uint8Array;
    } catch (error) {
      throw asGzipError(error);
    }
    // zlib silently ignores zeros after the end.
    if (unpacked.bytesWritten !== given) {
      throw new GzipError('trailing', 'bytes follow its end', unpacked.bytesWritten);
    }
  },

  findPackage(name, from = startingPoints()) {
    for (const start of from) {
      try {
        return dirname(createRequire(start).resolve(`${name}/package.json`));
      } catch {
        // Not installed there: try the next place.
      }
    }
    return undefined;
  },

  startWorker,
};
