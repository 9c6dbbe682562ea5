/** Quality of probabilities and scores, before they become classes. */

import { ArgumentError, DataError, ShapeError } from '../errors.js';
import { isFloat32 } from '../identity.js';
import { readIndices } from '../tensor/labels.js';
import { formatShape, placeOf } from '../tensor/shape.js';
import type { Values } from '../tensor/values.js';
import { readRows } from './regression.js';

/** One class per row, as indices: N or (N, 1). */
export type ClassIndices = ArrayLike<number> | Values;

/**
 * The area under the ROC curve: the probability that a row of class 1 has a larger score than one of class 0, ties counting half.
 *
 * Of more than two classes, scores (N, classes), it is the mean over the classes of each against the rest.
 *
 * @param labels N class indices
 * @param scores of class 1, N or (N, 1), or of every class, (N, classes): `net.predict` or `net.logits`
 * @throws {DataError} if a class has no row, or every row: no pair can be compared
 * @throws {ShapeError} unless there are scores for every row, {ArgumentError} for a score that is not finite
 * @example rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])   // 0.75
 */
export function rocAuc(labels: ClassIndices, scores: Values): number {
  const operation = 'rocAuc';
  const { expected, data, rows, width } = readScored(operation, 'scores', labels, scores);
  const areaOf = (label: number, column: number): number => {
    const own = Float64Array.from({ length: rows }, (_, row) => data[row * width + column]!);
    return area(operation, label, expected, own);
  };
  if (width <= 2) return areaOf(1, width - 1);
  let sum = 0;
  for (let label = 0; label < width; label++) sum += areaOf(label, label);
  return sum / width;
}

/** Mann and Whitney's statistic: the ranks of the class's rows, equal scores sharing the mean of theirs. */
function area(operation: string, label: number, expected: Int32Array, scores: Float64Array): number {
  const n = scores.length;
  const order = Int32Array.from({ length: n }, (_, row) => row).sort((a, b) => scores[a]! - scores[b]!);
  let [ranks, own] = [0, 0];
  for (let start = 0; start < n; ) {
    let end = start;
    let tied = 0;
    for (; end < n && scores[order[end]!] === scores[order[start]!]; end++) if (expected[order[end]!] === label) tied++;
    ranks += (tied * (start + 1 + end)) / 2;
    own += tied;
    start = end;
  }
  if (own === 0 || own === n) {
    throw new DataError({
      operation,
      found: `${own === 0 ? 'no' : 'every'} row has class ${label}`,
      expected: 'rows of the class and rows of others, whose scores are compared',
    });
  }
  return (ranks - (own * (own + 1)) / 2) / (own * (n - own));
}

/**
 * The mean of −log p, p the probability that a row's class was given: the cross-entropy.
 *
 * A probability of 0 counts as the smallest step at 1 of its type (2⁻⁵², or 2⁻²³ of a Float32Array), as in scikit-learn.
 *
 * @param labels N class indices
 * @param probabilities of class 1, N or (N, 1), or of every class, (N, classes): what `net.predict` gives
 * @throws {ArgumentError} for what is not a class or not a probability
 * @throws {ShapeError} unless there are probabilities for every row, {DataError} if there are none
 * @example logLoss([0, 1], [[0.8, 0.2], [0.4, 0.6]])   // 0.3669845875401002
 */
export function logLoss(labels: ClassIndices, probabilities: Values): number {
  const operation = 'logLoss';
  const { expected, data, shape, rows, width } = readScored(operation, 'probabilities', labels, probabilities);
  const least = isFloat32(data) ? 2 ** -23 : 2 ** -52;
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    if (data[i]! >= 0 && data[i]! <= 1) continue;
    throw new ArgumentError({
      operation,
      found: `probabilities${placeOf(i, shape)} is ${data[i]}`,
      expected: 'a number in [0, 1]',
      fix: 'Of scores, take the softmax or the sigmoid',
    });
  }
  for (let row = 0; row < rows; row++) {
    const label = expected[row]!;
    const p = width > 1 ? data[row * width + label]! : label === 1 ? data[row]! : 1 - data[row]!;
    sum -= Math.log(Math.min(Math.max(p, least), 1 - least));
  }
  return sum / rows;
}

/** About labels that are not one class for each row. */
const OF_LABELS = {
  fraction: 'Labels come before what was predicted',
  rows: 'Of one-hot rows take the place of each 1; rows with any number of labels are measured by net.evaluate(x, labels, { metrics: ["rocAuc"] })',
};

function readScored(
  operation: string,
  argument: string,
  labels: unknown,
  values: unknown,
): { readonly expected: Int32Array } & ReturnType<typeof readRows> {
  const read = readRows(operation, argument, values);
  const classes = Math.max(read.width, 2);
  const expected = readIndices(operation, 'labels', labels, { classes, advice: OF_LABELS });
  if (expected.length === read.rows) return { expected, ...read };
  throw new ShapeError({
    operation,
    found: `${argument} has shape ${formatShape(read.shape)}`,
    expected: `${expected.length} rows, one for each label`,
  });
}
