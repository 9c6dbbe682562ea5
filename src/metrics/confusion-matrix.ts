import { ArgumentError } from '../errors.js';
import { checkOptions, requireInteger } from '../options.js';
import { type Classes, type ClassPair, readPair } from './read-classes.js';

/** Options for counting by class. */
export interface ClassesOptions {
  /** The number of classes. Default: one more than the largest class that occurs. */
  readonly classes?: number;
}

/**
 * How often rows of each class were given each class: entry [i][j] counts the rows of class i that were given class j.
 *
 * @param labels what is true, N class indices or rows over the classes
 * @param predicted what `net.classify` or `net.predict` answered for the same rows
 * @throws {ShapeError} unless there are as many predictions as labels, {DataError} if there are none
 * @throws {ArgumentError} for what is not a class
 * @example confusionMatrix([0, 0, 1, 2], [0, 1, 1, 2])   // [[1, 1, 0], [0, 1, 0], [0, 0, 1]]
 */
export function confusionMatrix(labels: Classes, predicted: Classes, options: ClassesOptions = {}): number[][] {
  const operation = 'confusionMatrix';
  checkOptions(operation, options, ['classes']);
  const { classes } = options;
  if (classes !== undefined) requireInteger(operation, 'classes', classes, 1, MOST_CLASSES);
  const pair = readPair(operation, labels, predicted, classes);
  return matrixOf(pair, classes ?? classesIn(operation, pair));
}

/** The matrix of classes that have been read. */
export function matrixOf({ expected, predicted }: ClassPair, classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  expected.forEach((label, row) => {
    matrix[label]![predicted[row]!]!++;
  });
  return matrix;
}

/** More classes than this are numbers of another kind (ids, years), and would fill the memory. */
export const MOST_CLASSES = 10_000;

/**
 * One more than the largest class.
 *
 * @throws {ArgumentError} for a number too large to be a class, e.g. an id
 */
export function classesIn(operation: string, { expected, predicted }: ClassPair): number {
  const largest = (classes: Int32Array): number => classes.reduce((most, label) => Math.max(most, label), 0);
  const [label, answer] = [largest(expected), largest(predicted)];
  const classes = 1 + Math.max(label, answer);
  if (classes <= MOST_CLASSES) return classes;
  throw new ArgumentError({
    operation,
    found: `${label >= answer ? 'labels' : 'predicted'} has class ${classes - 1}`,
    expected: `classes in [0, ${MOST_CLASSES})`,
    fix: 'Number the classes from 0',
  });
}

/**
 * The share of the rows whose class is right, in [0, 1].
 *
 * @param labels what is true, N class indices or rows over the classes
 * @param predicted what `net.classify` or `net.predict` answered for the same rows
 * @throws {ShapeError} unless there are as many predictions as labels, {DataError} if there are none
 * @throws {ArgumentError} for what is not a class
 * @example accuracy([0, 1, 2, 2], [0, 1, 1, 2])   // 0.75
 */
export function accuracy(labels: Classes, predicted: Classes): number {
  const { expected, predicted: answers } = readPair('accuracy', labels, predicted);
  let right = 0;
  for (let row = 0; row < expected.length; row++) if (expected[row] === answers[row]) right++;
  return right / expected.length;
}
