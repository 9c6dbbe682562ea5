import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/errors.js';
import { MultiLayerNet } from '../../src/models/multi-layer-net.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';

describe.each(['classification', 'binary', 'multiLabel', 'regression'] as const)('no rows, %s', (task) => {
  const outputSize = task === 'binary' ? 1 : 2;
  const net = new MultiLayerNet({ inputSize: 3, hiddenSizes: [4], outputSize, task, dtype: 'float64', seed: 1 });
  const x = Tensor.zeros([0, 3], { dtype: 'float64' });
  const labels = task === 'regression' || task === 'multiLabel' ? Tensor.zeros([0, 2], { dtype: 'float64' }) : [];

  test('have no mean, so that nothing is computed of them', () => {
    net.lossAndGradient([[1, 2, 3]], task === 'regression' || task === 'multiLabel' ? [[0, 1]] : [1]);
    const gradients = [...net.grads.W1.data];
    const refusals = {
      loss: () => net.loss(x, labels),
      evaluate: () => net.evaluate(x, labels),
      lossAndGradient: () => net.lossAndGradient(x, labels),
      numericalGradient: () => net.numericalGradient(x, labels),
      ...(task === 'regression' ? {} : { accuracy: () => net.accuracy(x, labels) }),
    };
    for (const [method, call] of Object.entries(refusals)) {
      const message = `MultiLayerNet.${method}: x has no rows; expected at least one, to take the mean over`;
      expectRefusal(call, DataError, message);
    }
    expectRefusal(
      () => net.gradient(x, labels),
      DataError,
      'MultiLayerNet.lossAndGradient: x has no rows; expected at least one, to take the mean over',
    );
    expect([...net.grads.W1.data]).toEqual(gradients);
  });

  test('have no answers, which is right', () => {
    expect(net.predict(x).shape).toEqual([0, outputSize]);
    expect(net.logits(x).shape).toEqual([0, outputSize]);
  });
});
