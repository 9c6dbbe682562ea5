import { describe, expect, test } from 'vitest';
import { Dataset } from '../../src/data/dataset.js';
import { ArgumentError } from '../../src/errors.js';
import { confusionMatrix } from '../../src/metrics/confusion-matrix.js';
import { f1Score, precision, recall } from '../../src/metrics/precision-recall.js';
import { rocAuc } from '../../src/metrics/probabilities.js';
import { mae, r2Score, rmse } from '../../src/metrics/regression.js';
import { MultiLayerNet, type Task } from '../../src/models/multi-layer-net.js';
import type { EvaluateOptions, MetricName } from '../../src/models/network.js';
import { Random } from '../../src/random.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { expectRefusal } from '../support/refusal.js';

const ALL = ['precision', 'recall', 'f1Score', 'rocAuc', 'confusionMatrix'] as const satisfies readonly MetricName[];
const random = new Random(4, 'data');
const ROWS = 600; // three chunks of an evaluation
const x = Array.from({ length: ROWS }, () => [random.normal(), random.normal(), random.normal()]);
const net = (task: Task, outputSize: number): MultiLayerNet =>
  new MultiLayerNet({ inputSize: 3, hiddenSizes: [4], outputSize, task, seed: 2, dtype: 'float64' });

describe('evaluate', () => {
  test.each([
    [2, 'binary'],
    [4, 'macro'],
  ] as const)('gives the metrics of %i classes that it is asked for', (classes, average) => {
    const labels = x.map(() => random.integer(classes));
    const network = net('classification', classes);
    const predicted = network.classify(x);
    const found = network.evaluate(Dataset.from({ x, labels, dtype: 'float64' }), { metrics: ALL });
    expect(network.evaluate(x, labels, { metrics: ALL }).confusionMatrix).toEqual(found.confusionMatrix);
    expect(found).toEqual({
      ...network.evaluate(Dataset.from({ x, labels, dtype: 'float64' })),
      precision: precision(labels, predicted, { average }),
      recall: recall(labels, predicted, { average }),
      f1Score: f1Score(labels, predicted, { average }),
      rocAuc: rocAuc(labels, network.predict(x)),
      confusionMatrix: confusionMatrix(labels, predicted, { classes }),
    });
    expect(Object.keys(network.evaluate(x, labels))).toEqual(['loss', 'accuracy']);
  });

  test('of one sigmoid output gives those of class 1', () => {
    const labels = x.map(() => random.integer(2));
    const network = net('binary', 1);
    const predicted = network.classify(x);
    const { f1Score: f1, rocAuc: auc } = network.evaluate(x, labels, { metrics: ['f1Score', 'rocAuc'] });
    expect([f1, auc]).toEqual([f1Score(labels, predicted), rocAuc(labels, network.predict(x))]);
  });

  test('of a multi-label network gives the mean over the labels', () => {
    const multiLabels = x.map(() => [random.integer(2), random.integer(2)]);
    const network = net('multiLabel', 2);
    const y = network.predict(x).toArray();
    const column = (k: number): number[] => multiLabels.map((row) => row[k]!);
    const answers = (k: number): number[] => y.map((row) => Number(row[k]! > 0.5));
    const mean = (of: (k: number) => number): number => (of(0) + of(1)) / 2;
    const dataset = Dataset.from({ x, multiLabels, dtype: 'float64' });
    const found = network.evaluate(dataset, { metrics: ['precision', 'recall', 'f1Score', 'rocAuc'] });
    expect(found).toEqual({
      ...network.evaluate(dataset),
      precision: mean((k) => precision(column(k), answers(k))),
      recall: mean((k) => recall(column(k), answers(k))),
      f1Score: mean((k) => f1Score(column(k), answers(k))),
      rocAuc: mean((k) =>
        rocAuc(
          column(k),
          y.map((row) => row[k]!),
        ),
      ),
    });
  });

  test('FOUND F: a regression gives its errors by their names', () => {
    const targets = x.map(([a, b]) => [a! + 2 * b!, 3]);
    const network = net('regression', 2);
    const y = network.predict(x);
    const expected = { rmse: rmse(targets, y), mae: mae(targets, y), r2Score: r2Score(targets, y) };
    expect(network.evaluate(x, targets)).toEqual({ loss: network.loss(x, targets), ...expected });
    expect(network.evaluate(Dataset.from({ x, targets, dtype: 'float64' }))).toMatchObject(expected);
    expect(Object.keys(network.evaluate(x.slice(0, 1), targets.slice(0, 1)))).toEqual(['loss', 'rmse', 'mae']);
  });

  test('refuses metrics that the network does not have', () => {
    const refuse = (network: MultiLayerNet, options: unknown, message: string): void =>
      expectRefusal(() => network.evaluate(x, [], options as EvaluateOptions), ArgumentError, message);
    refuse(
      net('classification', 3),
      { metrics: ['f1'] },
      'MultiLayerNet.evaluate: metrics[0] is "f1"; expected "precision", "recall", "f1Score", "rocAuc" or "confusionMatrix"',
    );
    refuse(
      net('classification', 3),
      { metric: [] },
      'MultiLayerNet.evaluate: unknown option "metric"; did you mean "metrics"?',
    );
    refuse(
      net('regression', 1),
      { metrics: ['f1Score'] },
      'MultiLayerNet.evaluate: metrics has "f1Score"; expected none for a regression, which always gives rmse, mae and r2Score',
    );
    refuse(
      net('multiLabel', 2),
      { metrics: ['confusionMatrix'] },
      'MultiLayerNet.evaluate: metrics has "confusionMatrix"; expected it for one class per row only, not for multi-label',
    );
  });

  test('a trainer measures no more than it records', () => {
    const targets = x.map(([a]) => [a!]);
    const network = net('regression', 1);
    const train = Dataset.from({ x, targets, dtype: 'float64' });
    const { epochs } = new Trainer(network, { train, test: train, epochs: 1, seed: 1 }).fitSync();
    expect(Object.keys(epochs[0]!)).toEqual(['epoch', 'step', 'trainLoss', 'testLoss', 'learningRate', 'seconds']);
  });
});
