/** The four optimizers of the book on digits and in its valley: rows O8 and O9 of docs/from-the-book.md. */
import { describe, expect, test } from 'vitest';
import { loadMnist } from '../../src/data/mnist.js';
import { AdaGrad } from '../../src/optim/ada-grad.js';
import { Adam } from '../../src/optim/adam.js';
import { Momentum } from '../../src/optim/momentum.js';
import type { Optimizer } from '../../src/optim/optimizer.js';
import { SGD } from '../../src/optim/sgd.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { deepNet, lossAt, trainNet } from '../support/deep-net.js';

const { train } = await loadMnist();

describe('on digits', () => {
  test('O8: of 784-100-100-100-100-10 on the same batches, AdaGrad ≤ Adam ≈ Momentum ≪ SGD', {
    timeout: 60_000,
  }, () => {
    const run = (optimizer: Optimizer): { early: number; late: number } => {
      const net = deepNet({ hiddenLayers: 4 });
      const { losses } = trainNet(net, { train, optimizer, batchSize: 128, steps: 1013 });
      return { early: lossAt(losses, 100), late: lossAt(losses, 1000) };
    };
    const sgd = run(new SGD({ learningRate: 0.01 }));
    const momentum = run(new Momentum());
    const adaGrad = run(new AdaGrad());
    const adam = run(new Adam());

    // The book's notebook prints 1.48, 0.42, 0.19 and 0.34 at update 100, each of one batch.
    expect(sgd.early).toBeGreaterThan(1.1);
    expect(adaGrad.early).toBeLessThan(adam.early);
    expect(momentum.early / adam.early).toSatisfy((ratio: number) => ratio > 0.8 && ratio < 2);
    expect(momentum.early).toBeLessThan(sgd.early / 3);
    // At update 1000 SGD is where the others were at 100 or so.
    for (const { late } of [momentum, adaGrad, adam]) expect(late).toBeLessThan(sgd.late / 2);
  });
});

describe('in the valley x² / 20 + y², from (−7, 2)', () => {
  /** The y of each of 30 updates, the start among them, and where the path ends. */
  function path(optimizer: Optimizer): { y: number[]; end: number[] } {
    const at = Tensor.from([-7, 2], { dtype: 'float64', backend: 'js' });
    const gradient = Tensor.zeros([2], { dtype: 'float64', backend: 'js' });
    const y = [2];
    for (let step = 0; step < 30; step++) {
      gradient.data.set([at.data[0]! / 10, 2 * at.data[1]!]);
      optimizer.update({ at }, { at: gradient });
      y.push(at.data[1]!);
    }
    return { y, end: [...at.data] };
  }

  test('O9: SGD crosses it at every update, Momentum and Adam a few times, AdaGrad never; all come near the minimum', () => {
    const crossings = (y: number[]): number => y.filter((value, i) => i > 0 && value * y[i - 1]! < 0).length;
    const paths = [
      path(new SGD({ learningRate: 0.95 })),
      path(new Momentum({ learningRate: 0.1 })),
      path(new AdaGrad({ learningRate: 1.5 })),
      path(new Adam({ learningRate: 0.3 })),
    ];
    expect(paths.map(({ y }) => crossings(y))).toEqual([30, 4, 0, 2]);
    for (const { end } of paths) expect(Math.hypot(...end)).toBeLessThan(1);
  });
});
