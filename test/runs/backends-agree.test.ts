/** From one seed, two backends walk the same path: as exactly as rounding allows. */
import { describe, expect, test } from 'vitest';
import type { Backend, Dtype } from '../../src/backend/backend.js';
import { createBackend } from '../../src/backend/load.js';
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

function run(backend: Backend, dtype: Dtype, seed: number, steps = 200): { losses: Float64Array; weights: number[] } {
  const net = new TwoLayerNet({ inputSize: 50, hiddenSize: 30, outputSize: 10, dtype, seed, backend });
  const { losses } = new Trainer(net, { train, steps, batchSize: 100, seed, evaluate: false }).fitSync();
  return { losses, weights: Object.values(net.params).flatMap(({ data }) => [...data]) };
}

for (const backend of runnableBackends().filter(({ name }) => name !== 'js')) {
  describe(`${backend.name} and js`, () => {
    test('agree on the first step within the derived bound', () => {
      // The loss is a mean of log-sum-exp over scores that are two dot products deep. Each float32 score is off by at most
      // 2·γ₅₀·Σ|x·w| and the same again with γ₃₀ in the second layer, x in [0, 1] and |w| below 5 · 0.01: far below
      // 2·(50 + 30)·2⁻²⁴·50·0.05 = 2.4e-5 in a score, and the loss moves no more than the largest score difference.
      const difference = Math.abs(run(backend, 'float32', 1, 1).losses[0]! - run(js, 'float32', 1, 1).losses[0]!);
      expect(difference).toBeLessThanOrEqual(2 * 80 * 2 ** -24 * 50 * 0.05);
    });

    test.each([
      ['float32', 1e-5],
      ['float64', 1e-12],
    ] as const)('stay together over 200 steps of 20 seeds in %s: |Δloss| ≤ %d of the loss', (dtype, bound) => {
      let largest = 0;
      for (let seed = 1; seed <= 20; seed++) {
        const a = run(backend, dtype, seed).losses;
        const b = run(js, dtype, seed).losses;
        a.forEach((loss, i) => {
          largest = Math.max(largest, Math.abs(loss - b[i]!) / loss);
        });
      }
      expect(largest).toBeLessThanOrEqual(bound);
    });
  });
}

describe('one backend twice', () => {
  test.each(runnableBackends())('gives the same bits ($name)', (backend) => {
    expect(run(backend, 'float32', 3)).toEqual(run(backend, 'float32', 3));
  });
});
