import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { gradientCheck } from '../../src/models/gradient-check.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { TwoLayerNet } from '../../src/models/two-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { Trainer } from '../../src/trainer/trainer.js';
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

    test.each(['classification', 'regression'] as const)('backpropagates a %s through three layers', (task) => {
      const net = new MultiLayerNet({
        inputSize: 3,
        hiddenSizes: [4, 5],
        outputSize: 2,
        activation: ['sigmoid', 'tanh'],
        task,
        dtype: 'float64',
        seed: 1,
        backend,
      });
      const x = Tensor.randomNormal([4, 3], { seed: 2, dtype: 'float64', backend });
      const targets =
        task === 'classification'
          ? [0, 1, 1, 0]
          : [
              [1, 2],
              [0.5, 0],
              [0, 3],
              [1, 1],
            ];
      expect(gradientCheck(net, x, targets).maxError).toBeLessThan(1e-7);
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
    [{ hiddenSizes: [], task: 'ranking' }, 'task is "ranking"; expected "classification" or "regression"'],
  ])('refuses %j', (options, message) => {
    expect(() => new MultiLayerNet({ inputSize: 2, outputSize: 2, ...options } as never)).toThrow(
      expect.objectContaining({ name: 'ArgumentError', message: `MultiLayerNet: ${message}` }),
    );
  });
});
