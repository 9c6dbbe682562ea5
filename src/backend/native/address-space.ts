/**
 * Whether there is memory to load OpenBLAS at all.
 *
 * An OpenBLAS that was built with threads starts one for each CPU while it is being loaded, before it can be set to use
 * one. Each maps a stack and a packing buffer of 128 MB, and retries for ever if the system refuses the buffer: `ulimit
 * -v` and strict overcommit would hang the process. Nothing can be done once the loader has begun. So the main thread
 * loads it with OPENBLAS_NUM_THREADS=1 (addon-file.ts); a Worker cannot, and checks the limit first. Products later ask
 * for their own memory (native/kernels/blas.cc).
 */

import { fs, os, workers } from '../../platform/node-modules.js';

const { readFileSync } = fs;
const { availableParallelism } = os;
const { isMainThread } = workers;

const MB = 2 ** 20;
/** The library's code and data, and as much again, which Node needs to go on. */
const LIBRARY = 128 * MB;
/** A thread's stack of 8 MB and its packing buffer of 128 MB, and a little more for its own allocations. */
const THREAD = 144 * MB;

/** What the check looks at; the defaults are those of this process. */
export interface AddressSpace {
  /** The text of a file in /proc, or undefined if there is none. */
  readonly read?: (path: string) => string | undefined;
  readonly cpus?: number;
  readonly mainThread?: boolean;
}

/**
 * @param addon the file that would be loaded
 * @returns why it must not be loaded, or undefined
 */
export function shortOfAddressSpace(addon: string, surroundings: AddressSpace = {}): string | undefined {
  const { read = readIfThere, cpus = availableParallelism(), mainThread = isMainThread } = surroundings;
  const left = addressSpaceLeft(read);
  // A libopenblas that is loaded already takes nothing more.
  if (left === Infinity || !namesOpenBlas(read(addon)) || namesOpenBlas(read('/proc/self/maps'))) return undefined;
  const threads = mainThread ? 1 : threadsOf(read('/proc/self/environ') ?? '', cpus);
  const needed = LIBRARY + (threads - 1) * THREAD;
  if (left >= needed) return undefined;
  const [has, needs] = [left, needed].map((bytes) => Math.round(bytes / MB));
  return `loading OpenBLAS takes up to ${needs} MB of address space, but the process has only ${has} MB left (ulimit -v)`;
}

/** Bytes that the process may still map; Infinity without a limit, or if the system does not say. */
function addressSpaceLeft(read: (path: string) => string | undefined): number {
  const limit = numberAfter(read('/proc/self/limits'), /^Max address space +(\d+)/m);
  const used = numberAfter(read('/proc/self/status'), /^VmSize:\s+(\d+)/m) * 1024;
  const byLimit = Number.isNaN(limit - used) ? Infinity : limit - used;
  if (read('/proc/sys/vm/overcommit_memory')?.trim() !== '2') return byLimit;
  const memory = read('/proc/meminfo');
  const committable = numberAfter(memory, /^CommitLimit:\s+(\d+)/m) - numberAfter(memory, /^Committed_AS:\s+(\d+)/m);
  return Number.isNaN(committable) ? byLimit : Math.min(byLimit, committable * 1024);
}

function numberAfter(text: string | undefined, pattern: RegExp): number {
  return Number(pattern.exec(text ?? '')?.[1] ?? Number.NaN);
}

/** Of an addon: whether the loader will load OpenBLAS with it; the prebuilt binary has it inside, without threads. */
function namesOpenBlas(text: string | undefined): boolean {
  return text !== undefined && /libopenblas[\w.-]*\.so/.test(text);
}

/** The threads that OpenBLAS starts; it reads these variables of the environment, separated by NUL, in this order. */
function threadsOf(environment: string, cpus: number): number {
  const asked = ['OPENBLAS_NUM_THREADS', 'GOTO_NUM_THREADS', 'OMP_NUM_THREADS']
    .map((name) => numberAfter(environment, new RegExp(`(?:^|\0)${name}=(\\d+)`)))
    .find((count) => count > 0);
  return Math.min(asked ?? cpus, cpus);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
