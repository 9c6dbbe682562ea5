import { Dataset } from '../data/dataset.js';
import { ArgumentError, DataError, show } from '../errors.js';
import { isInstance } from '../identity.js';

/** The rows that are learned from, and those that are held out of them. */
export interface Divided {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
}

/**
 * Holds the share `validation` of the rows out, by a split of the seed, stratified where there are classes; a data set is
 * taken as it is. The same seed and rows give the same split, so that a resumed run draws it again.
 *
 * @throws {ArgumentError} for a share outside (0, 1), {DataError} for a share of a single row
 */
export function holdOut(operation: string, train: Dataset, validation: unknown, seed: number): Divided {
  if (validation === undefined) return { train, validation: undefined };
  if (isInstance(validation, Dataset)) return { train, validation };
  if (typeof validation !== 'number' || !(validation > 0 && validation < 1)) {
    throw new ArgumentError({
      operation,
      found: `validation is ${show(validation)}`,
      expected: 'a Dataset, or a share of the training rows greater than 0 and less than 1',
    });
  }
  if (train.size < 2) {
    throw new DataError({ operation, found: 'train has 1 row', expected: 'at least 2, one to validate on' });
  }
  // Classes of one row each cannot be in both parts.
  const stratify = train.kind === 'classification' && train.classCounts().some((count) => count > 1);
  const { train: rest, test } = train.split({ test: validation, seed, stratify });
  return { train: rest, validation: test };
}
