import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type ImageJobFolder,
  learningParameters,
  readImageJobFolder,
  trainerOrder,
  writeImageJobFolder,
} from '../../bench/image-job-folder.js';
import { DEEP, type ImageNet, imageParameters, LEARNING, SIMPLE, weightedLayers } from '../../bench/image-nets.js';
import { imageWorkloads } from '../../bench/image-workloads.js';
import { writeJobFolder } from '../../bench/job-folder.js';
import { readParameters } from '../../bench/job-rows.js';
import { createBackend } from '../../src/backend/choose/load.js';
import { disagreement } from '../../src/bench/checks.js';
import { imitations } from '../../src/bench/imitations.js';
import { SMALL, stepFlops } from '../../src/bench/jobs.js';
import { Dataset } from '../../src/data/dataset.js';
import { Affine } from '../../src/layers/affine.js';
import type { Layer } from '../../src/layers/layer.js';
import { SoftmaxWithLoss } from '../../src/layers/softmax-with-loss.js';
import { Sequential } from '../../src/models/sequential.js';
import { Trainer } from '../../src/trainer/trainer.js';

const js = createBackend('js');
/** The architecture of DeepConvNet, small enough for js. */
const SMALL_DEEP: ImageNet = {
  ...DEEP,
  layers: DEEP.layers.map((layer) => {
    if (layer.type === 'convolution') return { ...layer, filters: layer.filters / 8 };
    return layer.type === 'affine' && layer.activation === 'relu' ? { ...layer, outputSize: 7 } : layer;
  }),
  batchSize: 10,
  rows: 40,
  checkSteps: 3,
};

const folders: string[] = [];
function folderOf(net: ImageNet): ImageJobFolder {
  const folder = mkdtempSync(join(tmpdir(), 'zerokara-test-'));
  folders.push(folder);
  writeImageJobFolder(folder, net, { train: imitations(40, 1), test: imitations(20, 2), source: 'test' });
  return readImageJobFolder(folder)!;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe('the networks of images', () => {
  test('K7, V1: have 433,890 and 123,552 parameters', () => {
    expect(imageParameters(SIMPLE, 1)).toHaveLength(433_890);
    expect(imageParameters(DEEP, 1)).toHaveLength(123_552);
  });

  test('take 432 and 5,240 MFLOP a step', () => {
    expect(stepFlops(SIMPLE) / 1e6).toBeCloseTo(432.6, 0);
    expect(stepFlops(DEEP) / 1e6).toBeCloseTo(5240, -1);
  });

  test('V1: the images of DeepConvNet have 28, 14, 8 and 4 pixels a side', () => {
    const sides = weightedLayers(DEEP).map(({ input }) => input[0]);
    expect(sides).toEqual([28, 28, 14, 14, 8, 8, 4, 1]);
  });
});

describe('their job as files', () => {
  let job: ImageJobFolder;
  beforeAll(() => {
    job = folderOf(SMALL_DEEP);
  });

  test('is read as it was written', () => {
    const { input, layers, batchSize, rows, testRows, checkSteps, learningRate, sizes, seeds, marks } = job;
    expect({ input, layers, batchSize, rows, testRows, checkSteps, learningRate, sizes, seeds, marks }).toEqual({
      input: [28, 28, 1],
      layers: SMALL_DEEP.layers,
      batchSize: 10,
      rows: 40,
      testRows: 20,
      checkSteps: 3,
      learningRate: 0.001,
      sizes: [784, 10],
      seeds: 0,
      marks: [],
    });
    expect(readParameters(job)).toEqual(imageParameters(SMALL_DEEP, 1));
  });

  test('is none of a fully connected network', () => {
    const folder = mkdtempSync(join(tmpdir(), 'zerokara-test-'));
    folders.push(folder);
    writeJobFolder(folder, SMALL, { train: imitations(40, 1), test: imitations(20, 2), source: 'test' });
    expect(readImageJobFolder(folder)).toBeUndefined();
  });

  test('gives the same losses each time a workload is checked, those of the network without dropout', async () => {
    const step = imageWorkloads(job, js)['step']!();
    const first = await step.check();
    await step.run();
    expect(await step.check()).toEqual(first);
    const plain = { ...job, layers: job.layers.filter(({ type }) => type !== 'dropout') };
    expect(await imageWorkloads(plain, js)['step']!().check()).toEqual(first);
  });

  test('offers runs to an accuracy only where MNIST_DIR names the full MNIST', () => {
    vi.stubEnv('MNIST_DIR', '');
    const without = folderOf({ ...LEARNING, learning: { seeds: 2, epochs: 1, marks: [0.5, 0.75] } });
    expect(imageWorkloads(without, js)['learn']).toBeUndefined();
    vi.stubEnv('MNIST_DIR', '/somewhere');
    const learning = folderOf({ ...LEARNING, learning: { seeds: 2, epochs: 1, marks: [0.5, 0.75] } });
    vi.unstubAllEnvs();
    expect(imageWorkloads(learning, js)['learn']).toBeDefined();
    expect(learning).toMatchObject({ seeds: 2, epochs: 1, marks: [0.5, 0.75] });
    expect(learningParameters(learning, 2)).toEqual(imageParameters(LEARNING, 2));
  });
});

test('the order in the file is the one in which a Trainer with that seed sees the rows', () => {
  const seen: number[] = [];
  const recorder: Layer = {
    params: {},
    grads: {},
    forward(x) {
      seen.push(...x.data);
      return x;
    },
    backward: (dy) => dy,
  };
  const options = { seed: 1, backend: js };
  const net = new Sequential(
    [recorder, new Affine({ inputSize: 1, outputSize: 2, ...options })],
    new SoftmaxWithLoss(),
  );
  const x = { data: Float32Array.from({ length: 30 }, (_, row) => row), shape: [30, 1] };
  const train = Dataset.from({ x, labels: new Int32Array(30), classes: 2 });
  new Trainer(net, { train, batchSize: 7, epochs: 3, seed: 5, evaluate: false }).fitSync();
  // Behind them come the rows that the Trainer looks at for its warnings.
  expect(seen.slice(0, 90)).toEqual(Array.from(trainerOrder(30, 3, 7, 5)));
});

const PYTHON = process.env['PYTHON'] || 'python3';
const hasTorch = spawnSync(PYTHON, ['-c', 'import torch']).status === 0;

describe.skipIf(!hasTorch)('PyTorch, from the same folder', () => {
  test.each(['nchw', 'channels-last'])('has the losses and probabilities of the library in %s', async (layout) => {
    const job = folderOf(SMALL_DEEP);
    const script = resolve(import.meta.dirname, '../../bench/peers/torch_images.py');
    const input = `check step/${layout}\ncheck predict:1/${layout}\nquit\n`;
    const { stdout, stderr } = spawnSync(PYTHON, [script, job.folder, '1'], { input, encoding: 'utf8' });
    const replies = stdout.trim().split('\n').slice(1);
    expect(replies, stderr).toHaveLength(2);
    for (const [i, workload] of ['step', 'predict:1'].entries()) {
      const expected = (await imageWorkloads(job, js)[workload]!().check()) as { values: number[] };
      expect(disagreement(JSON.parse(replies[i]!), expected.values)).toBeUndefined();
      expect(expected.values.length).toBeGreaterThan(2);
    }
  });
});
