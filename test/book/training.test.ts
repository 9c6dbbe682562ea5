/** Data, mini-batches and generalisation: rows T15 to T18 of docs/from-the-book.md and the errors beside them. */
import { describe, expect, test, vi } from 'vitest';
import { Batches } from '../../src/data/batches.js';
import { loadMnist } from '../../src/data/mnist.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { SGD } from '../../src/optim/sgd.js';
import { Random } from '../../src/random.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { runnableBackends } from '../support/runnable.js';

const { train, test: heldOut } = await loadMnist();

describe('loadMnist', () => {
  test('T18, E4, E22, E30: returns two pairs, training and test data, each of digits 0 to 9 with their own labels', () => {
    for (const part of [train, heldOut]) {
      expect([part.inputSize, part.classes, part.sampleShape]).toEqual([784, 10, [28, 28]]);
      const { x, labels } = part.take(500).toTensors({ normalize: true, flatten: true });
      expect([x.shape, x.min(), x.max()]).toEqual([[500, 784], 0, 1]);
      expect([...new Set(labels as Int32Array)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      const hot = part.take(500).toTensors({ oneHot: true }).labels;
      expect(hot.shape).toEqual([500, 10]);
      expect([...(hot.argMax(1) as Int32Array)]).toEqual([...(labels as Int32Array)]);
      const pixels = part.take(500).toTensors({ normalize: false, flatten: false }).x;
      expect([pixels.shape, pixels.max()]).toEqual([[500, 28, 28], 255]);
    }
  });
});

for (const backend of runnableBackends()) {
  const digitNet = (): TwoLayerNet =>
    new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, seed: 1, backend });

  describe(`training on ${backend.name}`, () => {
    test('T15: a net that knows its 100 training digits by heart knows fewer of those it has not seen', () => {
      const few = train.take(100);
      const net = digitNet();
      new Trainer(net, { train: few, epochs: 200, seed: 1, evaluate: false }).fitSync();
      expect(net.accuracy(few)).toBe(1);
      const unseen = net.accuracy(heldOut.take(500));
      expect(unseen).toBeGreaterThan(0.5);
      expect(unseen).toBeLessThan(0.9);
    });

    test.each(['relu', 'sigmoid'] as const)(
      'T8: 784-50-10 on three digits has the numerical gradient, within 1e-7 of the largest, with %s',
      (activation) => {
        const net = new TwoLayerNet({
          inputSize: 784,
          hiddenSize: 50,
          outputSize: 10,
          activation,
          dtype: 'float64',
          seed: 1,
          backend,
        });
        const { x, labels } = train.take(3).toTensors({ dtype: 'float64', backend });
        // 300 elements of each weight matrix and all biases. For this seed no ReLU input lies within h of 0.
        const { ok, byParameter } = gradientCheck(net, x, labels, { samples: 300, seed: 1 });
        expect(byParameter).toEqual({
          W1: expect.toSatisfy((error: number) => error < 1e-7),
          b1: expect.toSatisfy((error: number) => error < 1e-7),
          W2: expect.toSatisfy((error: number) => error < 1e-7),
          b2: expect.toSatisfy((error: number) => error < 1e-7),
        });
        expect(ok).toBe(true);
      },
    );

    test('T16, E21: the net of the training chapter is 784-50-10, with 39,760 parameters', () => {
      const shapes = Object.values(digitNet().params).map(({ shape }) => shape);
      expect(shapes).toEqual([[784, 50], [50], [50, 10], [10]]);
      expect(Object.values(digitNet().params).reduce((sum, { size }) => sum + size, 0)).toBe(39_760);
    });

    test('T17: 100 rows at random stand for all: their mean loss is that of the whole set, within random variation', () => {
      const net = digitNet();
      const whole = net.loss(train);
      const batches = new Batches(train, {
        batchSize: 100,
        sampling: 'replacement',
        random: new Random(1),
        dtype: net.dtype,
        backend,
      });
      const losses = Array.from({ length: 50 }, () => {
        const { x, labels, size } = batches.next();
        expect(size).toBe(100);
        return net.loss(x, labels);
      });
      expect(new Set(losses).size).toBe(50);
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / 50;
      const variance = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / 49;
      expect(Math.abs(mean - whole)).toBeLessThan(5 * Math.sqrt(variance / 50));
    });

    test('T17: training changes the parameters and nothing that was set by hand', () => {
      const net = digitNet();
      const before = net.stateDict();
      const optimizer = new SGD({ learningRate: 0.01 });
      new Trainer(net, { train: train.take(300), steps: 3, batchSize: 100, optimizer, seed: 1 }).fitSync();
      for (const name of ['W1', 'b1', 'W2', 'b2'] as const) {
        expect(net.params[name].data, name).not.toEqual(before[name].data);
      }
      expect([optimizer.learningRate, net.hiddenSize, net.activation]).toEqual([0.01, 50, 'relu']);
    });

    test('E19: the Trainer takes its gradients from backpropagation, one pass per step, never from differences', () => {
      const net = digitNet();
      const backpropagated = vi.spyOn(net, 'lossAndGradient');
      const numerical = vi.spyOn(net, 'numericalGradient');
      new Trainer(net, { train: train.take(300), steps: 7, batchSize: 100, seed: 1, evaluate: false }).fitSync();
      expect(backpropagated).toHaveBeenCalledTimes(7);
      expect(numerical).not.toHaveBeenCalled();
    });
  });
}
