import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError, StateError } from '../../src/errors.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

for (const backend of runnableBackends()) {
  describe(`MultiLayerNet on ${backend.name}`, () => {
    test('with one hidden layer is a TwoLayerNet, to the bit', () => {
      const shape = { inputSize: 4, outputSize: 3, activation: 'tanh', weightInitStd: 0.5, seed: 3, backend } as const;
      const multi = new MultiLayerNet({ ...shape, hiddenSizes: [6] });
      const two = new TwoLayerNet({ ...shape, hiddenSize: 6 });
      const x = Tensor.randomNormal([5, 4], { seed: 1, backend });
      expect(multi.predict(x).data).toEqual(two.predict(x).data);
      expect(multi.gradient(x, [0, 1, 2, 0, 1])['W1']!.data).toEqual(two.gradient(x, [0, 1, 2, 0, 1]).W1.data);
    });

    test.each(['classification', 'binary', 'multiLabel', 'regression'] as const)(
      'backpropagates a %s through three layers',
      (task) => {
        const net = new MultiLayerNet({
          inputSize: 3,
          hiddenSizes: [4, 5],
          outputSize: task === 'binary' ? 1 : 2,
          activation: ['sigmoid', 'tanh'],
          task,
          dtype: 'float64',
          seed: 1,
          backend,
        });
        const x = Tensor.randomNormal([4, 3], { seed: 2, dtype: 'float64', backend });
        const rows = [
          [1, 1],
          [0, 0],
          [0, 1],
          [1, 1],
        ];
        const targets = task === 'multiLabel' || task === 'regression' ? rows : [0, 1, 1, 0];
        expect(gradientCheck(net, x, targets).maxError).toBeLessThan(1e-7);
      },
    );

    test('FOUND A2: learns XOR with one sigmoid output, and answers yes where the score is above 0', () => {
      const x = [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ];
      const train = Dataset.from({ x, labels: [0, 1, 1, 0] });
      const net = new MultiLayerNet({
        inputSize: 2,
        hiddenSizes: [16],
        outputSize: 1,
        task: 'binary',
        seed: 1,
        backend,
      });
      const { epochs } = new Trainer(net, { train, epochs: 1000, seed: 1 }).fitSync();
      expect(epochs.at(-1)!.trainAccuracy).toBe(1);
      expect(epochs.at(-1)!.trainLoss).toBeLessThan(0.05);
      expect([...net.classify(x)]).toEqual([0, 1, 1, 0]);
      expect([x, x].map(net.classify, net)).toEqual([net.classify(x), net.classify(x)]);
      expect(net.accuracy(x, [0, 1, 1, 1])).toBe(0.75);
      expectRefusal(
        () => (net.classify as (...given: unknown[]) => unknown).call(net, x, 0.9),
        ArgumentError,
        'MultiLayerNet.classify: a second argument, 0.9; expected x alone. Of two classes it takes the likelier one; for a threshold of your own, compare predict(x).data with it',
      );
      expect(net.logits(x).data.map((z) => Number(z > 0))).toEqual(Float32Array.of(0, 1, 1, 0));
      net.predict(x).data.forEach((y, row) => {
        expect(y).toBeCloseTo(1 / (1 + Math.exp(-net.logits(x).data[row]!)), 6);
      });
    });

    test('gives a row any number of labels, and counts rows with all of them right', () => {
      const net = new MultiLayerNet({ inputSize: 2, hiddenSizes: [], outputSize: 3, task: 'multiLabel', backend });
      net.params['W1']!.set([
        [1, 0, 1],
        [0, 1, 1],
      ]);
      net.params['b1']!.set([0, 0, -1.5]);
      const x = [
        [1, 1],
        [1, -1],
      ];
      const right = [
        [1, 1, 1],
        [1, 0, 0],
      ];
      expect(net.accuracy(x, right)).toBe(1);
      expect(net.evaluate(x, [right[0]!, [1, 1, 0]])).toEqual({
        loss: net.loss(x, [right[0]!, [1, 1, 0]]),
        accuracy: 0.5,
      });
      expectRefusal(
        () => net.classify(x),
        StateError,
        'MultiLayerNet.classify: this network gives a row any number of labels; expected one class per row. Use predict: a row has the labels whose probability is above 0.5',
      );
    });

    test('fits a curve as a regression', () => {
      const x = Array.from({ length: 60 }, (_, i) => [i / 30 - 1]);
      const train = Dataset.from({ x, targets: x.map(([value]) => [Math.sin(3 * value!)]) });
      const net = new MultiLayerNet({
        inputSize: 1,
        hiddenSizes: [20],
        outputSize: 1,
        activation: 'tanh',
        task: 'regression',
        seed: 1,
        backend,
      });
      const { epochs } = new Trainer(net, {
        train,
        epochs: 2000,
        batchSize: 20,
        seed: 1,
        evaluate: 'epochEnd',
      }).fitSync();
      expect(epochs.at(-1)!.trainLoss).toBeLessThan(0.002);
      expect(epochs.at(-1)).not.toHaveProperty('trainAccuracy');
      expect(net.predict([[0.5]]).item(0, 0)).toBeCloseTo(Math.sin(1.5), 0);
    });
  });
}

