/** How `zerokara train` ends on a signal, or when its output is no longer read: in separate processes and terminals. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';

const program = resolve(import.meta.dirname, '../../dist/cli/zerokara.js');
const folder = mkdtempSync(join(tmpdir(), 'zerokara-ends-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { MNIST_DIR, ...env } = process.env;
const train = (...args: string[]) => ['train', '--limit', '500', '--seed', '1', '--backend', 'js', ...args];

/** The command in a terminal of its own, so wide; everything it shows is collected. */
function inTerminal(columns: number, args: readonly string[]) {
  const command = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
  const script = `stty cols ${columns}; echo "PID $$"; exec ${command}`;
  const child = spawn('script', ['-qefc', script, '/dev/null'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const shown = { text: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown.text += text;
  });
  return { shown, ended: endOf(child) };
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!condition() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Its status, once all that it showed has come. Asked for at its start: later it may be over. */
const endOf = async (child: ChildProcess): Promise<number | null> =>
  ((await once(child, 'close')) as [number | null])[0];

const hasTerminals = spawnSync('script', ['-qefc', 'true', '/dev/null']).status === 0;

describe.skipIf(!hasTerminals)('zerokara train in a terminal', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)(
    'FOUND E1, L10: %s saves what there is and leaves the cursor shown and lines wrapping',
    async (signal, status) => {
      const path = join(folder, `${signal}.safetensors`);
      const { ended, shown } = inTerminal(100, train('--epochs', '1_000_000', '--save', path));
      await until(() => /loss \d/.test(shown.text));
      process.kill(Number(/PID (\d+)/.exec(shown.text)![1]), signal);
      expect(await ended).toBe(status);
      expect(shown.text.lastIndexOf('\x1b[?25h')).toBeGreaterThan(shown.text.lastIndexOf('\x1b[?25l'));
      expect(shown.text.lastIndexOf('\x1b[?7h')).toBeGreaterThan(shown.text.lastIndexOf('\x1b[?7l'));
      expect(shown.text).toContain(`saved to ${path}\r\ninterrupted after `);
      expect((await TwoLayerNet.load(path)).hiddenSize).toBe(50);
    },
  );

  test('FOUND E2: the table fits into 44 columns', async () => {
    const { ended, shown } = inTerminal(44, train('--epochs', '2'));
    expect(await ended).toBe(0);
    const table = shown.text.split('\r\n').filter((line) => /[│┌└]/.test(line));
    expect(table.length).toBeGreaterThanOrEqual(4);
    for (const line of table) expect(line.length).toBeLessThanOrEqual(44);
    expect(table[1]).toContain('test accuracy');
  });
});

describe('zerokara whose output is no longer read', () => {
  test('FOUND E2: train | head -2 shows two lines and no complaint', () => {
    const command = [process.execPath, program, ...train('--epochs', '3')].join(' ');
    const run = spawnSync('sh', ['-c', `${command} | head -2`], { encoding: 'utf8', env, timeout: 60_000 });
    expect(run.stdout).toMatch(/^data: .*\nnetwork: .*\n$/);
    expect(run.stderr).not.toMatch(/EPIPE|Error|at /);
  });

  /** The command with a standard output whose reader is gone from the start. */
  async function withoutReader(args: readonly string[]): Promise<{ status: number | null; stderr: string }> {
    // A pipe of ours would have a reader until we destroy it, which may be after the command has written.
    const pipe = join(folder, `pipe-${args[0]}`);
    spawnSync('mkfifo', [pipe]);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(pipe, 'w');
    closeSync(reader);
    const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', writer, 'pipe'] });
    closeSync(writer);
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    return { status: await endOf(child), stderr };
  }

  test('FOUND E2: ends quietly, as by SIGPIPE', async () => {
    expect(await withoutReader(['doctor'])).toEqual({ status: 141, stderr: '' });
  });

  test('FOUND E2: train saves what there is before it ends', async () => {
    const path = join(folder, 'pipe.safetensors');
    const { status, stderr } = await withoutReader(train('--epochs', '1_000_000', '--save', path));
    expect(stderr).not.toMatch(/EPIPE|Error|at /);
    expect(status).toBe(141);
    expect(existsSync(path)).toBe(true);
  });
});

/** A device that says of each write that the disk is full. */
const FULL = '/dev/full';

describe.skipIf(!existsSync(FULL))('zerokara whose output goes to a full disk', () => {
  function onFullDisk(args: readonly string[]): { status: number | null; stderr: string } {
    const full = openSync(FULL, 'w');
    const run = spawnSync(process.execPath, [program, ...args], {
      ...{ encoding: 'utf8', env, timeout: 60_000 },
      stdio: ['ignore', full, 'pipe'],
    } as const);
    closeSync(full);
    return run;
  }
  const told = 'zerokara: the standard output cannot be written (ENOSPC: no space left on device)\n';

  test('train goes to its end, saves, and says that its output is lost', () => {
    const path = join(folder, 'full.safetensors');
    const { status, stderr } = onFullDisk(train('--epochs', '2', '--save', path));
    expect(stderr.split(told)).toHaveLength(2);
    expect(stderr).toContain('epoch 2/2');
    expect(stderr).not.toMatch(/ at /);
    expect([status, existsSync(path)]).toEqual([1, true]);
  });

  test('doctor says it too', () => {
    expect(onFullDisk(['doctor'])).toMatchObject({ status: 1, stderr: told });
  });
});
