/** The bar: the library's performance goals, each line a ratio of two measurements of one run. */

import type { JobResult, Lane } from '../src/bench/measure.js';
import { countedMedians, format, timeRatio } from '../src/bench/report.js';
import { median, medianRatio } from '../src/bench/statistics.js';
import { textTable } from '../src/bench/text-table.js';
import { EXTENTS, OPERATIONS } from './arithmetic.js';
import { slowest } from './arithmetic-report.js';
import type { BarRow } from './bar-row.js';
import { IMAGE_BAR, IMAGE_GARBAGE } from './image-bar.js';
import { MODEL_BAR } from './model-bar.js';
import { errorsBelow, meanBelow } from './scores.js';
import { scoreName } from './table-fits.js';
import { TABLE_NAMES } from './tables.js';

export const BAR: readonly BarRow[] = [
  {
    title: 'J1 native ÷ C++ reference',
    job: 'j1',
    lane: 'native@1 step',
    base: 'reference@1 step',
    good: 0.85,
    goal: 0.72,
  },
  {
    title: 'J1 native, 2 threads ÷ C++ reference, 1 thread',
    job: 'j1',
    lane: 'native@2 step',
    base: 'reference@1 step',
    good: 0.55,
    goal: 0.45,
  },
  {
    title: 'J1 native ÷ PyTorch eager',
    job: 'j1',
    lane: 'native@1 step',
    base: 'torch@1 step/eager',
    good: 0.38,
    goal: 0.3,
  },
  {
    title: 'J1 native step ÷ its gemm calls alone',
    job: 'j1',
    lane: 'native@1 step',
    base: 'native@1 gemms',
    good: 1.6,
    goal: 1.6,
  },
  {
    title: 'J2 native ÷ C++ reference',
    job: 'j2',
    lane: 'native@1 step',
    base: 'reference@1 step',
    good: 1,
    goal: 0.9,
  },
  {
    title: 'J2 native ÷ C++ reference, 2 threads each',
    job: 'j2',
    lane: 'native@2 step',
    base: 'reference@2 step',
    good: 1,
    goal: 0.9,
  },
  {
    title: 'J3 native ÷ onnxruntime-node, rows per second, batch 100',
    job: 'j3',
    lane: 'native@1 predict:100',
    base: 'onnxruntime@1 predict:100',
    shown: 'rate',
    good: 1.25,
    goal: 1.5,
  },
  {
    title: 'J3 native ÷ onnxruntime-node, rows per second, batch 10,000',
    job: 'j3',
    lane: 'native@1 predict:10000',
    base: 'onnxruntime@1 predict:10000',
    shown: 'rate',
    good: 1.25,
    goal: 1.5,
  },
  {
    title: 'J4 native, predictInto ÷ onnxruntime-node, one row',
    job: 'j4',
    lane: 'native@1 predict:1/into',
    base: 'onnxruntime@1 predict:1',
    good: 0.35,
    goal: 0.2,
  },
  {
    title: 'J4 native, predict ÷ onnxruntime-node, one row',
    job: 'j4',
    lane: 'native@1 predict:1',
    base: 'onnxruntime@1 predict:1',
    good: 0.35,
    goal: 0.2,
  },
  {
    title: 'J1 wasm ÷ tfjs wasm by hand',
    job: 'j1',
    lane: 'wasm@1 step',
    base: 'tfjs-wasm@1 step/by-hand',
    good: 0.14,
    goal: 0.12,
  },
  {
    title: 'J1 js ÷ tfjs cpu core',
    job: 'j1',
    lane: 'js@1 step',
    base: 'tfjs-cpu@1 step/core',
    good: 0.2,
    goal: 0.16,
  },
  {
    title: 'full MNIST, native ÷ the book in NumPy float64',
    job: 'full',
    lane: 'native@1 full',
    base: 'numpy-float64@1 full/book',
    good: 0.22,
    goal: 0.17,
  },
  {
    title: 'full MNIST, native ÷ the book in NumPy float64, 2 threads each',
    job: 'full',
    lane: 'native@2 full',
    base: 'numpy-float64@2 full/book',
    good: 0.22,
    goal: 0.17,
  },
  ...IMAGE_BAR,
  ...EXTENTS.map(
    ([rows, columns]): BarRow => ({
      title: `J7 slowest of ${Object.keys(OPERATIONS).length} operations ÷ NumPy float32, ${rows} × ${columns}`,
      job: 'j7',
      value: slowest(rows, columns),
      good: 2,
      goal: 1,
    }),
  ),
  {
    title: 'J7 a step of chapter 4 with tensors ÷ NumPy float32',
    job: 'j7',
    lane: 'native@1 chapter4',
    base: 'numpy-float32@1 chapter4',
    good: 1.5,
    goal: 0.8,
  },
  {
    title: 'J8 SGD ÷ additions that move as many bytes',
    job: 'j8',
    lane: 'native@1 update:sgd',
    base: 'native@1 additions:sgd',
    good: 1.4,
    goal: 1.2,
  },
  {
    title: 'J8 Momentum ÷ additions that move as many bytes',
    job: 'j8',
    lane: 'native@1 update:momentum',
    base: 'native@1 additions:momentum',
    good: 1.4,
    goal: 1.2,
  },
  {
    title: 'J8 Adam ÷ additions that move as many bytes',
    job: 'j8',
    lane: 'native@1 update:adam',
    base: 'native@1 additions:adam',
    good: 1.4,
    goal: 1.2,
  },
  {
    title: 'Trainer.fit above the bare loop',
    job: 'loop',
    lane: 'native@1 fit',
    base: 'native@1 steps',
    shown: 'overhead',
    good: 0.02,
    goal: 0.01,
  },
  {
    title: 'typed arrays made by a warm step',
    job: 'memory',
    lane: 'native@1 allocations',
    figure: 'typed arrays per step',
    good: 0,
    goal: 0,
  },
  {
    title: 'bytes of JavaScript heap left by a warm step',
    job: 'memory',
    lane: 'native@1 allocations',
    figure: 'heap bytes per step',
    good: 1024,
    goal: 1024,
  },
  ...IMAGE_GARBAGE,
  {
    title: 'p99 event-loop delay during fit, ms',
    job: 'loop',
    lane: 'native@1 fit',
    figure: 'p99 event-loop delay, ms',
    good: 15,
    goal: 10,
  },
  ...TABLE_NAMES.map(
    (name): BarRow => ({
      title: `a fit of ${name} ÷ scikit-learn`,
      job: 'sklearn',
      lane: `native@1 fit:${name}`,
      base: `sklearn@1 fit:${name}`,
      good: 0.25,
      goal: 0.25,
    }),
  ),
  ...TABLE_NAMES.map(
    (name): BarRow => ({
      title: `${scoreName(name)} of ${name} below scikit-learn, in standard errors`,
      job: 'sklearn',
      value: errorsBelow(name),
      good: 2,
      goal: 2,
    }),
  ),
  {
    title: 'mean score of the five tables below scikit-learn',
    job: 'sklearn',
    value: meanBelow,
    good: 0.005,
    goal: 0.005,
  },
  ...MODEL_BAR,
];

