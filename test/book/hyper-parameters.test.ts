/** Choosing hyper-parameters by rows held out from training: rows H1 and H2 of docs/from-the-book.md. */
import { expect, test } from 'vitest';
import { loadMnist } from '../../src/data/mnist.js';
import { SGD } from '../../src/optim/sgd.js';
import { Random } from '../../src/random.js';
import { deepNet, trainNet } from '../support/deep-net.js';
import { LONG } from '../support/long.js';

const { train } = await loadMnist();

/** The book's 100 trials of 50 epochs take half a minute; fewer and shorter ones find the same rates. */
const [TRIALS, EPOCHS] = LONG ? [100, 50] : [40, 25];

test('H1: a fifth of the shuffled training rows is held out for validation, and no row is in both parts', () => {
  const digits = train.take(500);
  const { train: rest, test: validation } = digits.split({ test: 0.2, seed: 1 });
  expect([rest.size, validation.size]).toEqual([400, 100]);
  const lines = (part: typeof digits): string[] => {
    const { x, labels } = part.toTensors();
    return Array.from(labels as Int32Array, (label, row) => `${label} ${x.rows(row, row + 1).data.join(' ')}`);
  };
  const [all, kept, held] = [lines(digits), lines(rest), lines(validation)];
  expect([...kept, ...held].sort()).toEqual([...all].sort());
  expect(held).not.toEqual(all.slice(0, 100));
  expect(held).not.toEqual(all.slice(400));
});

test('H2: of random rates in 10^[−6, −2], the five best by validation are above 1e-3', { timeout: 300_000 }, () => {
  const { train: rest, test: validation } = train.take(500).split({ test: 0.2, seed: 1 });
  const random = new Random(1, 'search');
  const logUniform = (low: number, high: number): number => 10 ** (low + (high - low) * random.uniform());
  const trials = Array.from({ length: TRIALS }, () => {
    const weightDecay = logUniform(-8, -4);
    const learningRate = logUniform(-6, -2);
    const net = deepNet({ hiddenLayers: 6 });
    const optimizer = new SGD({ learningRate, weightDecay });
    trainNet(net, { train: rest, optimizer, batchSize: 100, steps: 4 * EPOCHS });
    return { learningRate, accuracy: net.accuracy(validation) };
  });
  const best = trials.sort((a, b) => b.accuracy - a.accuracy).slice(0, 5);
  for (const { learningRate } of best) expect(learningRate).toBeGreaterThan(1e-3);
  if (LONG) expect(best[0]!.accuracy).toBeGreaterThan(0.7);
});
