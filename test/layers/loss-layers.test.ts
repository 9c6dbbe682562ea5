import { describe, expect, test } from 'vitest';
import { ArgumentError, DtypeError, ShapeError, StateError } from '../../src/errors.js';
import { numericalGradient } from '../../src/functions/numerical.js';
import { IdentityWithLoss } from '../../src/layers/identity-with-loss.js';
import type { LossLayer, Targets } from '../../src/layers/layer.js';
import { SigmoidWithLoss } from '../../src/layers/sigmoid-with-loss.js';
import { SoftmaxWithLoss } from '../../src/layers/softmax-with-loss.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';
import { runnableBackends } from '../support/runnable.js';

for (const backend of runnableBackends()) {
  const options = { dtype: 'float64', backend } as const;

  describe(`SoftmaxWithLoss on ${backend.name}`, () => {
    test('is the mean cross-entropy over the rows, and backward is (y − t) / N (L6, D6, E7)', () => {
      const layer = new SoftmaxWithLoss();
      // Equal scores: y = ½, so each row loses ln 2.
      const loss = layer.forward(Tensor.zeros([4, 2], options), [0, 1, 1, 0]);
      expect(loss).toBeCloseTo(Math.LN2, 15);
      expect(layer.backward().toArray()).toEqual([
        [-0.125, 0.125],
        [0.125, -0.125],
        [0.125, -0.125],
        [-0.125, 0.125],
      ]);
    });

    test('takes indices, one-hot rows and a tensor of them alike (D7, L6)', () => {
      const logits = Tensor.randomNormal([3, 4], { seed: 1, ...options });
      const oneHot = [
        [0, 0, 1, 0],
        [1, 0, 0, 0],
        [0, 0, 0, 1],
      ];
      const losses = [[2, 0, 3], Int32Array.of(2, 0, 3), oneHot, Tensor.from(oneHot, options)].map((labels) => {
        const layer = new SoftmaxWithLoss();
        return [layer.forward(logits, labels), ...layer.backward().data];
      });
      // Rows are added up over the classes, so they differ from indices by rounding.
      for (const other of losses) {
        other.forEach((value, i) => {
          expect(value).toBeCloseTo(losses[0]![i]!, 15);
        });
      }
    });

    test('backward equals the numerical gradient also for rows that do not sum to 1 (E17, T14)', () => {
      const layer = new SoftmaxWithLoss({ unnormalized: true });
      const logits = Tensor.randomNormal([5, 3], { seed: 2, ...options });
      const soft = Tensor.randomUniform([5, 3], { seed: 3, ...options });
      layer.forward(logits, soft);
      const numerical = numericalGradient(() => layer.loss(logits, soft), logits);
      layer.backward().data.forEach((value, i) => {
        expect(value).toBeCloseTo(numerical.data[i]!, 8);
      });
    });

    test('has no overflow and no log of 0 at scores of ±1000', () => {
      const layer = new SoftmaxWithLoss();
      expect(layer.forward(Tensor.from([[1000, -1000]], options), [1])).toBe(2000);
      expect(layer.backward().toArray()).toEqual([[1, -1]]);
    });

    test('loss gives what forward gives, and predict the probabilities', () => {
      const layer = new SoftmaxWithLoss();
      const logits = Tensor.from([[0.3, 2.9, 4.0]], options);
      expect(layer.loss(logits, [2])).toBe(layer.forward(logits, [2]));
      [0.01821127, 0.24519181, 0.73659691].forEach((expected, j) => {
        expect(layer.predict(logits).data[j]).toBeCloseTo(expected, 8);
      });
    });

    test('FOUND A2: refuses a single class, whose softmax is always 1', () => {
      const layer = new SoftmaxWithLoss();
      const logits = Tensor.zeros([4, 1], options);
      for (const [method, call] of [
        ['forward', () => layer.forward(logits, [0, 0, 0, 0])],
        ['loss', () => layer.loss(logits, [0, 0, 0, 0])],
        ['predict', () => layer.predict(logits)],
      ] as const) {
        expectRefusal(
          call,
          ShapeError,
          `SoftmaxWithLoss.${method}: logits has shape [4, 1]; expected at least 2 columns: softmax of a single score is always 1. ` +
            "Use two outputs, or one sigmoid output: task: 'binary' of a MultiLayerNet, SigmoidWithLoss as the loss of a Sequential",
        );
      }
    });

    test('weighs rows: the loss is Σ wᵢ · lossᵢ / N, and so is its gradient', () => {
      const layer = new SoftmaxWithLoss();
      const logits = Tensor.randomNormal([3, 4], { seed: 1, ...options });
      const labels = [2, 0, 3];
      const rows = labels.map((label, row) => layer.loss(logits.rows(row, row + 1), [label]));
      const weights = Float64Array.of(2, 0, 0.5);
      const expected = (2 * rows[0]! + 0.5 * rows[2]!) / 3;
      expect(layer.forward(logits, labels, weights)).toBeCloseTo(expected, 14);
      expect(layer.loss(logits, labels, Tensor.from(weights, options))).toBeCloseTo(expected, 14);
      const numerical = numericalGradient(() => layer.loss(logits, labels, weights), logits);
      layer.backward().data.forEach((value, i) => {
        expect(value).toBeCloseTo(numerical.data[i]!, 8);
      });
    });

    test('refuses a label out of range', () => {
      expect(() => new SoftmaxWithLoss().forward(Tensor.zeros([2, 3], options), Int32Array.of(0, 3))).toThrow(
        expect.objectContaining({
          name: 'ArgumentError',
          message: 'SoftmaxWithLoss.forward: labels[1] is 3; expected an integer in [0, 3)',
        }),
      );
    });
  });

  describe(`IdentityWithLoss on ${backend.name}`, () => {
    test('is half the squared error over N rows, and backward is (y − t) / N', () => {
      const layer = new IdentityWithLoss();
      const y = Tensor.from(
        [
          [1, 2],
          [3, 5],
        ],
        options,
      );
      expect(
        layer.forward(y, [
          [0, 2],
          [3, 1],
        ]),
      ).toBe((1 + 16) / 2 / 2);
      expect(layer.backward().toArray()).toEqual([
        [0.5, 0],
        [0, 2],
      ]);
      expect(
        layer.loss(y, [
          [0, 2],
          [3, 1],
        ]),
      ).toBe(4.25);
      expect(layer.predict(y)).toBe(y);
    });

    test('weighs rows: the loss is Σ wᵢ · lossᵢ / N, and so is its gradient', () => {
      const layer = new IdentityWithLoss();
      const y = Tensor.from([[1], [2], [4]], options);
      expect(layer.forward(y, [[0], [0], [0]], Float64Array.of(2, 0, 0.5))).toBeCloseTo((2 * 1 + 0.5 * 16) / 2 / 3, 14);
      expect(layer.backward().toArray()).toEqual([[2 / 3], [0], [2 / 3]]);
      expect(layer.loss(y, [[0], [0], [0]], Float64Array.of(2, 0, 0.5))).toBeCloseTo((2 * 1 + 0.5 * 16) / 2 / 3, 14);
    });

    test('refuses targets of another shape', () => {
      expect(() => new IdentityWithLoss().forward(Tensor.zeros([2, 3], options), [[1, 2]])).toThrow(
        expect.objectContaining({
          name: 'ShapeError',
          message: 'IdentityWithLoss.forward: targets has shape [1, 2]; expected [2, 3] (the shape of the outputs)',
        }),
      );
    });
  });
}

