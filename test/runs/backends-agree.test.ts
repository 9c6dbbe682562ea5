/** From one seed, two backends walk the same path: as exactly as rounding allows. */
import { describe, expect, test } from 'vitest';
import type { Activation, Backend, Dtype } from '../../src/backend/backend.js';
import { createBackend } from '../../src/backend/choose/load.js';
import { Dataset } from '../../src/data/dataset.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Random } from '../../src/random.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { runnableBackends } from '../support/runnable.js';

const js = createBackend('js');

/** 1,000 rows of 50 pixels in ten blurred classes. */
function pictures(): Dataset {
  const random = new Random(1);
  const data = new Uint8Array(1000 * 50);
  const labels = Int32Array.from({ length: 1000 }, () => random.integer(10));
  for (let i = 0; i < data.length; i++) {
    const own = i % 10 === labels[Math.floor(i / 50)] ? 120 : 0;
    data[i] = own + random.integer(136);
  }
  return Dataset.from({ x: { data, shape: [1000, 50] }, labels, classes: 10, scale: 1 / 255 });
}

const train = pictures();

const SIZES = { inputSize: 50, hiddenSize: 30, outputSize: 10, weightInitStd: 'he' } as const;

function run(
  backend: Backend,
  dtype: Dtype,
  seed: number,
  steps = 200,
  activation: Activation = 'relu',
): { losses: Float64Array; weights: number[] } {
  const net = new TwoLayerNet({ ...SIZES, activation, dtype, seed, backend });
  const { losses } = new Trainer(net, { train, steps, batchSize: 100, seed, evaluate: false }).fitSync();
  return { losses, weights: Object.values(net.params).flatMap(({ data }) => [...data]) };
}

for (const backend of runnableBackends().filter(({ name }) => name !== 'js')) {
  describe(`${backend.name} and js`, () => {
    test('agree on the first step within the derived bound', () => {
      // Both compute the same dot products in another order. Higham §3.1: two sums of k products differ by at most
      // 2·γ_k·Σ|aᵢbᵢ|. Here x is in [0, 1], k is 50 and then 30, and the weights are known; the bias and ReLU add no more
      // than another rounding. The loss, a mean of log-sum-exp minus a score, moves at most twice as far as the scores.
      const net = new TwoLayerNet({ ...SIZES, seed: 1, backend: js, dtype: 'float64' });
      const gamma = (k: number): number => (k * 2 ** -24) / (1 - k * 2 ** -24);
      const { W1, W2 } = net.params;
      const columnSums1 = W1.abs().sum(0); // Σ|x·w| of each hidden neuron at most, (30)
      const hidden = columnSums1.mul(2 * gamma(51)); // its difference, (30)
      const carried = hidden.reshape([1, 30]).matMul(W2.abs()).max();
      const own = columnSums1
        .reshape([1, 30])
        .matMul(W2.abs())
        .mul(2 * gamma(31))
        .max();
      const difference = Math.abs(run(backend, 'float32', 1, 1).losses[0]! - run(js, 'float32', 1, 1).losses[0]!);
      expect(difference).toBeLessThanOrEqual(2 * (carried + own));
      expect(2 * (carried + own)).toBeLessThan(2e-3);
    });

    // The largest difference measured over these 20 seeds, as a share of the loss: native 1.1e-7 in float32 and 9.4e-16
    // in float64; wasm 1.8e-7 in float32, and in float64 it is js.
    test.each([
      ['float32', 1e-5],
      ['float64', 1e-12],
    ] as const)('stay together over 200 steps of 20 seeds in %s: |Δloss| ≤ %d of the loss', (dtype, bound) => {
      expect(Math.max(...differences(backend, dtype, 'tanh'))).toBeLessThanOrEqual(bound);
    });

    // ReLU has a kink: a hidden input within rounding of 0 may fall to either side, and one row's gradient goes another
    // way. Measured: native 1.3e-7 at most; wasm 2.0e-7, but for one seed that meets a kink and then differs by 7.5e-5.
    test('stay together through ReLU but where a hidden input is 0 to rounding', () => {
      const all = differences(backend, 'float32', 'relu');
      expect(all.filter((difference) => difference > 1e-5).length).toBeLessThanOrEqual(2);
      expect(Math.max(...all)).toBeLessThanOrEqual(1e-3);
    });
  });
}

/** For each of 20 seeds the largest |Δloss| / loss between a backend and js over 200 steps. */
function differences(backend: Backend, dtype: Dtype, activation: Activation): number[] {
  return Array.from({ length: 20 }, (_, i) => {
    const a = run(backend, dtype, i + 1, 200, activation).losses;
    const b = run(js, dtype, i + 1, 200, activation).losses;
    expect(a.at(-1)).toBeLessThan(a[0]! / 2); // it learns: the weights have moved far
    return a.reduce((largest, loss, step) => Math.max(largest, Math.abs(loss - b[step]!) / loss), 0);
  });
}

describe('one backend twice', () => {
  test.each(runnableBackends())('gives the same bits ($name)', (backend) => {
    expect(run(backend, 'float32', 3)).toEqual(run(backend, 'float32', 3));
  });
});
