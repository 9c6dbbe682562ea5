/** Training by numerical gradients, as the notes do it, and what it costs: rows T7, T13, E19 and E20 of docs/from-the-book.md. */
import { describe, expect, test, vi } from 'vitest';
import { SoftmaxWithLoss } from '../../src/layers/softmax-with-loss.js';
import { Sequential } from '../../src/models/sequential.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Random } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { LONG } from '../support/long.js';
import { unitRoundoff } from '../support/rounding.js';
import { float64Backends } from '../support/runnable.js';

const LEARNING_RATE = 0.1;

for (const [at, backend] of float64Backends().entries()) {
  const options = { dtype: 'float64', backend } as const;

  /** The loop of the notes: 10 of 100 rows at random, numerical gradient, update; the loss of each batch before it. */
  const run = (
    net: Sequential,
    x: number[][],
    t: number[][],
    iterations: number,
  ): { losses: number[]; ones: number } => {
    const random = new Random(3);
    const losses: number[] = [];
    let ones = 0;
    for (let i = 0; i < iterations; i++) {
      const mask = Array.from({ length: 10 }, () => random.integer(x.length));
      const batch = (rows: number[][]): Tensor =>
        Tensor.from(
          mask.map((row) => rows[row]!),
          options,
        );
      const [xBatch, tBatch] = [batch(x), batch(t)];
      if (i === 0) ones = tBatch.sum();
      losses.push(net.loss(xBatch, tBatch));
      const gradients = net.numericalGradient(xBatch, tBatch);
      for (const name of ['W1', 'b1', 'W2', 'b2'] as const) {
        net.params[name]!.addScaled(gradients[name]!, -LEARNING_RATE);
      }
    }
    return { losses, ones };
  };

  describe(`the dummy run on ${backend.name}`, () => {
    const x = Tensor.randomUniform([100, 2], { seed: 1, ...options }).toArray() as number[][];
    const dummy = (): TwoLayerNet =>
      new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, activation: 'sigmoid', seed: 1, ...options });

    // The fastest backend shows it: the others give the same losses within rounding (test/runs/backends-agree.test.ts).
    test.runIf(LONG || at === 0)(
      'T13, E20: independent random bits as labels cannot be learnt: after 10,000 iterations no better than a guess',
      () => {
        const random = new Random(2);
        const t = x.map(() => [random.integer(2), random.integer(2)]);
        // Rows of two ones, or none, are not a distribution over the classes: the loss takes them only when it is told to.
        const net = new Sequential(dummy().layers, new SoftmaxWithLoss({ unnormalized: true }));
        const { losses, ones } = run(net, x, t, 10_000);
        // Both outputs are near 1/2 at first: the loss is ln 2 for each 1 among the labels, over the 10 rows of the batch.
        expect(Math.abs(losses[0]! - (ones / 10) * Math.LN2)).toBeLessThan(0.01);
        // The best answer that ignores x: the shares of both bits. 17 weights can bend a little towards 100 random rows.
        const counts = [0, 1].map((j) => t.reduce((sum, row) => sum + row[j]!, 0));
        const total = counts[0]! + counts[1]!;
        const guess = -counts.reduce((sum, count) => sum + count * Math.log(count / total), 0) / 100;
        expect(net.loss(x, t)).toBeGreaterThan(0.95 * guess);
        expect(net.loss(x, t)).toBeLessThan(1.05 * guess);
      },
    );

    test('T13, E20: labels made from x are learnt: the loss starts near ln 2 and falls', () => {
      const t = x.map(([x0, x1]) => (x0! > x1! ? [1, 0] : [0, 1]));
      const net = dummy();
      expect(Math.abs(net.loss(x, t) - Math.LN2)).toBeLessThan(0.01);
      const { losses } = run(net, x, t, 4000);
      expect(Math.abs(losses[0]! - Math.LN2)).toBeLessThan(0.05);
      expect(net.loss(x, t)).toBeLessThan(0.25);
      expect(net.accuracy(x, t)).toBeGreaterThan(0.95);
    });

    test('T7, E19: the numerical gradient costs two forward passes for each parameter, 159,020 for 784-100-10', () => {
      for (const [hiddenSize, parameters, passes] of [
        [100, 79_510, 159_020],
        [50, 39_760, 79_520],
      ] as const) {
        const net = new TwoLayerNet({ inputSize: 784, hiddenSize, outputSize: 10, seed: 1, ...options });
        expect(Object.values(net.params).reduce((sum, { size }) => sum + size, 0)).toBe(parameters);
        const loss = vi.spyOn(net, 'loss').mockReturnValue(1);
        net.numericalGradient(Tensor.zeros([100, 784], options), new Array(100).fill(0));
        expect(loss).toHaveBeenCalledTimes(passes);
      }
    });
  });
}

const native = float64Backends().find(({ name }) => name === 'native');
const asked = process.env['NUMERICAL_GRADIENT'] === '1';

describe.skipIf(native === undefined || !asked)('the whole numerical gradient (NUMERICAL_GRADIENT=1)', () => {
  test('T7, T8: of 784-100-10 at batch 100 takes less than 120 s and equals backpropagation', () => {
    const options = { dtype: 'float64', backend: native! } as const;
    const net = new TwoLayerNet({
      inputSize: 784,
      hiddenSize: 100,
      outputSize: 10,
      activation: 'sigmoid',
      seed: 1,
      ...options,
    });
    const x = Tensor.randomUniform([100, 784], { seed: 2, ...options });
    const labels = Array.from({ length: 100 }, (_, i) => i % 10);
    const before = process.cpuUsage();
    const numerical = net.numericalGradient(x, labels);
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6; // of processor time: what an idle core would take
    console.log(`159,020 forward passes: ${seconds.toFixed(1)} s of processor time`);
    const bp = net.gradient(x, labels);
    // Each of the two losses is off by a few roundings, which the division by 2h makes large beside a small gradient.
    const rounding = (16 * unitRoundoff('float64') * net.loss(x, labels)) / 1e-4;
    for (const name of ['W1', 'b1', 'W2', 'b2'] as const) {
      const difference = numerical[name].sub(bp[name]).abs().max();
      expect(difference, name).toBeLessThan(1e-7 * bp[name].abs().max() + rounding);
    }
    expect(seconds).toBeLessThan(120);
  }, 600_000);
});
