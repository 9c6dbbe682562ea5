/** What is printed of a job: one table a measure, fastest first, cases we lose included. */

import { entrantId } from './entrants.js';
import { JOBS, type Job, type Measure, stepFlops, type Unit } from './jobs.js';
import type { JobResult, Lane } from './measure.js';
import { median, medianRatio, spread } from './statistics.js';
import { textTable } from './text-table.js';

/** The systems that ratios are taken to, by preference, at one thread. */
const YARDSTICKS = ['reference@1', 'native@1', 'js@1'] as const;

/** Microseconds as the unit shows them; `work` is what one operation does. */
export function inUnit(microseconds: number, unit: Unit, work = 1): number {
  if (unit === 'µs') return microseconds;
  if (unit === 'ms') return microseconds / 1e3;
  if (unit === 's') return microseconds / 1e6;
  if (unit === 'M rows/s') return work / microseconds;
  if (unit === 'GFLOP/s') return work / (microseconds * 1e3);
  return Number.NaN;
}

/** The median of a lane over the rounds that count, in microseconds; NaN if it has none. */
export function medianOf(lane: Lane, { counted }: Pick<JobResult, 'counted'>): number {
  return median(counted.flatMap((round) => lane.timings[round]?.median ?? []));
}

/** Time of `lane` ÷ time of `base`, round by round. */
export function timeRatio(lane: Lane, base: Lane, { counted }: Pick<JobResult, 'counted'>): number {
  const medians = ({ timings }: Lane): number[] => timings.map((timing) => timing.median);
  return medianRatio(medians(lane), medians(base), counted);
}

export function reportJob(result: JobResult): string {
  const job: Job = JOBS[result.job];
  const lines = [`${job.title}`, `${result.data}; ${roundsLine(result)}`, ''];
  for (const measure of job.measures) {
    const lanes = result.lanes.filter((lane) => lane.measure === measure);
    if (lanes.length > 0) lines.push(measureTable(measure, lanes, job, result), '');
  }
  for (const { entrant, reason } of result.absent) lines.push(`not here: ${entrantId(entrant)}: ${reason}`);
  return lines.join('\n').trimEnd() + '\n';
}

function roundsLine({ rounds, calm, counted }: JobResult): string {
  const noisy = rounds - calm.length;
  if (noisy === 0) return `${rounds} rounds, all calm`;
  return `${rounds} rounds, ${noisy} of them noisy${counted.length === rounds ? ' (too many to leave out: read with care)' : ' and left out'}`;
}

function measureTable(measure: Measure, lanes: readonly Lane[], job: Job, result: JobResult): string {
  const base = YARDSTICKS.flatMap((name) => lanes.filter(({ entrant }) => entrantId(entrant) === name)).find(succeeded);
  if (measure.unit === 'figures') return figuresTable(measure, lanes.filter(succeeded));
  const flops = measure.workload === 'step' ? stepFlops(job.net) : undefined;
  const timed = lanes.filter(succeeded).sort((a, b) => medianOf(a, result) - medianOf(b, result));
  const rows = timed.map((lane) => {
    const microseconds = medianOf(lane, result);
    const shown = (value: number): string => format(inUnit(value, measure.unit, measure.work));
    return [
      name(lane),
      String(lane.entrant.threads),
      shown(microseconds),
      shown(Math.min(...lane.timings.map(({ min }) => min))),
      `${(100 * spread(result.counted.map((round) => lane.timings[round]!.median))).toFixed(0)} %`,
      ...(flops === undefined ? [] : [format(inUnit(microseconds, 'GFLOP/s', flops))]),
      base === undefined ? '' : format(timeRatio(lane, base, result)),
      notes(lane),
    ];
  });
  const head = [
    measure.title,
    'threads',
    measure.unit,
    'best',
    'spread',
    ...(flops === undefined ? [] : ['GFLOP/s']),
    base === undefined ? '' : `time ÷ ${entrantId(base.entrant)}`,
    '',
  ];
  const failures = lanes.filter((lane) => !succeeded(lane)).map((lane) => `no time for ${lane.id}: ${lane.failure}`);
  return [textTable(head, rows), ...failures].join('\n');
}

function figuresTable(measure: Measure, lanes: readonly Lane[]): string {
  const rows = lanes.map((lane) => [name(lane), String(lane.entrant.threads), notes(lane)]);
  return textTable([measure.title, 'threads', ''], rows);
}

function succeeded({ failure, timings }: Lane): boolean {
  return failure === undefined && timings.length > 0;
}

function name({ entrant, variant }: Lane): string {
  return variant === '' ? entrant.title : `${entrant.title}, ${variant}`;
}

/** Figures of the last round, and what a system that follows no given batches was judged by. */
function notes({ timings, accuracy }: Lane): string {
  const figures = Object.entries(timings.at(-1)!.figures ?? {}).map(([title, value]) => `${title} ${format(value)}`);
  return [...figures, ...(accuracy === undefined ? [] : [`own batches, accuracy ${format(accuracy)}`])].join(', ');
}

/** Three significant digits, and no exponent for what people read: 128, 13.7, 0.854, 14,800. */
export function format(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
