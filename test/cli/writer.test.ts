import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { otherWriter, thisWriter } from '../../src/cli/writer.js';
import { writerOf } from '../support/writer.js';

test('this process is no other one, and of what is no process nothing is known', async () => {
  expect(await otherWriter(thisWriter())).toBeUndefined();
  for (const writer of [undefined, null, 7, '', 'boot/1', `boot/${process.ppid}/1`, '//']) {
    expect(await otherWriter(writer)).toBeUndefined();
  }
});

describe.skipIf(process.platform !== 'linux')('another process', () => {
  let other: ChildProcess;
  beforeAll(async () => {
    other = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)'], { stdio: 'pipe' });
    await once(other.stdout!, 'data');
  });
  afterAll(() => other.kill('SIGKILL'));

  test('is told while it lives; not one of another boot, or another one with its number', async () => {
    const writer = writerOf(other.pid!);
    expect(writer).toMatch(/^[-0-9a-f]{36}\/\d+\/\d+$/);
    expect(await otherWriter(writer, 0)).toBe(other.pid);
    expect(await otherWriter(writer.replace(/^[^/]*/, 'another'), 0)).toBeUndefined();
    expect(await otherWriter(`${writer}1`, 0)).toBeUndefined();
  });

  test('is waited for when it is about to end, also before its parent has looked', async () => {
    const writer = writerOf(other.pid!);
    const told = otherWriter(writer, 20_000);
    other.kill('SIGKILL');
    expect(await told).toBeUndefined();
  });
});
