/** Where the time of a step goes: each backend call, compared with what the machine could do. */

import type { Backend } from '../src/backend/backend.js';
import { format } from '../src/bench/report.js';
import { median } from '../src/bench/statistics.js';
import { textTable } from '../src/bench/text-table.js';
import type { Training } from '../src/bench/workloads.js';
import { arraysOf, type Cost, costOf } from './costs.js';
import { type Call, recordingBackend, replay } from './recording.js';
import { measureRoofline, type Roofline } from './roofline.js';

export interface ProfiledCall extends Cost {
  /** Median time. */
  readonly microseconds: number;
  /** The least time the roofline allows ÷ the time. */
  readonly ofRoofline: number;
}

export interface Profile {
  readonly calls: readonly ProfiledCall[];
  /** Microseconds of the whole step, as users run it. */
  readonly step: number;
  /** Bytes of all arrays that a step uses completely. */
  readonly workingSet: number;
  readonly roofline: Roofline;
}

/** Takes the machine's limits for a working set of this many bytes; undefined where they cannot be probed. */
export type Probe = (workingSet: number) => Roofline | undefined;

/**
 * Records the calls of one epoch, then repeats them with a clock around each. A whole epoch, because the
 * same batch gathered twice would come from the cache.
 *
 * @param start begins the training on the backend it is given
 * @param milliseconds how long; whole steps and single calls take turns, so that both see the same machine
 */
export function profileStep(
  start: (backend: Backend) => Training,
  original: Backend,
  milliseconds: number,
  probe: Probe,
): Profile {
  const { backend, record } = recordingBackend(original);
  const { step, stepsPerEpoch } = start(backend);
  step();
  const epoch = Array.from({ length: stepsPerEpoch }, () => record(step));
  const { whole, times } = time(original, step, epoch, milliseconds);

  const arrays = new Set(epoch[0]!.flatMap(arraysOf));
  const workingSet = [...arrays].reduce((sum, { byteLength }) => sum + byteLength, 0);
  const roofline = probe(workingSet) ?? measureRoofline(original, workingSet);
  const calls = epoch[0]!.map((call, i) => {
    const cost = costOf(call);
    const microseconds = median(times[i]!);
    const least = Math.max(cost.flops / roofline.flops, cost.bytes / roofline.bytes);
    return { ...cost, microseconds, ofRoofline: (least * 1e6) / microseconds };
  });
  return { calls, step: whole, workingSet, roofline };
}

/** Microseconds of whole steps, and of the i-th call of a step: an epoch of these and an epoch of those in turn. */
function time(
  backend: Backend,
  step: () => number,
  epoch: readonly Call[][],
  milliseconds: number,
): { whole: number; times: number[][] } {
  const steps: number[] = [];
  const times: number[][] = epoch[0]!.map(() => []);
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    for (const calls of epoch) {
      steps.push(clock(step));
      calls.forEach((call, i) => {
        times[i]!.push(clock(() => replay(backend, call)));
      });
    }
  }
  // The first half warms up.
  return { whole: median(steps.slice(steps.length >> 1)), times: times.map((all) => all.slice(all.length >> 1)) };
}

function clock(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) * 1000;
}

export function reportProfile(title: string, { calls, step, workingSet, roofline }: Profile): string {
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  const rows = calls.map(({ label, microseconds, flops, bytes, ofRoofline }) => [
    label,
    format(microseconds),
    percent(microseconds / step),
    format(flops / 1e6),
    format(bytes / 1e6),
    format(flops / microseconds / 1e3),
    format(bytes / microseconds / 1e3),
    percent(ofRoofline),
  ]);
  const sum = calls.reduce((total, { microseconds }) => total + microseconds, 0);
  rows.push(['TypeScript around the calls', format(step - sum), percent((step - sum) / step), '', '', '', '', '']);
  rows.push(['the whole step', format(step), '100 %', '', '', '', '', '']);
  const head = [title, 'µs', 'of the step', 'MFLOP', 'MB', 'GFLOP/s', 'GB/s', 'of the roofline'];
  const { flops, bytes, how } = roofline;
  const needed = calls.reduce((total, call) => total + call.flops, 0);
  const arithmetic = (needed / flops) * 1e6;
  return [
    textTable(head, rows),
    `arithmetic: ${format(needed / 1e6)} MFLOP take ${format(arithmetic)} µs at that peak, ${percent(arithmetic / step)} of the step`,
    `roofline: ${format(flops / 1e9)} GFLOP/s, ${format(bytes / 1e9)} GB/s over ${format(workingSet / 1e6)} MB (${how})`,
    '',
  ].join('\n');
}