const LOSSES: [string, () => LossLayer, Targets, string][] = [
  ['SoftmaxWithLoss', () => new SoftmaxWithLoss(), [0, 1], 'labels has 2 entries; expected 1, one for each row'],
  [
    'SigmoidWithLoss',
    () => new SigmoidWithLoss({ kind: 'multiLabel' }),
    [
      [0, 1],
      [1, 1],
    ],
    'labels has 2 entries; expected 1, one for each row',
  ],
  [
    'IdentityWithLoss',
    () => new IdentityWithLoss(),
    [
      [0, 1],
      [1, 1],
    ],
    'targets has shape [2, 2]; expected [1, 2] (the shape of the outputs)',
  ],
];

describe('loss layers', () => {
  test.each(LOSSES)('%s refuses backward before forward', (name, create) => {
    expectRefusal(() => create().backward(), StateError, `${name}.backward: called before forward`);
  });

  test.each(LOSSES)('FOUND B3: %s keeps nothing of a refused forward', (name, create, targets, message) => {
    const layer = create();
    layer.forward(Tensor.arange(4).reshape([2, 2]), targets);
    const before = layer.backward().clone().data;
    expectRefusal(() => layer.forward(Tensor.zeros([1, 2]), targets), ShapeError, `${name}.forward: ${message}`);
    expect(layer.backward().data).toEqual(before);
    const weights = Float32Array.of(1);
    expectRefusal(
      () => layer.forward(Tensor.zeros([2, 2]), targets, weights),
      ShapeError,
      `${name}.forward: weights has 1 entry; expected 2, one for each row`,
    );
    expectRefusal(
      () => layer.forward(Tensor.zeros([2, 2]), targets, Float64Array.of(1, 2)),
      DtypeError,
      `${name}.forward: weights is float64; expected float32, the dtype of the scores`,
    );
    expect(layer.backward().data).toEqual(before);
  });
});

describe('lists where the scores belong', () => {
  test.each([
    ['SoftmaxWithLoss', new SoftmaxWithLoss(), 'logits'],
    ['SigmoidWithLoss', new SigmoidWithLoss(), 'scores'],
    ['SigmoidWithLoss', new SigmoidWithLoss({ kind: 'multiLabel' }), 'scores'],
    ['IdentityWithLoss', new IdentityWithLoss(), 'y'],
  ] as [string, LossLayer, string][])('are refused with the remedy by %s', (name, layer, argument) => {
    for (const method of ['forward', 'loss', 'predict'] as const) {
      expectRefusal(
        () => layer[method]([[1, 2]] as never, [0]),
        ArgumentError,
        `${name}.${method}: ${argument} is an array; expected a Tensor: Tensor.from(${argument})`,
      );
    }
  });
});
