/** Passes over a stream, of which each rank reads its part. */

import { ArgumentError } from '../errors.js';
import type { Link } from './link.js';
import type { Thrown } from './news.js';
import { ranksText } from './ranks-text.js';

/**
 * After a batch with which a pass has ended on some ranks: an error, unless it has ended on all of them, after as many rows. All ranks
 * call it, and it is the same on all.
 *
 * @param own rows of the pass; undefined where it goes on
 */
export function unequalPasses(link: Link, own: number | undefined): Thrown | undefined {
  const rows = Array.from(link.gather([own ?? Number.POSITIVE_INFINITY], 1));
  const other = rows.find((count) => count !== rows[0]);
  if (other === undefined) return undefined;
  // Where it goes on, another whole batch follows.
  const ended = Math.max(...rows.filter((count) => Number.isFinite(count)));
  const text = (count: number): string => (Number.isFinite(count) ? String(count) : `more than ${ended}`);
  const others = rows.flatMap((count, rank) => (count === other ? [rank] : []));
  return {
    error: new ArgumentError({
      operation: 'Trainer',
      found: `a pass over the stream has ${text(rows[0]!)} rows on rank 0 and ${text(other)} on ${ranksText(others)}`,
      expected: 'the same on all ranks',
      fix: 'Give every rank the same source',
    }),
  };
}
