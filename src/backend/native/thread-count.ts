/** How many threads a call of the native backend may use, before anyone calls `setThreads`. */

import { fs, os } from '../../platform/node-modules.js';
import { MOST_THREADS } from './addon.js';

const { readFileSync } = fs;
const { availableParallelism, cpus } = os;

/** The most threads by default: products of small networks have no work for more. */
const MOST_BY_DEFAULT = 4;

/** What the default depends on; the defaults are the real ones. */
export interface Machine {
  readonly platform?: string;
  readonly arch?: string;
  /** Logical cores that this process may use. */
  readonly cores?: number;
  /** Logical cores of the machine, whoever may use them. */
  readonly allCores?: number;
  /** The text of a file; undefined if there is none. */
  readonly read?: (path: string) => string | undefined;
}

/** min(physical cores, CPU quota of the container, 4), and at least 1. */
export function defaultThreads({
  platform = process.platform,
  arch = process.arch,
  cores = availableParallelism(),
  read = readText,
}: Machine = {}): number {
  if (platform === 'linux') {
    return Math.max(1, Math.min(ownCores(cores, read), Math.floor(processorTime(read)), MOST_BY_DEFAULT));
  }
  return Math.min(guessedCores(cores, platform, arch), MOST_BY_DEFAULT);
}

/**
 * Threads of one of the `ranks` processes that share the work on this machine: min(physical cores that it may use, its share of
 * the machine's physical cores or of the CPU quota, 64), and at least 1. A launcher may have bound it to its share already.
 */
export function threadsOfRank(
  ranks: number,
  {
    platform = process.platform,
    arch = process.arch,
    cores = availableParallelism(),
    allCores = cpus().length,
    read = readText,
  }: Machine = {},
): number {
  const isLinux = platform === 'linux';
  const own = isLinux ? ownCores(cores, read) : guessedCores(cores, platform, arch);
  const online = isLinux ? read('/sys/devices/system/cpu/online')?.trim() : undefined;
  const all = isLinux ? (physicalCores(online, read) ?? allCores) : guessedCores(allCores, platform, arch);
  const share = Math.floor(Math.min(all, isLinux ? processorTime(read) : all) / ranks);
  return Math.max(1, Math.min(own, share, MOST_THREADS));
}

/** x64 on other systems than Linux: nothing says which logical cores share a physical one, and most do. */
function guessedCores(logical: number, platform: string, arch: string): number {
  return arch === 'x64' && platform !== 'darwin' ? Math.ceil(logical / 2) : logical;
}

/** Physical cores that this process may use. */
function ownCores(cores: number, read: (path: string) => string | undefined): number {
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(read('/proc/self/status') ?? '')?.[1];
  return Math.min(physicalCores(allowed, read) ?? cores, cores);
}

/** Physical cores among these logical ones, a list as `0-2,5`; undefined if Linux does not say. */
function physicalCores(list: string | undefined, read: (path: string) => string | undefined): number | undefined {
  if (list === undefined) return undefined;
  const siblings = new Set<string>();
  for (const cpu of numbersOf(list)) {
    const shared = read(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`);
    if (shared === undefined) return undefined;
    siblings.add(shared.trim());
  }
  return siblings.size;
}

/** `0-2,5` → 0, 1, 2, 5 */
function numbersOf(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** Seconds of CPU time per second that the control groups of this process allow; Infinity without a limit. */
function processorTime(read: (path: string) => string | undefined): number {
  let least = Number.POSITIVE_INFINITY;
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    const v1 = controllers.split(',').includes('cpu');
    if (controllers !== '' && !v1) continue;
    // A container may see the host's path, and its own group at the root: so all ancestors are read.
    const parts = path.split('/').filter((part) => part !== '');
    for (let depth = parts.length; depth >= 0; depth--) {
      const group = ['', ...parts.slice(0, depth)].join('/');
      least = Math.min(least, v1 ? quotaV1(`/sys/fs/cgroup/cpu${group}`, read) : quotaV2(group, read));
    }
  }
  return least;
}

function quotaV2(group: string, read: (path: string) => string | undefined): number {
  const [quota, period] = (read(`/sys/fs/cgroup${group}/cpu.max`) ?? 'max').trim().split(' ').map(Number);
  return quotient(quota, period);
}

function quotaV1(folder: string, read: (path: string) => string | undefined): number {
  return quotient(Number(read(`${folder}/cpu.cfs_quota_us`) ?? -1), Number(read(`${folder}/cpu.cfs_period_us`) ?? 0));
}

/** The absence of a limit is written as the word `max` or as −1. */
function quotient(quota: number | undefined, period: number | undefined): number {
  const share = Number(quota) / Number(period);
  return share > 0 ? share : Number.POSITIVE_INFINITY;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
