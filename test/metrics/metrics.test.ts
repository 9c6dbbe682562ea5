import { describe, expect, test } from 'vitest';
import { ArgumentError, DataError, ShapeError } from '../../src/errors.js';
import { accuracy, confusionMatrix } from '../../src/metrics/confusion-matrix.js';
import { f1Score, precision, recall } from '../../src/metrics/precision-recall.js';
import { logLoss, rocAuc } from '../../src/metrics/probabilities.js';
import { mae, r2Score, rmse } from '../../src/metrics/regression.js';
import { Tensor } from '../../src/tensor/tensor.js';
import { expectRefusal } from '../support/refusal.js';

describe('classes', () => {
  test('are read as labels are: indices, a column, one-hot rows, probabilities, tensors', () => {
    const expected = [0, 1, 1];
    for (const labels of [
      [0, 1, 1],
      [[0], [1], [1]],
      [
        [1, 0],
        [0, 1],
        [0, 1],
      ],
      Uint8Array.of(0, 1, 1),
    ]) {
      expect(
        accuracy(labels, [
          [0.9, 0.1],
          [0.4, 0.6],
          [0.5, 0.5],
        ]),
      ).toBeCloseTo(2 / 3, 15);
      expect(confusionMatrix(labels, Tensor.from(expected))).toEqual([
        [1, 0],
        [0, 2],
      ]);
    }
  });

  test('examples of the docs', () => {
    expect(confusionMatrix([0, 0, 1, 2], [0, 1, 1, 2])).toEqual([
      [1, 1, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(accuracy([0, 1, 2, 2], [0, 1, 1, 2])).toBe(0.75);
    expect(precision([0, 1, 1, 1], [1, 1, 1, 0])).toBe(0.6666666666666666);
    expect(recall([0, 1, 1, 1], [1, 1, 1, 0])).toBe(0.6666666666666666);
    expect(f1Score([0, 0, 1, 2], [0, 1, 1, 2], { average: 'macro' })).toBe(0.7777777777777777);
    expect(rmse([3, 5], [[2], [7]])).toBe(1.5811388300841898);
    expect(mae([3, 5], [[2], [7]])).toBe(1.5);
    expect(r2Score([1, 2, 3], [1.1, 1.9, 3.2])).toBeCloseTo(0.97, 15);
    expect(rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBe(0.75);
    expect(
      logLoss(
        [0, 1],
        [
          [0.8, 0.2],
          [0.4, 0.6],
        ],
      ),
    ).toBeCloseTo(0.3669845875401002, 15);
  });

  test('that are none are refused', () => {
    expectRefusal(
      () => accuracy([0, 1], [0.4, 0.7]),
      ArgumentError,
      'accuracy: predicted[0] is 0.4; expected an integer of at least 0. Probabilities become classes by net.classify(x), or of yes or no by p > 0.5 ? 1 : 0',
    );
    expectRefusal(
      () => f1Score([0.2, 0.7], [0, 1]),
      ArgumentError,
      'f1Score: labels[0] is 0.2; expected an integer of at least 0. Labels come before what was predicted; of a regression, rmse, mae and r2Score tell the errors',
    );
    expectRefusal(
      () => f1Score([[1, 1]], [[1, 0]]),
      ArgumentError,
      'f1Score: labels[0] has 2 ones (it sums to 2); expected a single 1, the class of the row. Of rows with any number of labels, net.evaluate(x, labels, { metrics: ["f1Score"] }) gives such figures',
    );
    expectRefusal(
      () => f1Score([0], [[1, 0.5]]),
      ArgumentError,
      'f1Score: predicted[0] sums to 1.5; expected 1, as probabilities of the classes do. Give the classes, net.classify(x), or rows of probabilities',
    );
    expectRefusal(
      () => accuracy([0, 1], [0]),
      ShapeError,
      'accuracy: predicted has 1 entry; expected 2, one for each row',
    );
    expectRefusal(() => accuracy([], []), DataError, 'accuracy: labels is empty; expected at least one row');
    expectRefusal(
      () => confusionMatrix([0, 3], [0, 1], { classes: 3 }),
      ArgumentError,
      'confusionMatrix: labels[1] is 3; expected an integer in [0, 3)',
    );
    expectRefusal(
      () => confusionMatrix([0, 20_250_310], [0, 1]),
      ArgumentError,
      'confusionMatrix: labels has class 20250310; expected classes in [0, 10000). Number the classes from 0',
    );
    expectRefusal(
      () => f1Score([0, 1], [0, 10_000], { average: 'macro' }),
      ArgumentError,
      'f1Score: predicted has class 10000; expected classes in [0, 10000). Number the classes from 0',
    );
  });

  test('more than two need an average', () => {
    expectRefusal(
      () => f1Score([0, 1, 2], [0, 1, 2]),
      ArgumentError,
      'f1Score: there are 3 classes; expected two for average "binary". Choose average: "macro", "weighted", "micro" or "perClass"',
    );
    expectRefusal(
      () => precision([0, 1], [0, 1], { average: 'makro' as never }),
      ArgumentError,
      'precision: average is "makro"; expected "binary", "macro", "micro", "weighted" or "perClass". Did you mean "macro"?',
    );
    expectRefusal(
      () => recall([0, 1], [0, 1], { clases: 2 } as never),
      ArgumentError,
      'recall: unknown option "clases"; did you mean "classes"?',
    );
  });
});

describe('values', () => {
  test('of other shapes, none, or not finite are refused', () => {
    expectRefusal(() => rmse([1, 2], [1]), ShapeError, 'rmse: predicted has shape [1]; expected [2], as targets');
    expectRefusal(() => mae([], []), DataError, 'mae: targets is empty; expected at least one row');
    expectRefusal(() => mae(1, 1), ShapeError, 'mae: targets has shape []; expected [N] or [N, outputs]');
    expectRefusal(
      () => rmse([[1], [2]], [[1], [Number.NaN]]),
      ArgumentError,
      'rmse: predicted[1][0] is NaN; expected a finite number',
    );
    expectRefusal(
      () => r2Score([1], [1]),
      DataError,
      'r2Score: targets has 1 row; expected at least 2: one has no variance',
    );
  });
});

describe('probabilities', () => {
  test('of one class only have no area', () => {
    expectRefusal(
      () => rocAuc([1, 1], [0.2, 0.3]),
      DataError,
      'rocAuc: every row has class 1; expected rows of the class and rows of others, whose scores are compared',
    );
    expectRefusal(
      () =>
        rocAuc(
          [0, 1, 1],
          [
            [0.2, 0.3, 0.5],
            [0.2, 0.3, 0.5],
            [0.2, 0.3, 0.5],
          ],
        ),
      DataError,
      'rocAuc: no row has class 2; expected rows of the class and rows of others, whose scores are compared',
    );
  });

  test('that are none are refused', () => {
    expectRefusal(
      () => logLoss([0, 1], [0.5, 1.5]),
      ArgumentError,
      'logLoss: probabilities[1] is 1.5; expected a number in [0, 1]. Of scores, take the softmax or the sigmoid',
    );
    expectRefusal(
      () => rocAuc([0, 1], [0.5]),
      ShapeError,
      'rocAuc: scores has shape [1]; expected 2 rows, one for each label',
    );
    expectRefusal(
      () => rocAuc([0, 2], [0.5, 0.1]),
      ArgumentError,
      'rocAuc: labels[1] is 2; expected an integer in [0, 2)',
    );
    expectRefusal(
      () => rocAuc([0.5, 0.1], [0, 1]),
      ArgumentError,
      'rocAuc: labels[0] is 0.5; expected an integer in [0, 2). Labels come before what was predicted',
    );
    expectRefusal(
      () => logLoss([[1, 0]] as never, [[0.9, 0.1]]),
      ShapeError,
      'logLoss: labels has shape [1, 2]; expected [N] or [N, 1] (one class index for each row). Of one-hot rows take the place of each 1; rows with any number of labels are measured by net.evaluate(x, labels, { metrics: ["rocAuc"] })',
    );
  });

  test('of 0 count as the smallest step at 1 of their type', () => {
    expect(logLoss([1], [0])).toBeCloseTo(52 * Math.LN2, 10);
    expect(logLoss([1], { data: Float32Array.of(0), shape: [1] })).toBeCloseTo(23 * Math.LN2, 10);
  });
});
