/** Trials that several processes share: each measures some of a rung, and all get the scores. */

import { bitsOfText } from '../distributed/bits.js';
import { Distributed } from '../distributed/distributed.js';
import { ranksText } from '../distributed/ranks-text.js';
import { ArgumentError, StateError } from '../errors.js';
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

/**
 * A part of the work of all ranks: where it fails on any of them it ends on all.
 *
 * @throws what `work` throws; {StateError} if it has thrown on another rank
 */
export async function onAllRanks<T>(operation: string, ranks: SearchRanks, work: () => T | Promise<T>): Promise<T> {
  const outcome = await settled(work);
  const failed = ranks.gather([Number('error' in outcome)]).flatMap(([is], rank) => (is === 1 ? [rank] : []));
  if ('error' in outcome) throw outcome.error;
  if (failed.length === 0) return outcome.value;
  throw new StateError({
    operation,
    found: `${ranksText(failed)} has thrown an error`,
    expected: 'all ranks to go on',
    fix: 'See the error there',
  });
}

async function settled<T>(work: () => T | Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

/**
 * @param settings how the search goes on, as text
 * @throws {ArgumentError} unless all ranks have drawn the same trials, go on alike, and were given the same scores
 */
export function requireSameTrials(
  operation: string,
  trials: readonly { readonly params: unknown; readonly scores: readonly unknown[] }[],
  settings: string,
  ranks: SearchRanks,
): void {
  const count = trials.reduce((sum, { scores }) => sum + scores.length, 0);
  const drawn = bitsOfText(settings + JSON.stringify(trials.map(({ params }) => params)));
  const all = ranks.gather([...drawn, count, ...bitsOfText(JSON.stringify(trials.map(({ scores }) => scores)))]);
  const others = (...places: readonly number[]): readonly number[] =>
    all.flatMap((of, rank) => (places.every((place) => of[place] === all[0]![place]) ? [] : [rank]));
  const searches = others(0, 1);
  if (searches.length > 0) {
    throw new ArgumentError({
      operation,
      found: `space, trials, halving or direction of ${ranksText(searches)} are not those of rank 0`,
      expected: 'the same search on all ranks',
    });
  }
  const finished = others(2, 3, 4);
  if (finished.length === 0) return;
  const [first, other] = [0, finished[0]!].map((rank) => all[rank]![2]!);
  throw new ArgumentError({
    operation,
    found: `finished holds ${first} scores on rank 0 and ${other}${first === other ? ' other ones' : ''} on ${ranksText(finished)}`,
    expected: 'the same on all ranks',
    fix: 'Read what was measured before on every rank',
  });
}
