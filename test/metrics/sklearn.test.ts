/** The metrics against scikit-learn's; scripts/sklearn-metrics-fixtures.py wrote the values. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { accuracy, confusionMatrix } from '../../src/metrics/confusion-matrix.js';
import { type Average, f1Score, precision, recall } from '../../src/metrics/precision-recall.js';
import { logLoss, rocAuc } from '../../src/metrics/probabilities.js';
import { mae, r2Score, rmse } from '../../src/metrics/regression.js';

interface Averages extends Readonly<Partial<Record<Average, number>>> {
  readonly perClass: readonly number[];
}

interface Golden {
  readonly classification: readonly {
    readonly name: string;
    readonly labels: readonly number[];
    readonly predicted: readonly number[];
    readonly classes: number | null;
    readonly confusionMatrix: readonly (readonly number[])[];
    readonly accuracy: number;
    readonly precision: Averages;
    readonly recall: Averages;
    readonly f1Score: Averages;
  }[];
  readonly regression: readonly {
    readonly name: string;
    readonly targets: number[] | number[][];
    readonly predicted: number[] | number[][];
    readonly rmse: number;
    readonly mae: number;
    readonly r2Score: number;
  }[];
  readonly probabilities: readonly {
    readonly name: string;
    readonly labels: readonly number[];
    readonly probabilities: number[] | number[][];
    readonly rocAuc: number;
    readonly logLoss: number;
  }[];
}

const golden = JSON.parse(readFileSync(new URL('../golden/sklearn-metrics.json', import.meta.url), 'utf8')) as Golden;

/** Sums of at most 60 terms near 1, each rounded once. */
const close = (found: number, expected: number): void =>
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(expected)));

describe('as scikit-learn', () => {
  test.each(golden.classification)('counts $name', ({ labels, predicted, classes, ...expected }) => {
    const options = classes === null ? {} : { classes };
    expect(confusionMatrix(labels, predicted, options)).toEqual(expected.confusionMatrix);
    close(accuracy(labels, predicted), expected.accuracy);
    for (const [name, metric] of Object.entries({ precision, recall, f1Score })) {
      const { perClass, ...averages } = expected[name as 'precision'];
      const found = metric(labels, predicted, { ...options, average: 'perClass' });
      expect(found).toHaveLength(perClass.length);
      perClass.forEach((value, k) => {
        close(found[k]!, value);
      });
      for (const [average, value] of Object.entries(averages)) {
        close(metric(labels, predicted, { ...options, average: average as Average }), value);
      }
    }
  });

  test.each(golden.regression)('measures $name', ({ targets, predicted, ...expected }) => {
    close(rmse(targets, predicted), expected.rmse);
    close(mae(targets, predicted), expected.mae);
    // Around 1e6 the mean is rounded to 1e-10, and so are the distances from it.
    const far = Math.abs([targets].flat(2)[0]!) > 1000;
    if (far) expect(r2Score(targets, predicted)).toBeCloseTo(expected.r2Score, 9);
    else close(r2Score(targets, predicted), expected.r2Score);
  });

  test.each(golden.probabilities)('judges probabilities $name', ({ labels, probabilities, ...expected }) => {
    close(rocAuc(labels, probabilities), expected.rocAuc);
    close(logLoss(labels, probabilities), expected.logLoss);
  });
});
