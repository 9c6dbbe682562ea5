import { StateError } from '../errors.js';
import type { Link } from './link.js';
import { ranksText } from './ranks-text.js';

/**
 * After a turn in which the network has thrown on some ranks: the error itself there, and on the others one that names them. All ranks
 * call it.
 *
 * @param thrown what the network has thrown on this rank
 * @param what each rank was to give
 */
export function failureOf(link: Link, thrown: unknown, what: string): unknown {
  const failed = Array.from(link.gather([Number(thrown !== undefined)], 1));
  const ranks = failed.flatMap((of, rank) => (of === 1 ? [rank] : []));
  if (ranks.includes(link.rank)) return thrown;
  return new StateError({
    operation: 'Trainer',
    found: `the network has thrown an error on ${ranksText(ranks)}`,
    expected: `${what} of each rank`,
    fix: 'See the error there',
  });
}
