import type { Dataset } from '../data/dataset.js';
import type { DatasetStream } from '../data/dataset-stream.js';
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
  requireClasses(operation, dataset);
  return dataset.withClassWeights(
    classWeights === 'balanced' ? balanced(dataset) : requireWeights(operation, classWeights, dataset.classes!),
  );
}

/**
 * The weights of the classes of a stream, whose rows are not known beforehand.
 *
 * @throws {ArgumentError} for a stream without classes, or weights that are not one for each class
 */
export function classWeightsOf(operation: string, stream: DatasetStream, classWeights: unknown): readonly number[] {
  requireClasses(operation, stream);
  if (classWeights !== 'balanced') return requireWeights(operation, classWeights, stream.classes!);
  throw new ArgumentError({
    operation,
    found: 'classWeights is "balanced" for a stream, whose rows are not counted',
    expected: `${stream.classes} numbers, one for each class`,
    fix: 'Make them from the classCounts of await stream.statistics()',
  });
}

function requireClasses(operation: string, { kind }: Dataset | DatasetStream): void {
  if (kind === 'classification') return;
  throw new ArgumentError({
    operation,
    found: `classWeights is given for a ${kind} data set`,
    expected: 'it for labels, one class a row',
  });
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