/** The value of a row, or undefined where one of its lanes was not measured. */
export function barValue(row: BarRow, results: readonly JobResult[]): number | undefined {
  const result = results.find(({ name }) => name === row.job);
  if (result === undefined) return undefined;
  const find = (id: string): Lane | undefined =>
    result.lanes.find((lane) => lane.id === id && lane.failure === undefined && lane.timings.length > 0);
  if (row.value !== undefined) return row.value(result);
  const lane = find(row.lane!);
  if (lane === undefined) return undefined;
  if (row.bestOf !== undefined) {
    const best = Math.min(...row.bestOf.flatMap((id) => find(id)?.timings.map((timing) => timing.median) ?? []));
    return Number.isFinite(best) ? median(countedMedians(lane)) / best : undefined;
  }
  if (row.base === undefined) return medianFigure(lane, row.figure!);
  const base = find(row.base);
  if (base === undefined) return undefined;
  if (row.figure !== undefined) return figureRatio(lane, base, row.figure);
  const ratio = timeRatio(lane, base);
  if (row.shown === 'rate') return 1 / ratio;
  return row.shown === 'overhead' ? ratio - 1 : ratio;
}

/** The median over the rounds that have the figure: a run may not have come so far. */
function medianFigure({ timings }: Lane, name: string): number | undefined {
  const values = timings.flatMap(({ figures }) => figures?.[name] ?? []);
  return values.length === 0 ? undefined : median(values);
}

/** The median of the ratios of the rounds in which both sides have the figure. */
function figureRatio(lane: Lane, base: Lane, name: string): number | undefined {
  const figures = ({ timings }: Lane) => timings.map((timing) => timing.figures?.[name]);
  const ratio = medianRatio(figures(lane), figures(base), [...lane.timings.keys()]);
  return Number.isNaN(ratio) ? undefined : ratio;
}

/** Every row of the bar for which something was measured, including those we miss. */
export function reportBar(results: readonly JobResult[]): string {
  const measured = new Set(results.map(({ name }) => name));
  const rows = BAR.filter(({ job }) => measured.has(job)).map((row) => {
    const value = barValue(row, results);
    const sign = row.shown === 'rate' ? '≥' : '≤';
    return [
      row.title,
      value === undefined ? 'not measured' : format(value),
      `${sign} ${row.good}`,
      `${sign} ${row.goal}`,
      verdict(row, value),
    ];
  });
  return rows.length === 0 ? '' : textTable(['the bar', 'measured', 'good', 'goal', ''], rows) + '\n';
}

function verdict({ shown, good, goal }: BarRow, value: number | undefined): string {
  if (value === undefined) return '';
  const reaches = (mark: number): boolean => (shown === 'rate' ? value >= mark : value <= mark);
  if (reaches(goal)) return 'goal';
  return reaches(good) ? 'good' : 'missed';
}
