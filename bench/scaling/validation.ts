/** The simulation beside what was measured on this machine. */

import { format } from '../../src/bench/report.js';
import { textTable } from '../../src/bench/text-table.js';
import type { Network } from './allreduce.js';
import { type CurveOptions, simulate } from './curves.js';
import type { Timeline } from './timeline.js';

/** A measured step of a job. */
export interface MeasuredStep {
  readonly job: string;
  readonly ranks: number;
  /** Of each rank. */
  readonly rows: number;
  /** Microseconds, the median. */
  readonly step: number;
}

/** A measured step beside the simulated one. */
export interface Compared extends MeasuredStep {
  readonly simulated: number;
  /** simulated ÷ measured − 1 */
  readonly error: number;
}

export function compare(
  measured: readonly MeasuredStep[],
  timelines: Readonly<Record<string, Timeline>>,
  network: Network,
  options: CurveOptions,
): Compared[] {
  return measured.map((entry) => {
    const simulated = simulate(timelines[entry.job]!, network, entry.ranks, entry.rows, options).step;
    return { ...entry, simulated, error: simulated / entry.step - 1 };
  });
}

export function reportComparison(compared: readonly Compared[]): string {
  const rows = compared.map(({ job, ranks, rows, step, simulated, error }) => [
    job,
    String(ranks),
    String(rows),
    format(step / 1e3),
    format(simulated / 1e3),
    `${error < 0 ? '−' : '+'}${Math.abs(100 * error).toFixed(0)} %`,
    '',
  ]);
  return textTable(['', 'ranks', 'rows each', 'measured, ms', 'simulated, ms', 'error', ''], rows);
}
