/** What holds a network back from learning 300 digits by heart: rows R4 and R6 of docs/from-the-book.md. */
import { expect, test } from 'vitest';
import { loadMnist } from '../../src/data/mnist.js';
import { SGD } from '../../src/optim/sgd.js';
import { deepNet, trainNet } from '../support/deep-net.js';
import { LONG } from '../support/long.js';

const { train, test: unseen } = await loadMnist();
const few = train.take(300);
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How far the network knows the digits it has seen, and how much less those it has not. */
function run(epochs: number, options: { seed?: number; dropout?: number; l2?: number } = {}): Known {
  const net = deepNet({ hiddenLayers: 6, ...options });
  const steps = 3 * epochs;
  trainNet(net, { train: few, optimizer: new SGD({ learningRate: 0.01 }), batchSize: 100, steps });
  const seen = net.accuracy(few);
  return { seen, gap: seen - net.accuracy(unseen) };
}

interface Known {
  readonly seen: number;
  readonly gap: number;
}

test('R4: the penalty of λ = 0.1 narrows the gap between seen and unseen digits', { timeout: 60_000 }, () => {
  const plain = run(201);
  const decayed = run(201, { l2: 0.1 });
  expect(plain.seen).toBeGreaterThan(0.97); // it has learned them by heart
  expect(decayed.seen).toBeGreaterThan(0.6);
  expect(decayed.gap).toBeLessThan(plain.gap);
});

test('R6: dropout of 0.2 narrows the gap between seen and unseen digits', { timeout: 120_000 }, () => {
  // One network alone may have an easy or a hard start.
  const seeds = LONG ? [1, 2, 3, 4] : [1, 2];
  const plain = seeds.map((seed) => run(301, { seed }));
  const dropped = seeds.map((seed) => run(301, { seed, dropout: 0.2 }));
  expect(mean(plain.map(({ seen }) => seen))).toBeGreaterThan(0.98);
  expect(mean(dropped.map(({ seen }) => seen))).toBeGreaterThan(0.7);
  expect(mean(dropped.map(({ gap }) => gap))).toBeLessThan(mean(plain.map(({ gap }) => gap)));
});
