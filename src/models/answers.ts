/** From scores to answers: the class of a row, and whether it is correct. */

import type { Kind } from '../data/kind.js';
import { isInt32 } from '../identity.js';
import type { Tensor } from '../tensor/tensor.js';

/**
 * The class of each row of scores: that of the largest entry; with one yes-or-no output, 1 where its score is above 0 (its
 * probability above ½).
 */
export function classesOf(kind: Kind, scores: Tensor): Int32Array {
  const [n, outputs] = scores.shape as [number, number];
  const classes = new Int32Array(n);
  if (kind === 'binary') for (let row = 0; row < n; row++) classes[row] = scores.data[row]! > 0 ? 1 : 0;
  else scores.backend.argMaxRows(classes, scores.data, n, outputs);
  return classes;
}

/**
 * How many rows have the class of their label, or all of their labels. A soft label counts as its largest entry; a row with
 * non-finite scores gives no answer, and counts as wrong.
 *
 * @param targets as `readTargets` gives them
 */
export function countRight(kind: Kind, scores: Tensor, targets: Int32Array | Tensor): number {
  const n = scores.shape[0]!;
  let right = 0;
  if (kind === 'multiLabel') {
    for (let row = 0; row < n; row++) if (allRight(scores, targets as Tensor, row)) right++;
    return right;
  }
  const predicted = classesOf(kind, scores);
  const expected = isInt32(targets) ? targets : classesOf('classification', targets);
  for (let row = 0; row < n; row++) {
    if (predicted[row] === expected[row] && isFiniteAnswer(kind, scores, row, predicted[row]!)) right++;
  }
  return right;
}

/**
 * The first row whose answer depends on a score that is NaN or infinite; −1 if there is none.
 *
 * Only the deciding score of a row is checked, because NaN and ∞ win over every number: finite rows cost nothing.
 */
export function firstNonFiniteRow(kind: Kind, scores: Tensor, classes: Int32Array): number {
  return classes.findIndex((label, row) => !isFiniteAnswer(kind, scores, row, label));
}

function isFiniteAnswer(kind: Kind, scores: Tensor, row: number, label: number): boolean {
  return Number.isFinite(kind === 'binary' ? scores.data[row] : scores.data[row * scores.shape[1]! + label]);
}

function allRight(scores: Tensor, targets: Tensor, row: number): boolean {
  const labels = scores.shape[1]!;
  for (let i = row * labels; i < (row + 1) * labels; i++) {
    const score = scores.data[i]!;
    if (!Number.isFinite(score) || score > 0 !== targets.data[i]! > 0.5) return false;
  }
  return true;
}
