import { describe, expect, test } from 'vitest';
import { defaultThreads, type Machine, threadsOfRank } from '../../../src/backend/native/thread-count.js';

/** A Linux with these files. */
function linux(cores: number, files: Record<string, string>): Machine {
  return { platform: 'linux', arch: 'x64', cores, read: (path) => files[path] };
}

/** `cores` physical cores of `siblings` logical ones each, numbered as Intel does: 0 and 0 + cores share the first. */
function topology(cores: number, siblings: number): Record<string, string> {
  const files: Record<string, string> = { '/proc/self/status': `Cpus_allowed_list:\t0-${cores * siblings - 1}\n` };
  for (let cpu = 0; cpu < cores * siblings; cpu++) {
    const list = Array.from({ length: siblings }, (_, i) => (cpu % cores) + i * cores).join();
    files[`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`] = `${list}\n`;
  }
  return files;
}

describe('the default number of threads', () => {
  test('is the number of physical cores, at most 4', () => {
    expect(defaultThreads(linux(2, topology(2, 1)))).toBe(2);
    expect(defaultThreads(linux(4, topology(2, 2)))).toBe(2);
    expect(defaultThreads(linux(32, topology(16, 2)))).toBe(4);
  });

  test('counts only cores that this process may use', () => {
    const files = { ...topology(4, 2), '/proc/self/status': 'Name:\tnode\nCpus_allowed_list:\t0,4-5\n' };
    expect(defaultThreads(linux(3, files))).toBe(2);
    files['/proc/self/status'] = 'Cpus_allowed_list:\t3\n';
    expect(defaultThreads(linux(1, files))).toBe(1);
  });

  test('stays within the processor time of the container and of all its ancestors', () => {
    const cgroup = { ...topology(4, 1), '/proc/self/cgroup': '0::/system/app\n' };
    const limited = (files: Record<string, string>): number => defaultThreads(linux(4, { ...cgroup, ...files }));
    expect(limited({ '/sys/fs/cgroup/system/app/cpu.max': 'max 100000\n' })).toBe(4);
    expect(limited({ '/sys/fs/cgroup/system/app/cpu.max': '300000 100000\n' })).toBe(3);
    expect(limited({ '/sys/fs/cgroup/system/cpu.max': '250000 100000\n' })).toBe(2);
    expect(limited({ '/sys/fs/cgroup/cpu.max': '150000 100000\n' })).toBe(1);
    expect(limited({ '/sys/fs/cgroup/cpu.max': '50000 100000\n' })).toBe(1);
  });

  test('knows the older control groups too', () => {
    const files = {
      ...topology(4, 1),
      '/proc/self/cgroup': '5:memory:/a\n4:cpu,cpuacct:/docker/1\n0::/ignored\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '200000\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    };
    expect(defaultThreads(linux(4, files))).toBe(2);
    expect(defaultThreads(linux(4, { ...files, '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n' }))).toBe(4);
  });

  test('counts logical cores if Linux does not say more', () => {
    expect(defaultThreads(linux(3, {}))).toBe(3);
    expect(defaultThreads(linux(2, { '/proc/self/status': 'Cpus_allowed_list:\t0-1\n' }))).toBe(2);
  });

  test('takes half of the logical cores of x64 elsewhere, all of arm64 and macOS', () => {
    expect(defaultThreads({ platform: 'win32', arch: 'x64', cores: 4 })).toBe(2);
    expect(defaultThreads({ platform: 'win32', arch: 'x64', cores: 1 })).toBe(1);
    expect(defaultThreads({ platform: 'win32', arch: 'arm64', cores: 3 })).toBe(3);
    expect(defaultThreads({ platform: 'darwin', arch: 'arm64', cores: 8 })).toBe(4);
  });

  test('is at least 1 and at most 4 on this machine', () => {
    expect([1, 2, 3, 4]).toContain(defaultThreads());
  });
});

describe('the threads of one of several ranks of a machine', () => {
  /** A machine of 2 × `cores` logical cores, of which this process may use those of a list. */
  const machine = (cores: number, allowed: string, may: number, files: Record<string, string> = {}): Machine => ({
    ...linux(may, {
      ...topology(cores, 2),
      '/proc/self/status': `Cpus_allowed_list:\t${allowed}\n`,
      '/sys/devices/system/cpu/online': `0-${2 * cores - 1}\n`,
      ...files,
    }),
    allCores: 2 * cores,
  });

  test('are its share of the physical cores, at least 1 and at most 64', () => {
    expect([1, 2, 4, 5, 16, 40].map((ranks) => threadsOfRank(ranks, machine(16, '0-31', 32)))).toEqual([
      16, 8, 4, 3, 1, 1,
    ]);
    expect([1, 2, 4].map((ranks) => threadsOfRank(ranks, machine(192, '0-383', 384)))).toEqual([64, 64, 48]);
  });

  test('are divided once where a launcher has bound it to its share', () => {
    expect(threadsOfRank(4, machine(16, '0-3,16-19', 8))).toBe(4);
    expect(threadsOfRank(2, machine(2, '1', 1))).toBe(1);
    expect(threadsOfRank(2, machine(16, '0-3', 4))).toBe(4);
  });

  test('stay within its share of the processor time', () => {
    const files = { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '600000 100000\n' };
    expect([1, 2, 4, 8].map((ranks) => threadsOfRank(ranks, machine(16, '0-31', 32, files)))).toEqual([6, 3, 1, 1]);
  });

  test('are counted by logical cores if Linux does not say more, and halved for x64 elsewhere', () => {
    expect(threadsOfRank(2, { ...linux(8, {}), allCores: 8 })).toBe(4);
    expect(threadsOfRank(2, { platform: 'win32', arch: 'x64', cores: 16, allCores: 16 })).toBe(4);
    expect(threadsOfRank(2, { platform: 'darwin', arch: 'arm64', cores: 8, allCores: 8 })).toBe(4);
  });
});
