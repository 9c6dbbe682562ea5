/** What convolutional networks learn, and where they fail: rows K8 to V4 of docs/from-the-book.md. */
import { beforeAll, describe, expect, test } from 'vitest';
import { roundWeights, toHalf } from '../../examples/support/half-precision.mjs';
import { mistakesOf } from '../../examples/support/mistakes.mjs';
import type { Dataset } from '../../src/data/dataset.js';
import { loadMnist } from '../../src/data/mnist.js';
import { DeepConvNet } from '../../src/models/deep-conv-net.js';
import type { Sequential } from '../../src/models/sequential.js';
import { SimpleConvNet } from '../../src/models/simple-conv-net.js';
import { Random } from '../../src/random.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { LONG } from '../support/long.js';

/** Trains as the book does: Adam, η = 0.001, batches of 100. */
function trained<N extends Sequential>(net: N, train: Dataset, length: { steps: number } | { epochs: number }): N {
  new Trainer(net, { train, optimizer: 'adam', batchSize: 100, seed: 1, evaluate: false, ...length }).fitSync();
  return net;
}

/** The mean correlation between neighbouring weights of filters (5, 5, 1, filters), over pairs side by side and one above the other. */
function smoothness({ shape, data }: Tensor): number {
  const filters = shape[3]!;
  let [products, squares] = [0, 0];
  for (let f = 0; f < filters; f++) {
    const weights = Array.from({ length: 25 }, (_, i) => data[i * filters + f]!);
    const mean = weights.reduce((sum, w) => sum + w, 0) / 25;
    const at = (i: number, j: number): number => weights[5 * i + j]! - mean;
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < 4; j++) {
        products += at(i, j) * at(i, j + 1) + at(j, i) * at(j + 1, i);
        squares += (at(i, j) ** 2 + at(i, j + 1) ** 2 + at(j, i) ** 2 + at(j + 1, i) ** 2) / 2;
      }
    }
  }
  return products / squares;
}

describe('SimpleConvNet on 3,000 digits', () => {
  const untrained = new SimpleConvNet({ seed: 1 });
  const net = new SimpleConvNet({ seed: 1 });
  let digits: { readonly train: Dataset<Int32Array>; readonly test: Dataset<Int32Array> };
  beforeAll(async () => {
    digits = await loadMnist();
    trained(net, digits.train.take(3000), { epochs: 4 });
  }, 60_000);

  test('K9: its filters are noise before training, edges and blobs after', () => {
    const [before, after] = [untrained.params.W1, net.params.W1].map(smoothness);
    expect(Math.abs(before!)).toBeLessThan(0.1);
    expect(after).toBeGreaterThan(0.4);
    // Noise of deviation 0.01, which training outgrows.
    const deviation = ({ data }: Tensor): number => Math.hypot(...data) / Math.sqrt(data.length);
    expect(deviation(untrained.params.W1)).toBeCloseTo(0.01, 3);
    expect(deviation(net.params.W1)).toBeGreaterThan(0.03);
  });

  test('K8, in a small measure: after four epochs it classifies 0.85 of the held-out digits correctly', () => {
    expect(net.accuracy(digits.test)).toBeGreaterThan(0.85);
  });

  test('V3: its mistakes are the digits that it classifies otherwise than they are labelled', () => {
    const { test: held } = digits;
    const { x, labels } = held.toTensors();
    const mistakes = mistakesOf(net.predict(x), labels);
    expect(mistakes.length).toBe(Math.round((1 - net.accuracy(held)) * held.size));
    expect(mistakes.length).toBeGreaterThan(0);
    const guesses = net.classify(x);
    const right = new Set(labels.keys());
    for (const { row, label, guess, probability } of mistakes) {
      right.delete(row);
      expect([label, guess]).toEqual([labels[row], guesses[row]]);
      expect(guess).not.toBe(label);
      expect(probability).toBeGreaterThan(0.1);
    }
    for (const row of right) expect(guesses[row]).toBe(labels[row]);
  });

  test('V4: weights as 16-bit floats change the accuracy on all digits by at most 0.001', () => {
    const { train, test: held } = digits;
    const rounded = new SimpleConvNet({ seed: 1 });
    rounded.loadStateDict(net.stateDict());
    roundWeights(rounded);
    const accuracy = (of: SimpleConvNet): number =>
      (of.accuracy(train) * train.size + of.accuracy(held) * held.size) / (train.size + held.size);
    expect(Math.abs(accuracy(rounded) - accuracy(net))).toBeLessThanOrEqual(0.001);
    expect(rounded.params.W2.data).not.toEqual(net.params.W2.data);
    for (const { data } of Object.values(rounded.params)) for (const w of data) expect(toHalf(w)).toBe(w);
  });
});

test('V3: of four rows, the one that is given another class is the mistake', () => {
  const probabilities = { data: [0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.5, 0.5], shape: [4, 2] };
  expect(mistakesOf(probabilities, [0, 1, 1, 0])).toEqual([{ row: 2, label: 1, guess: 0, probability: 0.7 }]);
});

test('V4: a 16-bit float is the nearest of those that there are, even where two are as near', () => {
  const exact = [0, -0, 1, -2, 0.5, 65504, 2 ** -14, 2 ** -24, 1 + 2 ** -10, -(3 * 2 ** -24)];
  for (const value of [...exact, Number.NaN, Infinity, -Infinity]) expect(toHalf(value)).toBe(value);
  expect([1 / 3, 0.1, -0.1, 2049, 2051, 65519, 65520, 2 ** -25, 3 * 2 ** -25, 1 + 2 ** -11].map(toHalf)).toEqual([
    0.333251953125,
    0.0999755859375,
    -0.0999755859375,
    2048,
    2052,
    65504,
    Infinity,
    0,
    2 ** -23,
    1,
  ]);
  const random = new Random(1);
  for (let i = 0; i < 2000; i++) {
    const x = random.normal() * 2 ** (random.integer(40) - 24);
    const half = toHalf(x);
    if (Math.abs(x) < 65504) expect(Math.abs(half - x)).toBeLessThanOrEqual(Math.max(2 ** -11 * Math.abs(x), 2 ** -25));
    expect(toHalf(half)).toBe(half);
  }
});

describe.skipIf(!LONG || process.env['MNIST_DIR'] === undefined)('DeepConvNet on the full MNIST', () => {
  test('V2, V3, V4: after twenty epochs at most 90 of 10,000 digits are mistakes, and 16-bit weights change 10 at most', async () => {
    const { train, test: held } = await loadMnist();
    const net = trained(new DeepConvNet({ seed: 1 }), train, { epochs: 20 });
    const { x, labels } = held.toTensors();
    const mistakes = mistakesOf(net.predict(x), labels);
    const accuracy = net.accuracy(held);
    console.log(`DeepConvNet: ${mistakes.length} mistakes after 20 epochs`);
    expect(mistakes.length).toBe(Math.round((1 - accuracy) * held.size));
    expect(mistakes.length).toBeLessThanOrEqual(90);
    roundWeights(net);
    expect(Math.abs(net.accuracy(held) - accuracy)).toBeLessThanOrEqual(0.001);
  }, 3_600_000);
});
