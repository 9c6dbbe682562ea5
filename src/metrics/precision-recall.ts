/** Precision, recall and F1, with scikit-learn's averages; a share of nothing (no row predicted, or none there) is 0. */

import { ArgumentError } from '../errors.js';
import { checkOptions, requireInteger, requireOneOf } from '../options.js';
import { type ClassesOptions, classesIn, MOST_CLASSES } from './confusion-matrix.js';
import { type Classes, type ClassPair, readPair } from './read-classes.js';

/**
 * How the figures of the classes become one: 'binary' is that of class 1 of two; 'macro' the mean over the classes,
 * 'weighted' the mean by their rows, 'micro' the figure of all rows taken together.
 */
export type Average = 'binary' | 'macro' | 'micro' | 'weighted';

/** What precision, recall and F1 take. */
export interface AverageOptions extends ClassesOptions {
  /** Default 'binary', which refuses more than two classes. 'perClass' gives the list of the classes' figures. */
  readonly average?: Average;
}

/** The same, for a list with the figure of each class. */
export interface PerClassOptions extends ClassesOptions {
  readonly average: 'perClass';
}

type AnyOptions = ClassesOptions & { readonly average?: Average | 'perClass' };

/** Rows of each class: those found, those predicted, those there. */
export interface ClassCounts {
  readonly right: readonly number[];
  readonly predicted: readonly number[];
  readonly actual: readonly number[];
}

/** A figure of one class, or of classes taken together. */
export type Figure = (right: number, predicted: number, actual: number) => number;

const share = (part: number, of: number): number => (of === 0 ? 0 : part / of);

export const FIGURES = {
  precision: (right, predicted) => share(right, predicted),
  recall: (right, _predicted, actual) => share(right, actual),
  f1Score: (right, predicted, actual) => share(2 * right, predicted + actual),
} as const satisfies Readonly<Record<string, Figure>>;

/**
 * Of the rows that were given a class, the share that belong to it.
 *
 * @param labels what is true, N class indices or rows over the classes
 * @param predicted what `net.classify` or `net.predict` answered for the same rows
 * @throws {ArgumentError} for what is not a class, and for more than two classes with average 'binary'
 * @throws {ShapeError} unless there are as many predictions as labels, {DataError} if there are none
 * @example precision([0, 1, 1, 1], [1, 1, 1, 0])   // 0.6666666666666666
 */
export function precision(labels: Classes, predicted: Classes, options: PerClassOptions): number[];
export function precision(labels: Classes, predicted: Classes, options?: AverageOptions): number;
export function precision(labels: Classes, predicted: Classes, options: AnyOptions = {}): number | number[] {
  return measure('precision', labels, predicted, options);
}

/**
 * Of the rows that belong to a class, the share that were given it.
 *
 * Arguments and errors as of `precision`.
 *
 * @example recall([0, 1, 1, 1], [1, 1, 1, 0])   // 0.6666666666666666
 */
export function recall(labels: Classes, predicted: Classes, options: PerClassOptions): number[];
export function recall(labels: Classes, predicted: Classes, options?: AverageOptions): number;
export function recall(labels: Classes, predicted: Classes, options: AnyOptions = {}): number | number[] {
  return measure('recall', labels, predicted, options);
}

/**
 * The harmonic mean of precision and recall, 2·right / (predicted + actual).
 *
 * Arguments and errors as of `precision`.
 *
 * @example f1Score([0, 0, 1, 2], [0, 1, 1, 2], { average: 'macro' })   // 0.7777777777777777
 */
export function f1Score(labels: Classes, predicted: Classes, options: PerClassOptions): number[];
export function f1Score(labels: Classes, predicted: Classes, options?: AverageOptions): number;
export function f1Score(labels: Classes, predicted: Classes, options: AnyOptions = {}): number | number[] {
  return measure('f1Score', labels, predicted, options);
}

function measure(
  operation: keyof typeof FIGURES,
  labels: Classes,
  predicted: Classes,
  options: AnyOptions,
): number | number[] {
  checkOptions(operation, options, ['average', 'classes']);
  const { classes, average = 'binary' } = options;
  if (classes !== undefined) requireInteger(operation, 'classes', classes, 1, MOST_CLASSES);
  requireOneOf(operation, 'average', average, ['binary', 'macro', 'micro', 'weighted', 'perClass']);
  const pair = readPair(operation, labels, predicted, classes);
  const counts = countClasses(pair, Math.max(classes ?? classesIn(operation, pair), average === 'binary' ? 2 : 1));
  const figure = FIGURES[operation];
  if (average === 'perClass') return figuresOf(counts, figure);
  if (average === 'binary' && counts.right.length > 2) {
    throw new ArgumentError({
      operation,
      found: `there are ${counts.right.length} classes`,
      expected: 'two for average "binary"',
      fix: 'Choose average: "macro", "weighted", "micro" or "perClass"',
    });
  }
  // Without a number of classes, one that never occurs is none.
  return averageOf(classes === undefined && average !== 'binary' ? occurring(counts) : counts, figure, average);
}

export function countClasses({ expected, predicted }: ClassPair, classes: number): ClassCounts {
  const zeros = (): number[] => new Array<number>(classes).fill(0);
  const counts = { right: zeros(), predicted: zeros(), actual: zeros() };
  expected.forEach((label, row) => {
    const answer = predicted[row]!;
    counts.actual[label]!++;
    counts.predicted[answer]!++;
    if (label === answer) counts.right[label]!++;
  });
  return counts;
}

/** The classes that some row has or was given. */
export function occurring({ right, predicted, actual }: ClassCounts): ClassCounts {
  const some = (_: number, k: number): boolean => predicted[k]! + actual[k]! > 0;
  return { right: right.filter(some), predicted: predicted.filter(some), actual: actual.filter(some) };
}

function figuresOf({ right, predicted, actual }: ClassCounts, figure: Figure): number[] {
  return right.map((count, k) => figure(count, predicted[k]!, actual[k]!));
}

export function averageOf(counts: ClassCounts, figure: Figure, average: Average): number {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const figures = figuresOf(counts, figure);
  switch (average) {
    case 'binary':
      return figures[1]!;
    case 'micro':
      return figure(sum(counts.right), sum(counts.predicted), sum(counts.actual));
    case 'macro':
      return sum(figures) / figures.length;
    case 'weighted':
      return share(sum(figures.map((value, k) => value * counts.actual[k]!)), sum(counts.actual));
  }
}
