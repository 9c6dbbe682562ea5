/** What is printed of a job: one table for each measure, fastest first, including the cases we lose. */

import type { Noise } from './calibration.js';
import { type Job, type Measure, stepFlops, type Unit } from './jobs.js';
import { commonRounds, countedRounds, entrantId, type JobResult, type Lane } from './measure.js';
import { median, medianRatio, spread } from './statistics.js';
import { textTable } from './text-table.js';

/** The systems that ratios are relative to, in order of preference, on one thread. */
const YARDSTICKS = ['reference@1', 'native@1', 'js@1'] as const;

/** Microseconds converted to the unit; `work` is the work of one operation. */
export function inUnit(microseconds: number, unit: Unit, work = 1): number {
  if (unit === 'µs') return microseconds;
  if (unit === 'ms') return microseconds / 1e3;
  if (unit === 's') return microseconds / 1e6;
  if (unit === 'M rows/s') return work / microseconds;
  if (unit === 'rows/s') return (work * 1e6) / microseconds;
  if (unit === 'GFLOP/s') return work / (microseconds * 1e3);
  return Number.NaN;
}

/** The medians of a lane's rounds that count, in microseconds. */
export function countedMedians(lane: Lane): number[] {
  return countedRounds(lane).map((round) => lane.timings[round]!.median);
}

/** Time of `lane` ÷ time of `base`, round by round. */
export function timeRatio(lane: Lane, base: Lane): number {
  const medians = ({ timings }: Lane): number[] => timings.map((timing) => timing.median);
  return medianRatio(medians(lane), medians(base), commonRounds(lane, base));
}

export function reportJob(result: JobResult): string {
  const { job } = result;
  const lines = [
    job.title,
    `${result.data}; ${result.rounds} ${result.rounds === 1 ? 'round' : 'rounds'}`,
    ...noiseLines(result),
    '',
  ];
  for (const measure of job.measures) {
    const lanes = result.lanes.filter((lane) => lane.measure === measure);
    if (lanes.length > 0 && job.inOneTable !== true) lines.push(measureTable(measure, lanes, job), '');
  }
  if (job.inOneTable === true) lines.push(...result.lanes.flatMap(failureLine));
  for (const { entrant, reason } of result.absent) lines.push(`not here: ${entrantId(entrant)}: ${reason}`);
  return lines.join('\n').trimEnd() + '\n';
}

/** What the calibrations measured, and how many turns were noisy. */
function noiseLines({ lanes, noise }: JobResult): string[] {
  const timed = lanes.filter(succeeded);
  const kinds = [
    { cores: 'one core', of: timed.filter(({ entrant }) => entrant.threads === 1), range: range(noise, 'one') },
    { cores: 'two cores at once', of: timed.filter(({ entrant }) => entrant.threads > 1), range: range(noise, 'two') },
  ];
  return kinds
    .filter(({ of }) => of.length > 0)
    .map(({ cores, of, range }) => {
      const turns = of.reduce((sum, { timings }) => sum + timings.length, 0);
      const noisy = turns - of.reduce((sum, { calm }) => sum + calm.length, 0);
      return `noise: a fixed loop on ${cores} takes ${range}; ${noisy === 0 ? 'every turn was calm' : `${noisy} of ${turns} turns were noisy`}`;
    });
}

function range({ usual, slow }: Noise, cores: 'one' | 'two'): string {
  return `${format(usual[cores])} ms, at times ${format(slow[cores])}`;
}

function measureTable(measure: Measure, lanes: readonly Lane[], job: Job): string {
  const base = YARDSTICKS.flatMap((name) => lanes.filter(({ entrant }) => entrantId(entrant) === name)).find(succeeded);
  if (measure.unit === 'figures') return figuresTable(measure, lanes.filter(succeeded), job);
  const flops = measure.workload === 'step' ? stepFlops(job.net) : undefined;
  const timed = lanes
    .filter(succeeded)
    .map((lane) => ({ lane, microseconds: median(countedMedians(lane)) }))
    .sort((a, b) => a.microseconds - b.microseconds);
  const rows = timed.map(({ lane, microseconds }) => {
    const shown = (value: number): string => format(inUnit(value, measure.unit, measure.work));
    return [
      name(lane),
      String(lane.entrant.threads),
      shown(microseconds),
      shown(Math.min(...lane.timings.map(({ min }) => min))),
      `${(100 * spread(countedMedians(lane))).toFixed(0)} %`,
      ...(flops === undefined ? [] : [format(inUnit(microseconds, 'GFLOP/s', flops))]),
      base === undefined ? '' : format(timeRatio(lane, base)),
      notes(lane, job),
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
  return [textTable(head, rows), ...lanes.flatMap(failureLine)].join('\n');
}

function failureLine(lane: Lane): string[] {
  return succeeded(lane) ? [] : [`no time for ${lane.id}: ${lane.failure}`];
}

function figuresTable(measure: Measure, lanes: readonly Lane[], job: Job): string {
  const rows = lanes.map((lane) => [name(lane), String(lane.entrant.threads), figures(lane, job).join(', ')]);
  return textTable([measure.title, 'threads', ''], rows);
}

function succeeded({ failure, timings }: Lane): boolean {
  return failure === undefined && timings.length > 0;
}

function name({ entrant, variant }: Lane): string {
  return variant === '' ? entrant.title : `${entrant.title}, ${variant}`;
}

/** Figures, the accuracy of a system that draws its own batches, and what was left out. */
function notes(lane: Lane, job: Job): string {
  const { accuracy, calm, timings } = lane;
  const noisy = timings.length - calm.length;
  const kept = countedRounds(lane).length === timings.length;
  return [
    ...figures(lane, job),
    ...(accuracy === undefined ? [] : [`own batches, accuracy ${format(accuracy)}`]),
    ...(noisy === 0
      ? []
      : [`${noisy} noisy ${noisy === 1 ? 'turn' : 'turns'} ${kept ? 'kept: read with care' : 'left out'}`]),
  ].join(', ');
}

/** Figures of the last round; of a job of many cases, their means over the rounds. */
function figures({ timings }: Lane, { cases }: Job): string[] {
  return Object.entries(timings.at(-1)!.figures ?? {}).map(([title, last]) => {
    if (cases === undefined) return `${title} ${format(last)}`;
    const sum = timings.reduce((total, timing) => total + timing.figures![title]!, 0);
    return `mean ${title} ${format(sum / timings.length)}`;
  });
}

/** Three significant digits, without an exponent: 128, 13.7, 0.854, 14,800. */
export function format(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
