import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/errors.js';
import { numericalGradient } from '../../src/functions/numerical.js';
import { SoftmaxWithLoss } from '../../src/layers/softmax-with-loss.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

for (const backend of runnableBackends()) {
  const options = { dtype: 'float64', backend } as const;

  describe(`SoftmaxWithLoss with label smoothing on ${backend.name}`, () => {
    const logits = Tensor.randomNormal([4, 3], { seed: 1, ...options });
    const labels = Int32Array.of(2, 0, 1, 1);
    const oneHot = Tensor.from(
      [
        [0, 0, 1],
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 0],
      ],
      options,
    );
    const smooth = new SoftmaxWithLoss({ labelSmoothing: 0.3 });

    test('is the loss of targets of which a share is spread over the classes, given as indices or rows', () => {
      const plain = new SoftmaxWithLoss();
      const loss = plain.forward(logits, oneHot.mul(0.7).add(0.1));
      const gradient = plain.backward().clone().data;
      for (const targets of [labels, oneHot]) {
        expect(smooth.forward(logits, targets)).toBeCloseTo(loss, 14);
        smooth.backward().data.forEach((value, i) => {
          expect(value).toBeCloseTo(gradient[i]!, 14);
        });
        expect(smooth.loss(logits, targets)).toBeCloseTo(loss, 14);
      }
    });

    test('backward equals the numerical gradient, with weights too', () => {
      const weights = Float64Array.of(1, 0, 2, 0.5);
      smooth.forward(logits, labels, weights);
      const numerical = numericalGradient(() => smooth.loss(logits, labels, weights), logits);
      smooth.backward().data.forEach((value, i) => {
        expect(value).toBeCloseTo(numerical.data[i]!, 8);
      });
    });

    test('refuses a label out of range', () => {
      expectRefusal(
        () => smooth.forward(logits, Int32Array.of(0, 1, 2, 3)),
        ArgumentError,
        'SoftmaxWithLoss.forward: labels[3] is 3; expected an integer in [0, 3)',
      );
    });
  });
}

describe('label smoothing', () => {
  test('is in the description of the loss', () => {
    expect(new SoftmaxWithLoss({ labelSmoothing: 0.1 }).describe()).toEqual({
      loss: 'crossEntropy',
      labelSmoothing: 0.1,
    });
  });

  test.each([1, -0.1, Number.NaN, '0.1'])('refuses %j', (labelSmoothing) => {
    expectRefusal(
      () => new SoftmaxWithLoss({ labelSmoothing } as never),
      ArgumentError,
      `SoftmaxWithLoss: labelSmoothing is ${typeof labelSmoothing === 'string' ? '"0.1"' : labelSmoothing}; expected a number in [0, 1)`,
    );
  });
});
