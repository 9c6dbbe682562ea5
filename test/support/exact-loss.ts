/** Losses and accuracies by their definitions, in double and from scores: what the library's results are checked against. */

import type { Kind } from '../../src/data/kind.js';

/** Scores, or targets: rows of numbers. */
export type Matrix = readonly (readonly number[])[];

/** The loss of each row. Targets are rows over the classes, of 0 and 1, or of values; of 'binary' over both classes. */
export function exactLosses(kind: Kind, scores: Matrix, targets: Matrix): number[] {
  return scores.map((row, i) => {
    const t = targets[i]!;
    if (kind === 'regression') return sum(row.map((y, j) => (y - t[j]!) ** 2)) / 2;
    if (kind === 'classification') return sum(row.map((_, j) => t[j]! * surprise(row, j)));
    // −log σ(z) for the share of yes, −log σ(−z) for the rest.
    const yes = kind === 'binary' ? [t[1]!] : t;
    return sum(row.map((z, j) => yes[j]! * softplus(-z) + (1 - yes[j]!) * softplus(z)));
  });
}

/** Whether each row is answered correctly. */
export function exactAnswers(kind: Exclude<Kind, 'regression'>, scores: Matrix, targets: Matrix): boolean[] {
  return scores.map((row, i) => {
    const t = targets[i]!;
    if (kind === 'multiLabel') return row.every((z, j) => z > 0 === t[j]! > 0.5);
    return (kind === 'binary' ? Number(row[0]! > 0) : largest(row)) === largest(t);
  });
}

function largest(row: readonly number[]): number {
  return row.indexOf(Math.max(...row));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}

/** −log of the share that softmax gives to class j: log Σ exp(zₖ − zⱼ), without the 1 of class j itself. */
function surprise(row: readonly number[], j: number): number {
  const others = row.filter((_, k) => k !== j);
  const most = Math.max(...others);
  const logarithm = most + Math.log(sum(others.map((z) => Math.exp(z - most)))); // of the sum of the others
  return softplus(logarithm - row[j]!);
}

/** log(1 + eᶻ) */
function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}
