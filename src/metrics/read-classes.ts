/** Labels and answers as classes, by the one rule of `readLabels`; a row over the classes counts as its largest entry. */

import { DataError } from '../errors.js';
import { isInt32 } from '../identity.js';
import { type LabelAdvice, type LabelRules, type Matrix, readLabels } from '../tensor/labels.js';
import type { Values } from '../tensor/values.js';

/** One class per row: indices, N or (N, 1), or rows over the classes, (N, classes), one-hot or probabilities. */
export type Classes = ArrayLike<number> | readonly (ArrayLike<number> | readonly number[])[] | Values;

/** What is true, and what was predicted, for the same rows. */
export interface ClassPair {
  readonly expected: Int32Array;
  readonly predicted: Int32Array;
}

/**
 * @throws {ShapeError} unless there are as many predictions as labels, {DataError} if there are none
 * @throws {ArgumentError} for what is not a class
 */
export function readPair(operation: string, labels: unknown, predicted: unknown, classes?: number): ClassPair {
  const expected = readClasses(operation, 'labels', labels, { classes, advice: OF_LABELS });
  const rules = { classes, count: expected.length, advice: OF_PREDICTED };
  return { expected, predicted: readClasses(operation, 'predicted', predicted, rules) };
}

/** About labels that are not one class for each row. */
const OF_LABELS: LabelAdvice = {
  fraction: 'Labels come before what was predicted; of a regression, rmse, mae and r2Score tell the errors',
  rows: 'Of rows with any number of labels, net.evaluate(x, labels, { metrics: ["f1Score"] }) gives such figures',
};

/** About answers that are not classes: those of `predict` are probabilities. */
const OF_PREDICTED: LabelAdvice = {
  fraction: 'Probabilities become classes by net.classify(x), or of yes or no by p > 0.5 ? 1 : 0',
  rows: 'Give the classes, net.classify(x), or rows of probabilities',
};

function readClasses(operation: string, argument: string, given: unknown, rules: LabelRules): Int32Array {
  const read = readLabels(operation, argument, given, rules);
  const classes = isInt32(read) ? read : largestEntries(read as Matrix);
  if (classes.length > 0) return classes;
  throw new DataError({ operation, found: `${argument} is empty`, expected: 'at least one row' });
}

/** The first largest entry of each row. */
function largestEntries({ data, shape }: Matrix): Int32Array {
  const [rows, width] = shape as [number, number];
  return Int32Array.from({ length: rows }, (_, row) => {
    let best = row * width;
    for (let i = best + 1; i < (row + 1) * width; i++) if (data[i]! > data[best]!) best = i;
    return best - row * width;
  });
}
