/** What initial weights do to deep networks: rows I1 and I2 of docs/from-the-book.md. */
import { describe, expect, test } from 'vitest';
import { loadMnist } from '../../src/data/mnist.js';
import { relu, sigmoid, tanh } from '../../src/functions/activations.js';
import { SGD } from '../../src/optim/sgd.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { deepNet, lossAt, trainNet } from '../support/deep-net.js';

describe('1,000 rows of 100 normal numbers through five layers of 100 neurons', () => {
  const XAVIER = Math.sqrt(1 / 100);
  const HE = Math.sqrt(2 / 100);

  /** The outputs of the first layer and of the fifth. */
  function outputs(activation: (x: Tensor) => Tensor, std: number): { first: number[]; fifth: number[] } {
    let x: Tensor = Tensor.randomNormal([1000, 100], { seed: 1 });
    const layers = Array.from({ length: 5 }, (_, layer) => {
      x = activation(x.matMul(Tensor.randomNormal([100, 100], { std, seed: 2 + layer })));
      return [...x.data];
    });
    return { first: layers[0]!, fifth: layers[4]! };
  }

  const share = (values: number[], test: (y: number) => boolean): number => values.filter(test).length / values.length;
  const spread = (values: number[]): number => Math.sqrt(values.reduce((sum, y) => sum + y * y, 0) / values.length);

  test('I1: sigmoid piles up at 0 and 1 with std 1, at 0.5 with 0.01, and is spread with Xavier', () => {
    const nearEnds = (y: number): boolean => y < 0.1 || y > 0.9;
    const nearHalf = (y: number): boolean => Math.abs(y - 0.5) < 0.05;
    expect(share(outputs(sigmoid, 1).fifth, nearEnds)).toBeGreaterThan(0.6);
    expect(share(outputs(sigmoid, 0.01).fifth, nearHalf)).toBe(1);
    expect(share(outputs(sigmoid, XAVIER).fifth, (y) => !nearEnds(y) && !nearHalf(y))).toBeGreaterThan(0.5);
  });

  test('I1: ReLU dies out with std 0.01, shrinks with Xavier, and keeps its spread with He', () => {
    const kept = (std: number): number => {
      const { first, fifth } = outputs(relu, std);
      return spread(fifth) / spread(first);
    };
    // Half of the outputs are cut: a layer keeps std · √(100 / 2) of the spread, here four times over.
    expect(kept(0.01) / 0.0707 ** 4).toSatisfy(nearOne);
    expect(kept(XAVIER) / 0.25).toSatisfy(nearOne);
    expect(kept(HE)).toSatisfy(nearOne);
  });

  test('I1: tanh piles up at −1 and 1 with std 1, and does not with Xavier', () => {
    const nearEnds = (y: number): boolean => Math.abs(y) > 0.9;
    expect(share(outputs(tanh, 1).fifth, nearEnds)).toBeGreaterThan(0.6);
    expect(share(outputs(tanh, XAVIER).fifth, nearEnds)).toBeLessThan(0.05);
  });
});

test('I2: 784-100-100-100-100-10 never learns with std 0.01; He learns faster than Xavier', {
  timeout: 60_000,
}, async () => {
  const { train } = await loadMnist();
  const run = (weightInitStd: number | 'he' | 'xavier'): { early: number; late: number } => {
    const net = deepNet({ hiddenLayers: 4, weightInitStd });
    const optimizer = new SGD({ learningRate: 0.01 });
    const { losses } = trainNet(net, { train, optimizer, batchSize: 128, steps: 1913 });
    return { early: lossAt(losses, 100), late: lossAt(losses, 1900) };
  };
  const small = run(0.01);
  const xavier = run('xavier');
  const he = run('he');
  // ln 10 = 2.3026 is the loss of ten equal shares.
  for (const loss of [small.early, small.late]) expect(loss).toSatisfy((l: number) => l > 2.29 && l < 2.31);
  expect(xavier.late).toBeLessThan(0.6);
  expect(he.late).toBeLessThan(xavier.late);
  expect(he.early).toBeLessThan(xavier.early);
});

function nearOne(ratio: number): boolean {
  return ratio > 0.7 && ratio < 1.4;
}
