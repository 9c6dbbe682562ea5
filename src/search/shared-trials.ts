/** Trials that several processes share: each measures some of a rung, and all get the scores. */

import { Distributed } from '../distributed/distributed.js';
import { requireInstance } from '../options.js';

/** What a search asks of the processes that share it. */
export type SearchRanks = Pick<Distributed, 'rank' | 'size' | 'gather'>;

const ALONE: SearchRanks = { rank: 0, size: 1, gather: (own) => [own] };

export function searchRanks(operation: string, distributed: unknown): SearchRanks {
  if (distributed === undefined) return ALONE;
  return requireInstance(operation, 'distributed', distributed, Distributed, 'await Distributed.connect()');
}

/**
 * Gives every rank the scores of a rung.
 *
 * @param open the trials of the rung, of which each rank has measured some
 * @returns those that others have measured
 */
export function shareScores<T extends { readonly scores: (number | null)[] }>(
  open: readonly T[],
  rung: number,
  ranks: SearchRanks,
): readonly T[] {
  // Of each trial whether it was measured here, and the score, NaN for a failed one.
  const all = ranks.gather(open.flatMap(({ scores }) => [Number(scores.length > rung), scores[rung] ?? Number.NaN]));
  const others = open.filter(({ scores }) => scores.length <= rung);
  for (const [i, { scores }] of open.entries()) {
    if (scores.length > rung) continue;
    const score = all.find((ofRank) => ofRank[2 * i] === 1)![2 * i + 1]!;
    scores.push(Number.isNaN(score) ? null : score);
  }
  return others;
}
