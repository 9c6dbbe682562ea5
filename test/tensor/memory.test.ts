/**
 * What does not fit into memory is reported in a sentence. The limit is the address space of a child process (Linux).
 */

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, formatBytes, ShapeError } from '../../src/errors.js';
import { oneHot } from '../../src/functions/one-hot.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { addonFile } from '../support/addon.js';
import { expectRefusal } from '../support/refusal.js';

const tooMany = (operation: string, shape: string): string =>
  `${operation}: shape is ${shape}; expected fewer than 2³¹ elements`;

const LIBRARY = resolve(import.meta.dirname, '../../dist/index.js');

test.skipIf(process.platform !== 'linux')('FOUND L9: a tensor beyond the memory is an ArgumentError', () => {
  const program = `
    const { Tensor } = require(${JSON.stringify(LIBRARY)});
    const row = Tensor.zeros([1, 40000]);
    const big = Tensor.zeros([15000, 40000]); // 2.4 GB
    for (const make of [
      () => Tensor.zeros([50000, 40000]),
      () => Tensor.randomNormal([50000, 20000], { dtype: 'float64' }),
      () => Tensor.eye(40000),
      () => big.clone(),
      () => big.exp(),
      () => Tensor.from(big, { dtype: 'float64' }),
      () => Tensor.zeros([40000, 1]).add(row),
    ]) {
      try {
        make();
        console.log('no error');
      } catch (error) {
        console.log(error.name + ' ' + error.message);
      }
    }`;
  const { stdout, stderr } = spawnSync(
    'bash',
    ['-c', 'ulimit -v 4500000; exec "$0" -e "$1"', process.execPath, program],
    {
      encoding: 'utf8',
      env: { ...process.env, ZEROKARA_BACKEND: 'js' },
    },
  );
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toEqual([
    'ArgumentError Tensor.zeros: 2000000000 float32 numbers take 8.00 GB; expected no more than this process can allocate',
    'ArgumentError Tensor.randomNormal: 1000000000 float64 numbers take 8.00 GB; expected no more than this process can allocate',
    'ArgumentError Tensor.eye: 1600000000 float32 numbers take 6.40 GB; expected no more than this process can allocate',
    'ArgumentError clone: 600000000 float32 numbers take 2.40 GB; expected no more than this process can allocate',
    'ArgumentError Tensor: 600000000 float32 numbers take 2.40 GB; expected no more than this process can allocate',
    'ArgumentError Tensor.from: 600000000 float64 numbers take 4.80 GB; expected no more than this process can allocate',
    'ArgumentError Tensor: 1600000000 float32 numbers take 6.40 GB; expected no more than this process can allocate',
  ]);
});

test('FOUND L9: more elements than an array may have are refused before anything is allocated', () => {
  expectRefusal(() => Tensor.zeros([2 ** 16, 2 ** 15]), ShapeError, tooMany('Tensor.zeros', '[65536, 32768]'));
  expectRefusal(() => Tensor.eye(2 ** 20), ShapeError, tooMany('Tensor.eye', '[1048576, 1048576]'));
  expectRefusal(() => Tensor.arange(1e12), ShapeError, tooMany('Tensor.arange', '[1000000000000]'));
  expectRefusal(
    () => Tensor.arange(0, 2 ** 60, 2 ** -40),
    ShapeError,
    'Tensor.arange: shape[0] is 1.2676506002282294e+30; expected an integer of at least 0',
  );
  expectRefusal(
    () => Tensor.zeros([1e5, 1]).add(Tensor.zeros([1, 1e5])),
    ShapeError,
    'add: shape is [100000, 100000]; expected fewer than 2³¹ elements',
  );
  expectRefusal(
    () => Tensor.zeros([1e5, 0]).matMul(Tensor.zeros([0, 1e5])),
    ShapeError,
    'matMul: shape is [100000, 100000]; expected fewer than 2³¹ elements',
  );
});

test('FOUND L9: a batch or one-hot rows too large for arrays', () => {
  const train = Dataset.from({ x: [[0, 1, 2]], labels: [0] });
  const net = new TwoLayerNet({ inputSize: 3, hiddenSize: 1, outputSize: 2 });
  for (const batchSize of [2 ** 31, 2 ** 40]) {
    expectRefusal(
      () => new Trainer(net, { train, steps: 1, batchSize, sampling: 'replacement' }),
      ArgumentError,
      `Trainer: batchSize is ${batchSize}; expected an integer in [1, 715827882]`,
    );
    // Without replacement a batch has no more rows than there are.
    expect(new Trainer(net, { train, steps: 1, batchSize }).stepsPerEpoch).toBe(1);
  }
  expectRefusal(() => oneHot([0], 2 ** 40), ShapeError, tooMany('oneHot', '[1, 1099511627776]'));
});

test('bytes are shown with three digits', () => {
  expect([0, 999, 1000, 6.4e9, 1e15, 1e20].map(formatBytes)).toEqual([
    '0 bytes',
    '999 bytes',
    '1.00 kB',
    '6.40 GB',
    '1.00 PB',
    '100 EB',
  ]);
});

const { glibcVersionRuntime: glibc } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } })
  .header;

test.skipIf(glibc === undefined)(
  'results of some megabytes take memory that is there already, without the addon too',
  () => {
    const program = `
    const { Tensor } = require(${JSON.stringify(LIBRARY)});
    const x = Tensor.ones([2000, 784]); // 6.3 MB, 1,532 pages
    const results = (count) => { for (let i = 0; i < count; i++) x.abs(); };
    results(16);
    const faults = process.resourceUsage().minorPageFault;
    results(8);
    console.log((process.resourceUsage().minorPageFault - faults) / 8);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
      encoding: 'utf8',
      env: { ...process.env, ZEROKARA_BACKEND: 'wasm' },
    });
    expect(stderr).toBe('');
    expect(Number(stdout)).toBeLessThan(400);
  },
);

test.skipIf(glibc === undefined || addonFile() === undefined)(
  'memory of results that are freed together stays with the process, up to 128 MB',
  () => {
    const program = `
    const { Tensor } = require(${JSON.stringify(LIBRARY)});
    const x = Tensor.ones([4000, 784]); // 12.5 MB, 3,063 pages
    const faults = () => process.resourceUsage().minorPageFault;
    const results = () => Array.from({ length: 8 }, () => x.abs());
    let kept = results();
    kept = undefined;
    gc();
    setTimeout(() => {
      const before = faults();
      kept = results();
      console.log((faults() - before) / 8);
    }, 100);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '-e', program], {
      encoding: 'utf8',
      env: { ...process.env, ZEROKARA_BACKEND: 'native' },
    });
    expect(stderr).toBe('');
    expect(Number(stdout)).toBeLessThan(400);
  },
);
