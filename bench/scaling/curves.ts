/** How throughput grows with the number of ranks: strong scaling, one batch cut into more and more parts, and weak, a batch a rank. */

import { format } from '../../src/bench/report.js';
import { textTable } from '../../src/bench/text-table.js';
import { Random } from '../../src/random.js';
import { type Algorithm, type Network, sumCost, sumCostBy } from './allreduce.js';
import { type SimulatedRun, simulateRun } from './step-simulation.js';
import { bucketsOf, type Timeline, timesOf } from './timeline.js';

export interface CurveOptions {
  /** Bytes that a bucket has at least. */
  readonly bucketBytes: number;
  readonly overlap: boolean;
  /** Of a rank's computing time in a step: the standard deviation as a share. */
  readonly spread: number;
  /** Default: the quickest for each sum. */
  readonly algorithm?: Algorithm;
  /** Cores of the machine on which all ranks are; default as many as there are ranks, each with its own. */
  readonly cores?: number;
}

/** Steps of a run in which ranks are not equally fast; of equal ranks one tells all. */
const STEPS = 8;

/** A step with this many rows for the busiest rank. */
export function simulate(
  timeline: Timeline,
  network: Network,
  ranks: number,
  rows: number,
  { bucketBytes, overlap, spread, algorithm, cores = ranks }: CurveOptions,
): SimulatedRun {
  const { ready, backward, update } = timesOf(timeline, rows);
  const buckets = bucketsOf(timeline.gradients, ready, bucketBytes);
  const costOf = (bytes: number) =>
    algorithm === undefined ? sumCost(network, ranks, bytes) : sumCostBy(algorithm, network, ranks, bytes);
  // Ranks that share a core take turns on it: each is as much slower as there are others.
  const crowd = Math.max(1, ranks / cores);
  const random = new Random(1);
  const slowness = (): number => crowd * Math.max(0.5, 1 + spread * random.normal());
  return simulateRun(
    { buckets, backward, update },
    { ranks, steps: spread === 0 ? 1 : STEPS, overlap, costOf, slowness: spread === 0 ? () => crowd : slowness },
  );
}

export interface Point {
  readonly ranks: number;
  /** Of the busiest rank. */
  readonly rows: number;
  readonly run: SimulatedRun;
  /** Rows a second ÷ (ranks × those of one rank). */
  readonly efficiency: number;
}

/** A batch that is cut among the ranks; those who get no row are not simulated. */
export function strongCurve(
  timeline: Timeline,
  network: Network,
  batch: number,
  counts: readonly number[],
  options: CurveOptions,
): Point[] {
  const alone = simulate(timeline, network, 1, batch, { ...options, spread: 0 }).step;
  return counts
    .filter((ranks) => ranks <= batch)
    .map((ranks) => {
      const rows = Math.ceil(batch / ranks);
      const run = simulate(timeline, network, ranks, rows, options);
      return { ranks, rows, run, efficiency: alone / (ranks * run.step) };
    });
}

/** A batch for each rank. */
export function weakCurve(
  timeline: Timeline,
  network: Network,
  rows: number,
  counts: readonly number[],
  options: CurveOptions,
): Point[] {
  const alone = simulate(timeline, network, 1, rows, { ...options, spread: 0 }).step;
  return counts.map((ranks) => {
    const run = simulate(timeline, network, ranks, rows, options);
    return { ranks, rows, run, efficiency: alone / run.step };
  });
}

/** Curves of the same ranks over several networks: of each the efficiency, the step, and what of it is waiting. */
export function reportCurves(
  title: string,
  curves: readonly { readonly network: string; readonly points: readonly Point[] }[],
): string {
  const [first] = curves;
  const rows = first!.points.map(({ ranks, rows }, i) => [
    String(ranks),
    String(rows),
    ...curves.flatMap(({ points }) => {
      const { efficiency, run } = points[i]!;
      return [efficiency.toFixed(2), format(run.step / 1e3), format(run.waiting / 1e3)];
    }),
    '',
  ]);
  const head = ['ranks', 'rows each', ...curves.flatMap(({ network }) => [network, 'ms', 'waiting']), ''];
  return [title, textTable(head, rows), ''].join('\n');
}
