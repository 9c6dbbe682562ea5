/**
 * A run of training steps on many ranks, event by event.
 *
 * Each rank computes; when all ranks have a bucket of gradients, and the network is free, the bucket is summed over all ranks. The
 * parts of that which a rank's own core does stop its computing. With its gradients summed and its backward pass done, a rank updates
 * its weights and begins the next step: no rank waits for another but by the sums.
 */

import type { SumCost } from './allreduce.js';
import { EventQueue } from './event-queue.js';
import type { Bucket } from './timeline.js';

/** A step of one rank without others, in microseconds. */
export interface StepPlan {
  /** In the order in which they are summed; that of their being complete. */
  readonly buckets: readonly Bucket[];
  /** The end of the backward pass. */
  readonly backward: number;
  /** How long the update takes. */
  readonly update: number;
}

export interface SimulationOptions {
  readonly ranks: number;
  readonly steps: number;
  /** Whether a bucket goes out while the backward pass goes on; else all of them after it. */
  readonly overlap: boolean;
  readonly costOf: (bytes: number) => SumCost;
  /** By how much slower than the plan a rank computes in a step; default 1 for all. */
  readonly slowness?: (rank: number, step: number) => number;
}

export interface SimulatedRun {
  /** Microseconds of a step: the mean over the run. */
  readonly step: number;
  /** Microseconds of a step in which the last rank to finish did not compute: it waited, or its core sent and added. */
  readonly waiting: number;
}

type Event =
  | { readonly kind: 'ready'; readonly rank: number; readonly bucket: number; readonly held: number }
  | { readonly kind: 'summed'; readonly bucket: number };

/** A rank within a step. */
interface Rank {
  began: number;
  slowness: number;
  /** How long its core has been held up by sums in this step. */
  held: number;
  computed: number;
}

export function simulateRun(plan: StepPlan, options: SimulationOptions): SimulatedRun {
  const ranks = Array.from({ length: options.ranks }, (): Rank => ({ began: 0, slowness: 1, held: 0, computed: 0 }));
  for (let step = 0; step < options.steps; step++) {
    ranks.forEach((rank, r) => {
      rank.slowness = options.slowness?.(r, step) ?? 1;
      rank.held = 0;
    });
    const summed = sumBuckets(plan, options, ranks);
    for (const rank of ranks) {
      const backward = rank.began + rank.slowness * plan.backward + rank.held;
      rank.computed += rank.slowness * (plan.backward + plan.update);
      rank.began = Math.max(backward, summed) + rank.slowness * plan.update;
    }
  }
  const last = ranks.reduce((latest, rank) => (rank.began > latest.began ? rank : latest));
  // Sums of the same numbers in another order: a difference of 1e-17 is none.
  const waiting = Math.max(0, last.began - last.computed) / options.steps;
  return { step: last.began / options.steps, waiting: waiting < 1e-9 ? 0 : waiting };
}

/** The events of one step. @returns when the last bucket is summed */
function sumBuckets(plan: StepPlan, { overlap, costOf }: SimulationOptions, ranks: readonly Rank[]): number {
  const { buckets, backward } = plan;
  const costs = buckets.map(({ bytes }) => costOf(bytes));
  const missing = buckets.map(() => ranks.length);
  const queue = new EventQueue<Event>();
  /** The time of a rank's own, without what holds it up. */
  const complete = (rank: Rank, bucket: number): number =>
    rank.began + rank.slowness * (overlap ? buckets[bucket]!.ready : backward);
  ranks.forEach((rank, r) => {
    buckets.forEach((_, bucket) => {
      queue.add(complete(rank, bucket), { kind: 'ready', rank: r, bucket, held: 0 });
    });
  });

  let next = 0;
  let busy = false;
  let end = 0;
  const beginSum = (now: number): void => {
    if (busy || next === buckets.length || missing[next]! > 0) return;
    busy = true;
    const { total, ownCore } = costs[next]!;
    queue.add(now + total, { kind: 'summed', bucket: next });
    for (const rank of ranks) {
      // A core that has nothing to compute any more is not held up.
      if (rank.began + rank.slowness * backward + rank.held > now) rank.held += ownCore;
    }
    next++;
  };

  for (let entry = queue.take(); entry !== undefined; entry = queue.take()) {
    const { time, event } = entry;
    if (event.kind === 'summed') {
      busy = false;
      end = time;
    } else {
      const { held } = ranks[event.rank]!;
      if (held > event.held) {
        queue.add(time + held - event.held, { ...event, held });
        continue;
      }
      missing[event.bucket]!--;
    }
    beginSum(time);
  }
  return end;
}
