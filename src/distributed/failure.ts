import { StateError } from '../errors.js';
import type { Link } from './link.js';
import type { Thrown } from './news.js';
import { ranksText } from './ranks-text.js';

/**
 * After a turn in which some ranks have failed: the error itself there, and on the others one that names them. All ranks call it.
 *
 * @param own what was thrown on this rank
 * @param what each rank was to give
 */
export function failureOf(link: Link, own: Thrown | undefined, what: string): unknown {
  const failed = Array.from(link.gather([Number(own !== undefined)], 1));
  return own === undefined ? failedElsewhere(ranksOf(failed), what) : own.error;
}

/** The ranks of which a number is 1. */
function ranksOf(numbers: readonly number[]): readonly number[] {
  return numbers.flatMap((of, rank) => (of === 1 ? [rank] : []));
}

/** For the ranks on which nothing was thrown. */
export function failedElsewhere(ranks: readonly number[], what: string): StateError {
  return new StateError({
    operation: 'Trainer',
    found: `an error was thrown on ${ranksText(ranks)}`,
    expected: `${what} of each rank`,
    fix: 'See the error there',
  });
}
