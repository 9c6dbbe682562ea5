/** MPI in Node: what `#mpi` is. */

import { ArgumentError, BackendError, StateError, show } from '../../errors.js';
import { workers } from '../../platform/node-modules.js';
import { type Link, LoneLink } from '../link.js';
import { FIXED_PARTS } from '../settings.js';
import { type MpiAddon, openMpiAddon } from './addon.js';
import { endTogether } from './ending.js';
import { launchedBy } from './launcher.js';
import { MpiLink } from './mpi-link.js';

export { together } from '../together.js';

export const missing: string | undefined = undefined;

/** Seconds that a step waits for the other ranks; a run must end within 30 s of the loss of one. */
const PATIENCE = 25;

/** The link of this process, once it has begun. */
let link: Link | undefined;

/** Why it could not begin: MPI begins once in a process, so another call has no more success. */
let failure: BackendError | undefined;

/** The link to the other ranks: the same for every call in a process. */
export function openLink(operation: string, deterministic: boolean): Link {
  if (failure !== undefined) throw failure;
  link ??= newLink(operation);
  requirePowerOfTwo(operation, link, deterministic);
  return link;
}

function newLink(operation: string): Link {
  const launched = launchedBy(process.env);
  if (launched === undefined || launched.size === 1) return new LoneLink();
  const patience = patienceOf(operation, process.env['ZEROKARA_MPI_TIMEOUT']);
  if (!workers.isMainThread) {
    throw new StateError({
      operation,
      found: 'called in a Worker',
      expected: 'the main thread, to which MPI belongs',
    });
  }
  const addon = openMpiAddon(operation, launched.by);
  const opened = begun(operation, addon, launched.by);
  endTogether(opened);
  const { size, library } = opened;
  if (launched.size !== undefined && launched.size !== size) {
    failure = new BackendError({
      operation,
      found: `${launched.by} says that ${launched.size} processes were started, and the MPI of the addon sees ${size} (${firstLine(library)})`,
      expected: 'the launcher of the MPI that the addon was built against',
      fix: 'Start with the mpirun of that MPI, or build the addon again with the other mpicc first on the PATH: npx zerokara build --mpi',
    });
    throw failure;
  }
  try {
    watchFor(operation, addon, patience);
  } catch (error) {
    failure = error as BackendError;
    throw failure;
  }
  return opened;
}

/**
 * Starts the thread that ends this process once it has waited too long for others.
 *
 * @throws {BackendError} if the system gives no more threads
 */
export function watchFor(operation: string, addon: Pick<MpiAddon, 'setPatience'>, patience: number): void {
  try {
    addon.setPatience(patience);
  } catch (cause) {
    throw new BackendError(
      {
        operation,
        found: `the thread that watches for lost ranks cannot be started (${(cause as Error).message})`,
        expected: 'room for one more thread',
        fix: 'Raise the limit (ulimit -u, or that of the container), or watch for none: ZEROKARA_MPI_TIMEOUT=0',
      },
      { cause },
    );
  }
}

/** @throws {BackendError} with what MPI says */
function begun(operation: string, addon: MpiAddon, launcher: string): MpiLink {
  try {
    return new MpiLink(addon);
  } catch (error) {
    failure = new BackendError(
      {
        operation,
        found: `${launcher} says that MPI has started this process, and it could not begin (${(error as Error).message})`,
        expected: 'a process in which nothing else has begun MPI',
        fix: 'Start with the mpirun of the MPI that the addon was built against',
      },
      { cause: error },
    );
    throw failure;
  }
}

function requirePowerOfTwo(operation: string, { size }: Link, deterministic: boolean): void {
  if (!deterministic || FIXED_PARTS % size === 0) return;
  throw new ArgumentError({
    operation,
    found: `deterministic is true for ${size} ranks`,
    expected: '1, 2, 4 or 8 ranks, which share the 8 fixed parts of a batch evenly',
  });
}

function patienceOf(operation: string, value: string | undefined): number {
  if (!value) return PATIENCE;
  const seconds = Number(value);
  if (seconds >= 0 && Number.isFinite(seconds)) return seconds;
  throw new ArgumentError({
    operation,
    found: `ZEROKARA_MPI_TIMEOUT is ${show(value)}`,
    expected: 'a number of seconds, 0 for no limit',
  });
}

/** `Open MPI v4.1.4, package: …` and MPICH's lines both begin with what they are. */
function firstLine(library: string): string {
  return library.split(/[\n,]/, 1)[0]!;
}