describe('MultiLayerNet', () => {
  test('takes its standard deviation from each layer’s activation', () => {
    const { params } = new MultiLayerNet({
      inputSize: 100,
      hiddenSizes: [200, 100],
      outputSize: 200,
      activation: ['relu', 'tanh'],
      seed: 1,
    });
    const spread = (name: string): number => Math.sqrt(params[name]!.pow(2).mean());
    expect(Math.abs(spread('W1') / Math.sqrt(2 / 100) - 1)).toBeLessThan(0.02);
    expect(Math.abs(spread('W2') / Math.sqrt(1 / 200) - 1)).toBeLessThan(0.02);
    expect(Math.abs(spread('W3') / Math.sqrt(1 / 100) - 1)).toBeLessThan(0.02);
  });

  test('of a regression has no classes and no accuracy', () => {
    const net = new MultiLayerNet({ inputSize: 1, hiddenSizes: [], outputSize: 1, task: 'regression' });
    for (const [call, message] of [
      [
        () => net.classify([[1]]),
        'MultiLayerNet.classify: this network is a regression; expected a classifier. Use predict for its values',
      ],
      [
        () => net.accuracy([[1]], [[1]]),
        'MultiLayerNet.accuracy: this network is a regression; expected a classifier. Use loss to judge it',
      ],
    ] as const) {
      expect(call).toThrow(expect.objectContaining({ name: 'StateError', message }));
    }
  });

  test.each([
    [{ hiddenSizes: 5 }, 'hiddenSizes is 5; expected a list of layer sizes, e.g. [50, 100]'],
    [{ hiddenSizes: [5, 0] }, 'hiddenSizes[1] is 0; expected an integer of at least 1'],
    [{ hiddenSizes: [5], activation: ['relu', 'tanh'] }, 'activation lists 2; expected 1, one for each hidden layer'],
    [
      { hiddenSizes: [], activation: 'swish' },
      'activation is "swish"; expected "identity", "relu", "sigmoid" or "tanh"',
    ],
    [
      { hiddenSizes: [], task: 'ranking' },
      'task is "ranking"; expected "classification", "binary", "multiLabel" or "regression"',
    ],
    [
      { hiddenSizes: [], task: 'binary' },
      "outputSize is 2; expected 1 for the task 'binary'. For one class of several use the task 'classification', for several labels per row 'multiLabel'",
    ],
    [
      { hiddenSizes: [], outputSize: 1 },
      "outputSize is 1; expected at least 2 classes: softmax of a single score is always 1. Use two outputs, or one sigmoid output: task: 'binary' of a MultiLayerNet, SigmoidWithLoss as the loss of a Sequential",
    ],
  ])('refuses %j', (options, message) => {
    expect(() => new MultiLayerNet({ inputSize: 2, outputSize: 2, ...options } as never)).toThrow(
      expect.objectContaining({ name: 'ArgumentError', message: `MultiLayerNet: ${message}` }),
    );
  });
});
