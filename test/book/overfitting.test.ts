/** What holds a network back from learning 300 digits by heart: row R6 of docs/from-the-book.md. */
import { expect, test } from 'vitest';
import { loadMnist } from '../../src/data/mnist.js';
import { SGD } from '../../src/optim/sgd.js';
import { deepNet, trainNet } from '../support/deep-net.js';

const { train, test: unseen } = await loadMnist();
const few = train.take(300);
/** One network alone may have an easy or a hard start. */
const SEEDS = [1, 2, 3, 4];
/** The updates of 301 epochs in batches of 100. */
const STEPS = 903;

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test('R6: dropout of 0.2 narrows the gap between seen and unseen digits', { timeout: 120_000 }, () => {
  const run = (seed: number, dropout?: number): { seen: number; gap: number } => {
    const net = deepNet({ hiddenLayers: 6, seed, ...(dropout === undefined ? {} : { dropout }) });
    trainNet(net, { train: few, optimizer: new SGD({ learningRate: 0.01 }), batchSize: 100, steps: STEPS });
    const seen = net.accuracy(few);
    return { seen, gap: seen - net.accuracy(unseen) };
  };
  const plain = SEEDS.map((seed) => run(seed));
  const dropped = SEEDS.map((seed) => run(seed, 0.2));
  expect(mean(plain.map(({ seen }) => seen))).toBeGreaterThan(0.98); // it has learned them by heart
  expect(mean(dropped.map(({ gap }) => gap))).toBeLessThan(mean(plain.map(({ gap }) => gap)));
});
