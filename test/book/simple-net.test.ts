/** The book's simpleNet with the weights the notebook printed: rows S1 to S7 of docs/from-the-book.md. */
import { describe, expect, test } from 'vitest';
import { crossEntropyError } from '../../src/functions/losses.js';
import { numericalGradient } from '../../src/functions/numerical.js';
import { SimpleNet } from '../../src/models/simple-net.js';
import { SGD } from '../../src/optim/sgd.js';
import { runnableBackends } from '../support/runnable.js';

const W = [
  [-0.62006546, -1.59333854, -0.42197585],
  [0.6357717, -0.24165729, 0.68248515],
];
const x = [[0.6, 0.9]];
const t = [[0, 0, 1]];

for (const backend of runnableBackends()) {
  describe(`SimpleNet on ${backend.name}`, () => {
    const printed = (): SimpleNet => new SimpleNet({ weights: W, backend });
    /** The loss as the notebook computes it: with delta = 1e-7 in the logarithm. */
    const bookLoss = (net: SimpleNet): number => crossEntropyError(net.predict(x), t);

    const near = (actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void => {
      expect(actual.length).toBe(expected.length);
      for (const [i, value] of expected.entries()) expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(tolerance);
    };

    test('S1: W is 2 × 3, drawn from N(0, 1) or given, in float64', () => {
      expect([printed().params.W.shape, printed().dtype, printed().params.W.toArray()]).toEqual([[2, 3], 'float64', W]);
      const drawn = new SimpleNet({ inputSize: 100, outputSize: 100, seed: 1, backend }).params.W;
      // The mean of 10,000 draws is within 5 standard errors of 0, and so is their variance of 1.
      expect(Math.abs(drawn.mean())).toBeLessThan(5 / 100);
      expect(Math.abs(drawn.pow(2).mean() - 1)).toBeLessThan((5 * Math.SQRT2) / 100);
    });

    test('S2: the scores x·W are the printed ones, to the 8 digits of W', () => {
      const scores = printed().logits(x);
      expect(scores.shape).toEqual([1, 3]);
      near(scores.data, [0.20015525, -1.17349468, 0.36105113], 1e-8);
      near(scores.data, [0.200155254, -1.173494685, 0.361051125], 1e-15);
    });

    test('S3: the largest score is that of class 2', () => {
      expect([...printed().classify(x)]).toEqual([2]);
      expect(printed().logits(x).argMax()).toBe(2);
    });

    test('S4: the loss is the printed 0.7260662834310464 to 2e-9, and to the last digits that of the 8-digit W', () => {
      expect(Math.abs(bookLoss(printed()) - 0.7260662834310464)).toBeLessThan(2e-9);
      expect(Math.abs(bookLoss(printed()) - 0.7260662840142799)).toBeLessThan(1e-15);
      // The network's own loss comes from the scores and has no delta: lower by 1e-7 / y, y = 0.48.
      expect(bookLoss(printed()) - printed().loss(x, t)).toBeCloseTo(-1e-7 / printed().predict(x).data[2]!, 12);
    });

    const DW = [0.24714299, 0.06257195, -0.30971495, 0.37071449, 0.09385793, -0.46457242];

    test('S5, S6, E9: the numerical dL/dW, where the notebook stops with an error, has the shape of W', () => {
      const net = printed();
      const dW = numericalGradient(() => bookLoss(net), net.params.W);
      expect(dW.shape).toEqual([2, 3]);
      near(dW.data, DW, 5e-9);
      expect(net.params.W.toArray()).toEqual(W);
      // The network's own numerical gradient leaves out the delta, which is worth up to 1e-7.
      const own = net.numericalGradient(x, t).W;
      expect(own.shape).toEqual([2, 3]);
      near(own.data, DW, 1e-7);
    });

    test('S5: backpropagation, the outer product of x and y − t, agrees with the numerical gradient', () => {
      const net = printed();
      const y = net.predict(x).data;
      const outer = x[0]!.flatMap((value) => t[0]!.map((target, j) => value * (y[j]! - target)));
      const analytic = net.gradient(x, t).W;
      near(analytic.data, outer, 1e-15);
      near(net.numericalGradient(x, t).W.data, outer, 1e-10);
      near(numericalGradient(() => bookLoss(net), net.params.W).data, outer, 1e-7);
    });

    test('S6: entry (i, j) of dL/dW is the change of the loss per change of w_ij', () => {
      const net = printed();
      const gradient = net.gradient(x, t).W;
      for (const [i, j] of [
        [0, 0],
        [1, 2],
      ] as const) {
        const moved = printed();
        moved.params.W.data[3 * i + j]! += 1e-6;
        const change = (moved.loss(x, t) - net.loss(x, t)) / 1e-6;
        expect(Math.abs(change - gradient.item(i, j))).toBeLessThan(1e-6);
      }
    });

    test('S7, E10: W ← W − η dL/dW lowers the loss, and adding the gradient raises it', () => {
      const net = printed();
      const before = net.loss(x, t);
      net.lossAndGradient(x, t);
      const expected = W.flat().map((w, i) => w - 0.1 * net.grads.W.data[i]!);
      new SGD({ learningRate: 0.1 }).update(net.params, net.grads);
      expect([...net.params.W.data]).toEqual(expected);
      expect(net.loss(x, t)).toBeLessThan(before);

      const climbing = printed();
      climbing.lossAndGradient(x, t);
      climbing.params.W.addScaled(climbing.grads.W, 0.1);
      expect(climbing.loss(x, t)).toBeGreaterThan(before);
    });
  });
}
