/** How many threads a call of the native backend may use, before anyone calls `setThreads`. */

import { fs, os } from '../../platform/node-modules.js';

const { readFileSync } = fs;
const { availableParallelism } = os;

/** The most threads by default: products of small networks have no work for more. */
const MOST_BY_DEFAULT = 4;

/** What the default depends on; the defaults are the real ones. */
export interface Machine {
  readonly platform?: string;
  readonly arch?: string;
  /** Logical cores that this process may use. */
  readonly cores?: number;
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
    const physical = physicalCores(read) ?? cores;
    return Math.max(1, Math.min(physical, cores, Math.floor(processorTime(read)), MOST_BY_DEFAULT));
  }
  // x64 on other systems: nothing says which logical cores share a physical one, and most do.
  const physical = arch === 'x64' && platform !== 'darwin' ? Math.ceil(cores / 2) : cores;
  return Math.min(physical, MOST_BY_DEFAULT);
}

/** Physical cores among the logical ones that this process may use; undefined if Linux does not say. */
function physicalCores(read: (path: string) => string | undefined): number | undefined {
  const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(read('/proc/self/status') ?? '')?.[1];
  if (allowed === undefined) return undefined;
  const siblings = new Set<string>();
  for (const cpu of numbersOf(allowed)) {
    const list = read(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`);
    if (list === undefined) return undefined;
    siblings.add(list.trim());
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
