/** The second addon: where it may be, and how it is opened. */

import { packageRoot } from '../../backend/native/addon-file.js';
import { BackendError } from '../../errors.js';
import { fs, path } from '../../platform/node-modules.js';

const { existsSync } = fs;
const { join, resolve } = path;

type AnyArray = Float32Array | Float64Array | Uint8Array;

/** What native/mpi/addon.cc exports. */
export interface MpiAddon {
  begin(): {
    readonly rank: number;
    readonly size: number;
    readonly localRank: number;
    readonly localSize: number;
    /** The MPI library, in its own words. */
    readonly library: string;
  };
  setPatience(seconds: number): void;
  allReduce(array: Float32Array | Float64Array): void;
  treeReduce(array: Float32Array | Float64Array): void;
  broadcast(array: AnyArray, root: number): void;
  allGather(all: AnyArray, own: AnyArray, factor: number): void;
  barrier(): void;
  startSum(slot: number, scale: number, ...arrays: readonly (Float32Array | Float64Array)[]): void;
  finishSum(slot: number, ...arrays: readonly (Float32Array | Float64Array)[]): void;
  progress(): void;
  abort(code: number): void;
  end(): void;
}

const EXPORTS: readonly (keyof MpiAddon)[] = [
  ...(['begin', 'setPatience', 'allReduce', 'treeReduce', 'broadcast', 'allGather', 'barrier'] as const),
  ...(['startSum', 'finishSum', 'progress', 'abort', 'end'] as const),
];

const BUILD = 'npx zerokara build --mpi';
const INSTALL = 'Debian and Ubuntu: apt-get install libopenmpi-dev openmpi-bin';

/** The only file that is tried: that of ZEROKARA_MPI_ADDON, or the one that `zerokara build --mpi` makes. */
export function mpiAddonPath(named: string | undefined = process.env['ZEROKARA_MPI_ADDON']): string | undefined {
  if (named) return resolve(named);
  const root = packageRoot();
  return root === undefined ? undefined : join(root, 'build', 'Release', 'zerokara-mpi.node');
}

/** @throws {BackendError} that says what to type */
export function openMpiAddon(operation: string, launcher: string): MpiAddon {
  const file = mpiAddonPath();
  const refuse = (why: string, cause?: unknown): never => {
    throw new BackendError(
      {
        operation,
        found: `${launcher} says that MPI has started this process, and the MPI addon cannot be used (${why})`,
        expected: 'the one that was built against the MPI of this machine',
        fix: `Build it: ${BUILD} (${INSTALL})`,
      },
      { cause },
    );
  };
  if (file === undefined) return refuse('the package zerokara is not installed');
  if (!existsSync(file)) return refuse(`${file}: no such file`);
  const holder = { exports: {} as MpiAddon };
  try {
    process.dlopen(holder, file);
  } catch (error) {
    return refuse((error as Error).message.split('\n', 1)[0]!, error);
  }
  const missing = EXPORTS.find((name) => typeof holder.exports[name] !== 'function');
  if (missing !== undefined) return refuse(`${file} belongs to another version: ${missing} is missing`);
  return holder.exports;
}
