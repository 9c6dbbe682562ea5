import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/errors.js';
import { numericalGradient } from '../../src/functions/numerical.js';
import { HuberWithLoss } from '../../src/layers/huber-with-loss.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

for (const backend of runnableBackends()) {
  const options = { dtype: 'float64', backend } as const;

  describe(`HuberWithLoss on ${backend.name}`, () => {
    test('is a square up to delta and linear beyond, the mean over the rows, and backward is d / N cut to ±delta / N', () => {
      const layer = new HuberWithLoss({ delta: 2 });
      const y = Tensor.from(
        [
          [1, 5],
          [0, -3],
        ],
        options,
      );
      const t = [
        [0, 0],
        [2, 0],
      ];
      // ½ · 1² + 2 · (5 − 1) and ½ · 2² + 2 · (3 − 1)
      expect(layer.forward(y, t)).toBe((0.5 + 8 + 2 + 4) / 2);
      expect(layer.backward().toArray()).toEqual([
        [0.5, 1],
        [-1, -1],
      ]);
      expect(layer.loss(y, t)).toBe(7.25);
      expect(layer.predict(y)).toBe(y);
    });

    test('weighs rows, and backward equals the numerical gradient', () => {
      const layer = new HuberWithLoss({ delta: 0.5 });
      const y = Tensor.randomNormal([6, 3], { seed: 1, ...options });
      const t = Tensor.randomNormal([6, 3], { seed: 2, ...options });
      const weights = Float64Array.of(0, 1, 2, 0.5, 1, 3);
      const loss = layer.forward(y, t, weights);
      expect(layer.loss(y, t, weights)).toBe(loss);
      const numerical = numericalGradient(() => layer.loss(y, t, weights), y);
      layer.backward().data.forEach((value, i) => {
        expect(value).toBeCloseTo(numerical.data[i]!, 8);
      });
    });

    test('lets NaN through, and an infinite difference pulls with delta', () => {
      const layer = new HuberWithLoss();
      expect(layer.forward(Tensor.from([[Number.NaN]], options), [[0]])).toBeNaN();
      expect(layer.backward().data[0]).toBeNaN();
      expect(layer.forward(Tensor.from([[1e300]], options), [[-1e300]])).toBe(2e300);
      expect(layer.backward().toArray()).toEqual([[1]]);
    });
  });
}

describe('HuberWithLoss', () => {
  test.each([
    [{ delta: 0 }, 'delta is 0; expected a finite number greater than 0'],
    [{ delta: Number.NaN }, 'delta is NaN; expected a finite number greater than 0'],
    [{ beta: 1 }, 'unknown option "beta"; did you mean "delta"?'],
  ])('refuses %j', (given, message) => {
    expectRefusal(() => new HuberWithLoss(given as never), ArgumentError, `HuberWithLoss: ${message}`);
  });

  test('describes itself, and refuses targets of another shape', () => {
    expect(new HuberWithLoss().describe()).toEqual({ loss: 'huber' });
    expect(new HuberWithLoss({ delta: 3 }).describe()).toEqual({ loss: 'huber', delta: 3 });
    expectRefusal(
      () => new HuberWithLoss().forward(Tensor.zeros([2, 3]), [[1, 2]]),
      ShapeError,
      'HuberWithLoss.forward: targets has shape [1, 2]; expected [2, 3] (the shape of the outputs)',
    );
  });
});
