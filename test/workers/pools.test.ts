/** The library under other test runners' regime: its own tests in vitest's pool of threads; forks are the default here. */

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/backend/native/addon-file.js';

const root = packageRoot()!;
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

test('backends, Workers and training pass in the pool of threads, several files at once', () => {
  const files = [
    'test/workers/eight-workers',
    'test/backend/choose/load',
    'test/backend/native/native.test',
    'test/trainer/trainer',
  ];
  const args = [vitest, 'run', '--pool=threads', '--maxWorkers=3', '--reporter=json', ...files];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env,
    timeout: 150_000,
  });
  const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    numFailedTests: number;
    numPassedTests: number;
    testResults: { name: string; status: string; message: string }[];
  };
  expect(report.testResults.filter(({ status }) => status !== 'passed')).toEqual([]);
  expect([status, report.testResults.length]).toEqual([0, files.length]);
  expect(report.numPassedTests).toBeGreaterThan(30);
}, 180_000);
