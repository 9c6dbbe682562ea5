/** How many threads there are, what sets their number, and when they start and end. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { createBackend } from '../../../src/backend/choose/load.js';
import { getThreads, setThreads } from '../../../src/backend/choose/threads.js';
import { packageRoot } from '../../../src/backend/native/addon-file.js';
import { defaultThreads } from '../../../src/backend/native/thread-count.js';
import { ArgumentError } from '../../../src/errors.js';
import { addonAt, addonFile } from '../../support/addon.js';
import { LONG } from '../../support/long.js';
import { expectRefusal } from '../../support/refusal.js';
import { runNode } from '../../support/run-node.js';

const path = addonFile();

describe.skipIf(path === undefined)('the number of threads', () => {
  const before = path === undefined ? 1 : getThreads();
  afterAll(() => setThreads(before));

  test('is one number for all instances of the addon, and a later one does not reset it', () => {
    setThreads(3);
    expect(getThreads()).toBe(3);
    expect(addonAt(path!, 'baseline').getThreads()).toBe(3);
    expect(getThreads()).toBe(3);
  });

  test.runIf(process.platform === 'linux')(
    'threads start with the first large call and end when they are not wanted',
    async () => {
      const backend = createBackend('native');
      const [x, y] = [new Float32Array(1_000_000), new Float32Array(1_000_000)];
      const running = (): number => readdirSync('/proc/self/task').length;
      setThreads(1);
      const alone = running();
      setThreads(4);
      expect(running()).toBe(alone);
      backend.axpy(10, 1, x, y);
      expect(running()).toBe(alone);
      backend.axpy(1_000_000, 1, x, y);
      expect(running()).toBe(alone + 3);
      // A thread that was waited for still has its folder in /proc for a moment.
      setThreads(2);
      backend.axpy(1_000_000, 1, x, y);
      await expect.poll(running).toBe(alone + 1);
      setThreads(1);
      await expect.poll(running).toBe(alone);
    },
  );

  test.each([
    [0, '0'],
    [65, '65'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    ['2', '"2"'],
    [undefined, 'undefined'],
  ])('%s is refused', (threads, shown) => {
    setThreads(2);
    expectRefusal(
      () => setThreads(threads as number),
      ArgumentError,
      `setThreads: threads is ${shown}; expected an integer in [1, 64]`,
    );
    expect(getThreads()).toBe(2);
  });

  test('the addon itself refuses an invalid number of threads', () => {
    const addon = addonAt(path!, 'baseline');
    for (const threads of [0, 65, 1.5, Number.NaN, '2', undefined]) {
      expect(() => addon.setThreads(threads as number)).toThrow('threads must be a whole number from 1 to 64');
    }
  });
});

describe('in a process of its own', () => {
  const script = `
    const { createBackend, getThreads, setThreads } = require(process.argv[1]);
    console.log(getThreads(), createBackend('auto').name);
    setThreads(3);
    console.log(getThreads());`;
  const folder = mkdtempSync(join(tmpdir(), 'zerokara-threads-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const bundle = join(folder, 'backend.cjs');
  buildSync({
    entryPoints: [join(packageRoot()!, 'src', 'backend', 'index.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: bundle,
    logLevel: 'error',
  });
  const env = { ZEROKARA_ADDON: path ?? '', ZEROKARA_BACKEND: '', ZEROKARA_ISA: '', ZEROKARA_THREADS: '' };
  const run = (more: Record<string, string>): string =>
    runNode(script, { argv: [bundle], env: { ...env, ...more } }).stdout;

  test.runIf(path !== undefined)('ZEROKARA_THREADS is where it starts; without it, the default of this machine', () => {
    expect(run({ ZEROKARA_THREADS: '2' })).toBe('2 native\n3');
    expect(run({})).toBe(`${defaultThreads()} native\n3`);
  });

  test('on js there is one thread, and setThreads changes nothing', () => {
    expect(run({ ZEROKARA_BACKEND: 'js', ZEROKARA_THREADS: '2' })).toBe('1 js\n1');
  });
});

describe.skipIf(path === undefined)('threads among everything else in a process', () => {
  test('child processes, Workers that come and go, and process.exit do not hang or crash it', () => {
    const trials = join(packageRoot()!, 'test', 'support', 'thread-stress.cjs');
    // CI starts 200 children as a step of its own.
    const counts = LONG
      ? ['--spawns', '40', '--workers', '9', '--exits', '3']
      : ['--spawns', '8', '--workers', '3', '--exits', '1'];
    const { stdout, stderr, status } = spawnSync(process.execPath, [trials, '--addon', path!, ...counts], {
      encoding: 'utf8',
    });
    expect(
      stdout
        .trim()
        .split('\n')
        .filter((line) => !line.startsWith('ok  ')),
      stderr,
    ).toEqual([]);
    expect(stdout.trim().split('\n')).toHaveLength(5);
    expect(status).toBe(0);
  });
});
