import { describe, expect, test } from 'vitest';
import { ArgumentError, ShapeError } from '../../src/errors.js';
import { numericalGradient } from '../../src/functions/numerical.js';
import { SigmoidWithLoss } from '../../src/layers/sigmoid-with-loss.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

for (const backend of runnableBackends()) {
  const options = { dtype: 'float64', backend } as const;

  describe(`SigmoidWithLoss on ${backend.name}`, () => {
    test('is the mean binary cross-entropy over the rows, and backward is (y − t) / N', () => {
      const layer = new SigmoidWithLoss();
      // A score of 0: y = ½, so each row loses ln 2.
      expect(layer.forward(Tensor.zeros([4, 1], options), [0, 1, 1, 0])).toBeCloseTo(Math.LN2, 15);
      expect(layer.backward().toArray()).toEqual([[0.125], [-0.125], [-0.125], [0.125]]);
      // y = ¾ of a score ln 3: −ln ¾ where the label is 1, −ln ¼ where it is 0.
      const scores = Tensor.full([1, 1], Math.log(3), options);
      expect(layer.loss(scores, [1])).toBeCloseTo(-Math.log(0.75), 14);
      expect(layer.loss(scores, [0])).toBeCloseTo(-Math.log(0.25), 14);
      expect(layer.predict(scores).item(0, 0)).toBeCloseTo(0.75, 14);
    });

    test('is a softmax over the scores 0 and z: the same loss, also of soft rows over both classes', () => {
      const layer = new SigmoidWithLoss();
      const scores = Tensor.from([[2], [-1]], options);
      const rows = Tensor.from(
        [
          [0.25, 0.75],
          [0.5, 0.5],
        ],
        options,
      );
      const rowLoss = (z: number, t1: number): number => Math.log(1 + Math.exp(z)) - t1 * z;
      expect(layer.forward(scores, rows)).toBeCloseTo((rowLoss(2, 0.75) + rowLoss(-1, 0.5)) / 2, 14);
      const numerical = numericalGradient(() => layer.loss(scores, rows), scores);
      layer.backward().data.forEach((value, i) => {
        expect(value).toBeCloseTo(numerical.data[i]!, 8);
      });
    });

    test.each(['binary', 'multiLabel'] as const)(
      '%s: backward equals the numerical gradient, with weights too',
      (kind) => {
        const layer = new SigmoidWithLoss({ kind });
        const scores = Tensor.randomNormal([5, kind === 'binary' ? 1 : 3], { seed: 2, ...options });
        const targets =
          kind === 'binary' ? [0, 1, 1, 0, 1] : Tensor.from(scores.data.map((z) => Number(z > 0.3))).reshape([5, 3]);
        const weights = Float64Array.of(1, 0.5, 0, 3, 2);
        const loss = layer.forward(scores, targets as never, weights);
        expect(layer.loss(scores, targets as never, weights)).toBe(loss);
        const numerical = numericalGradient(() => layer.loss(scores, targets as never, weights), scores);
        layer.backward().data.forEach((value, i) => {
          expect(value).toBeCloseTo(numerical.data[i]!, 8);
        });
        const rows = [...weights.keys()].map((row) =>
          layer.loss(scores.rows(row, row + 1), Array.isArray(targets) ? [targets[row]!] : targets.rows(row, row + 1)),
        );
        expect(loss).toBeCloseTo(rows.reduce((sum, row, i) => sum + row * weights[i]!, 0) / 5, 14);
      },
    );

    test('has no overflow and no log of 0 at scores of ±1000', () => {
      const layer = new SigmoidWithLoss();
      const scores = Tensor.from([[1000], [-1000]], options);
      expect(layer.forward(scores, [0, 1])).toBe(1000);
      expect(layer.backward().toArray()).toEqual([[0.5], [-0.5]]);
      expect(layer.forward(scores, [1, 0])).toBe(0);
      expect(layer.backward().data.every((value) => Math.abs(value) === 0)).toBe(true);
    });
  });
}

describe('SigmoidWithLoss', () => {
  test('lets NaN through and gives no rows the loss 0', () => {
    const layer = new SigmoidWithLoss();
    expect(layer.forward(Tensor.from([[Number.NaN]]), [1])).toBeNaN();
    expect(layer.backward().data[0]).toBeNaN();
    expect(layer.forward(Tensor.zeros([0, 1]), [])).toBe(0);
  });

  const binary = new SigmoidWithLoss();
  const multiLabel = new SigmoidWithLoss({ kind: 'multiLabel' });
  test.each([
    [
      'a score for each class',
      () => binary.loss(Tensor.zeros([2, 2]), [0, 1]),
      ShapeError,
      "loss: scores has shape [2, 2]; expected [N, 1] (one output says yes or no). For several labels per row use the kind 'multiLabel', for one class of several SoftmaxWithLoss",
    ],
    [
      'a third class',
      () => binary.forward(Tensor.zeros([2, 1]), Int32Array.of(0, 2)),
      ArgumentError,
      'forward: labels[1] is 2; expected an integer in [0, 2)',
    ],
    [
      'class indices as several labels',
      () => multiLabel.loss(Tensor.zeros([2, 3]), [0, 1]),
      ShapeError,
      'loss: labels has shape [2]; expected [2, 3], a row of 0 and 1 for each sample. One class for each row is a classification: give it as labels',
    ],
    [
      'codes of −1 and +1',
      () =>
        multiLabel.loss(Tensor.zeros([2, 2]), [
          [0, 1],
          [1, -1],
        ]),
      ArgumentError,
      'loss: labels[1][1] is -1; expected 0 or 1 (the label applies or not)',
    ],
  ] as const)('FOUND A3: refuses %s', (_, call, type, message) => {
    expectRefusal(call, type, `SigmoidWithLoss.${message}`);
  });

  test('refuses another kind', () => {
    expectRefusal(
      () => new SigmoidWithLoss({ kind: 'classification' as never }),
      ArgumentError,
      'SigmoidWithLoss: kind is "classification"; expected "binary" or "multiLabel"',
    );
  });
});
