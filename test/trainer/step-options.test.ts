/** What a changed line of the Trainer would have altered unnoticed: class weights, the order of clipping, patience, listeners. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { Sequential } from '../../src/models/sequential.js';
import { SGD } from '../../src/optim/sgd.js';
import { EarlyStopping } from '../../src/trainer/early-stopping.js';
import type { EpochRecord } from '../../src/trainer/epoch-record.js';
import { ModelCheckpoint } from '../../src/trainer/model-checkpoint.js';
import { Trainer } from '../../src/trainer/trainer.js';
import type { TrainerOptions } from '../../src/trainer/trainer-options.js';

const folder = mkdtempSync(join(tmpdir(), 'step-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

const x = [
  [1, 0],
  [0, 1],
  [1, 1],
  [0, 0],
  [2, 1],
  [1, 2],
];
const labels = [0, 0, 0, 0, 1, 2];
const train = Dataset.from({ x, labels });
const newNet = (): Sequential =>
  Sequential.from({ input: 2, layers: [{ type: 'affine', outputSize: 3 }] }, { seed: 1, backend: 'js' });
const weightsAfter = (options: Partial<TrainerOptions>): Record<string, unknown> => {
  const net = newNet();
  new Trainer(net, { train, epochs: 2, seed: 1, ...options } as TrainerOptions).fitSync();
  return Object.fromEntries(Object.entries(net.params).map(([name, { data }]) => [name, [...data]]));
};

test('balanced class weights are rows / (classes · rows of the class), times the weights of the rows', () => {
  const factors = [6 / (3 * 4), 6 / 3, 6 / 3];
  const byHand = Dataset.from({ x, labels, weights: labels.map((label) => factors[label]!) });
  expect(weightsAfter({ classWeights: 'balanced' })).toEqual(weightsAfter({ train: byHand }));
  expect(weightsAfter({ classWeights: 'balanced' })).not.toEqual(weightsAfter({}));
  const own = [1, 2, 3, 4, 5, 6];
  const weighted = Dataset.from({ x, labels, weights: own });
  const product = Dataset.from({ x, labels, weights: own.map((weight, i) => weight * factors[labels[i]!]!) });
  expect(weightsAfter({ train: weighted, classWeights: 'balanced' })).toEqual(weightsAfter({ train: product }));
});

test('gradients are clipped element by element first, then by their norm', () => {
  const [value, norm] = [0.1, 0.05];
  const net = newNet();
  const before = [...net.params['W1']!.data, ...net.params['b1']!.data];
  const optimizer = new SGD({ learningRate: 1 });
  const reference = newNet();
  reference.lossAndGradient(x, labels);
  const clipped = [...reference.grads['W1']!.data, ...reference.grads['b1']!.data].map((g) =>
    Math.min(Math.max(g, -value), value),
  );
  const length = Math.hypot(...clipped);
  expect(length).toBeGreaterThan(norm);
  new Trainer(net, { train, steps: 1, seed: 1, optimizer, clipValue: value, clipGlobalNorm: norm }).fitSync();
  const after = [...net.params['W1']!.data, ...net.params['b1']!.data];
  for (const [i, g] of clipped.entries()) expect(before[i]! - after[i]!).toBeCloseTo((g * norm) / length, 6);
});

test('a run that is extended after early stopping has its whole patience again', () => {
  const stopping = new EarlyStopping({ monitor: 'trainLoss', patience: 2 });
  const trainer: Trainer = new Trainer(newNet(), {
    train,
    epochs: 10,
    seed: 1,
    callbacks: [
      {
        onAttach: (training) => stopping.onAttach(training),
        onEpochEnd: (record: EpochRecord, training) =>
          stopping.onEpochEnd({ ...record, trainLoss: record.epoch }, training),
        onEnd: (training) => stopping.onEnd(training),
      },
    ],
  });
  expect(trainer.fitSync().epochs).toHaveLength(3);
  trainer.extend({ epochs: 10 });
  expect(trainer.fitSync().epochs).toHaveLength(5);
});

test('bestOnly compares with the records between two files too', async () => {
  const path = join(folder, '{epoch}.safetensors');
  const checkpoint = new ModelCheckpoint({ path, everyEpochs: 2, bestOnly: true, monitor: 'trainLoss' });
  const losses = [1, 2, 0.5, 0.4];
  const trainer = new Trainer(newNet(), {
    train,
    epochs: 4,
    seed: 1,
    callbacks: [
      {
        onAttach: (training) => checkpoint.onAttach(training),
        onEpochEnd: (record, training) =>
          checkpoint.onEpochEnd({ ...record, trainLoss: losses[record.epoch - 1]! }, training),
      },
    ],
  });
  await trainer.fit();
  const written = [1, 2, 3, 4].filter((epoch) => existsSync(join(folder, `${epoch}.safetensors`)));
  expect(written).toEqual([4]);
});

test('no listener stays on the signal', async () => {
  let listening = 0;
  const signal = {
    aborted: false,
    reason: undefined,
    addEventListener: () => void listening++,
    removeEventListener: () => void listening--,
  };
  await new Trainer(newNet(), { train, epochs: 3, seed: 1 }).fit({ signal, onStep: async () => {} });
  expect(listening).toBe(0);
});
