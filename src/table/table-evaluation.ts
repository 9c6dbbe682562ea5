/** How good a model is on the rows of a table, in the names and the unit of the target. */

import type { Dataset } from '../data/dataset.js';
import { rocAuc } from '../metrics/probabilities.js';
import { RegressionSums } from '../metrics/regression.js';
import type { Sequential } from '../models/sequential.js';
import type { Matrix } from '../tensor/tensor.js';
import { outputsOf } from './network-outputs.js';
import type { TargetEncoding } from './target-encoding.js';
import type { TableTask } from './training-options.js';

/** How well a model tells classes apart. */
export interface ClassEvaluation {
  /** Rows that were judged: those with a target. */
  readonly rows: number;
  /** The mean of −log p, p the probability that a row's class was given. */
  readonly loss: number;
  /** The share of rows whose class is right, in [0, 1]. */
  readonly accuracy: number;
  /** The accuracy of always answering the most frequent class of these rows. */
  readonly majority: number;
  /** The class that precision, recall and F1 are of, the second of two; absent with more classes. */
  readonly positiveClass?: string;
  /** Of two classes those of `positiveClass`, otherwise the mean over the classes that occur. */
  readonly precision: number;
  readonly recall: number;
  readonly f1Score: number;
  /** The area under the ROC curve; absent where a class has no row. */
  readonly rocAuc?: number;
  /** The names of the classes, in the order of the matrix. */
  readonly classes: readonly string[];
  /** Entry [i][j] counts the rows of class i that were given class j. */
  readonly confusionMatrix: readonly (readonly number[])[];
}

/** How far predicted numbers are from the targets, in their unit. */
export interface ValueEvaluation {
  /** Rows that were judged: those with a target. */
  readonly rows: number;
  /** The root mean square error. */
  readonly rmse: number;
  /** The mean absolute error. */
  readonly mae: number;
  /** The share of the variance that is explained; absent for a single row. */
  readonly r2Score?: number;
}

/** How good a model is, by its task. */
export type TableEvaluation<T extends TableTask = TableTask> = T extends 'classification'
  ? ClassEvaluation
  : ValueEvaluation;

/** Evaluates the network on encoded rows. */
export function evaluateRows(net: Sequential, target: TargetEncoding, dataset: Dataset): TableEvaluation {
  return 'classes' in target ? evaluateClasses(net, target.classes, dataset) : evaluateValues(net, target, dataset);
}

function evaluateClasses(net: Sequential, classes: readonly string[], dataset: Dataset): ClassEvaluation {
  const { loss, accuracy, precision, recall, f1Score, confusionMatrix } = net.evaluate(dataset, {
    metrics: ['precision', 'recall', 'f1Score', 'confusionMatrix'],
  });
  const counts = confusionMatrix!.map((row) => row.reduce((sum, count) => sum + count, 0));
  const { x, labels } = dataset.toTensors();
  return {
    rows: dataset.size,
    loss,
    accuracy: accuracy!,
    majority: Math.max(...counts) / dataset.size,
    ...(classes.length === 2 ? { positiveClass: classes[1]! } : {}),
    precision: precision!,
    recall: recall!,
    f1Score: f1Score!,
    ...(counts.every((count) => count > 0)
      ? {
          rocAuc: rocAuc(labels as Int32Array, {
            data: outputsOf(net, x.data as Float32Array),
            shape: [dataset.size, classes.length],
          }),
        }
      : {}),
    classes,
    confusionMatrix: confusionMatrix!,
  };
}

function evaluateValues(
  net: Sequential,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
  dataset: Dataset,
): ValueEvaluation {
  const { x, labels } = dataset.toTensors();
  const inUnit = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(values, (value) => value * deviation + mean);
  const sums = new RegressionSums(1);
  sums.add(inUnit((labels as Matrix).data), inUnit(outputsOf(net, x.data as Float32Array)));
  return {
    rows: dataset.size,
    rmse: sums.rmse,
    mae: sums.mae,
    ...(dataset.size < 2 ? {} : { r2Score: sums.r2Score }),
  };
}
