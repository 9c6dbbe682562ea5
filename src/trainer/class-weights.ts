import type { Dataset } from '../data/dataset.js';
import { ArgumentError, show } from '../errors.js';
import { requireNonNegative } from '../options.js';

/** How much the rows of each class count; see `TrainerOptions.classWeights`. */
export type ClassWeights = 'balanced' | readonly number[];

/**
 * The rows with the weights of their classes, times their own.
 *
 * @throws {ArgumentError} for a data set without classes, or weights that are not one for each class
 */
export function withClassWeights(operation: string, dataset: Dataset, classWeights: unknown): Dataset {
  const { kind, classes } = dataset;
  if (kind !== 'classification') {
    throw new ArgumentError({
      operation,
      found: `classWeights is given for a ${kind} data set`,
      expected: 'it for labels, one class a row',
    });
  }
  return dataset.withClassWeights(
    classWeights === 'balanced' ? balanced(dataset) : requireWeights(operation, classWeights, classes!),
  );
}

/** N / (classes that occur · rows of the class): each class counts equally, and the mean over the rows is 1. */
function balanced(dataset: Dataset): readonly number[] {
  const counts = dataset.classCounts();
  const occurring = counts.filter((count) => count > 0).length;
  return Array.from(counts, (count) => (count === 0 ? 0 : dataset.size / (occurring * count)));
}

function requireWeights(operation: string, weights: unknown, classes: number): readonly number[] {
  const expected = `"balanced" or ${classes} numbers, one for each class`;
  if (!Array.isArray(weights)) {
    throw new ArgumentError({ operation, found: `classWeights is ${show(weights)}`, expected });
  }
  if (weights.length > classes) {
    throw new ArgumentError({
      operation,
      found: `classWeights[${classes}] is for class ${classes}, which does not exist`,
      expected,
    });
  }
  if (weights.length < classes) {
    throw new ArgumentError({
      operation,
      found: `classWeights has ${weights.length} ${weights.length === 1 ? 'entry' : 'entries'}`,
      expected,
    });
  }
  for (const [i, weight] of weights.entries()) requireNonNegative(operation, `classWeights[${i}]`, weight);
  if (weights.every((weight) => weight === 0)) {
    throw new ArgumentError({ operation, found: 'classWeights are all 0', expected: 'a class that counts' });
  }
  return weights as readonly number[];
}
