/** TableModel beside scikit-learn's pipelines: scores on every table, paired by split. */

import type { JobResult, Lane } from '../src/bench/measure.js';
import { format, timeRatio } from '../src/bench/report.js';
import { textTable } from '../src/bench/text-table.js';
import { MODEL_TABLES, type ModelTable, modelScoreName } from './model-fits.js';
import { type PairedDifference, resampledTTest } from './resampled-t-test.js';
import { FOLDS } from './tables.js';

export interface ModelComparison {
  readonly name: ModelTable;
  /** Mean scores over the rounds. */
  readonly ours: number;
  readonly theirs: number;
  /** Of gradient-boosted trees, where they were measured. */
  readonly trees: number | undefined;
  readonly difference: PairedDifference;
  /** Our time of a fit ÷ theirs. */
  readonly time: number;
}

/** undefined where one of the two was not measured. */
export function compareModels(result: JobResult, name: ModelTable): ModelComparison | undefined {
  const find = (system: string): Lane | undefined =>
    result.lanes.find(({ id, failure, timings }) => {
      return id === `${system}@1 model:${name}` && failure === undefined && timings.length > 1;
    });
  const scoresOf = ({ timings }: Lane): number[] => timings.map(({ figures }) => figures![modelScoreName(name)]!);
  const [a, b, trees] = ['native', 'sklearn', 'sklearn-trees'].map(find);
  if (a === undefined || b === undefined) return undefined;
  return {
    name,
    ours: meanOf(scoresOf(a)),
    theirs: meanOf(scoresOf(b)),
    trees: trees && meanOf(scoresOf(trees)),
    difference: resampledTTest(scoresOf(a), scoresOf(b), 1 / (FOLDS - 1)),
    time: timeRatio(a, b),
  };
}

/** How many standard errors TableModel is below the pipeline of scikit-learn's network on a table. */
export function modelErrorsBelow(name: ModelTable): (result: JobResult) => number | undefined {
  return (result) => {
    const compared = compareModels(result, name);
    return compared === undefined ? undefined : -compared.difference.t;
  };
}

/** How far the mean of its scores over all tables is below that of the pipelines. */
export function modelMeanBelow(result: JobResult): number | undefined {
  const compared = MODEL_TABLES.map((name) => compareModels(result, name));
  if (compared.includes(undefined)) return undefined;
  return -meanOf(compared.map((one) => one!.difference.mean));
}

/** One line for each table. */
export function reportModels(result: JobResult): string {
  const compared = MODEL_TABLES.map((name) => compareModels(result, name)).filter((one) => one !== undefined);
  if (compared.length === 0) return '';
  const rows = compared.map(({ name, ours, theirs, trees, difference, time }) => [
    `${name}, ${modelScoreName(name)}`,
    ours.toFixed(4),
    theirs.toFixed(4),
    trees?.toFixed(4) ?? '',
    difference.standardError.toFixed(4),
    difference.t.toFixed(2),
    format(time),
    '',
  ]);
  const head = ['score on held-out rows', 'TableModel', 'MLP pipeline', 'trees', 'std. error', 't', 'time ÷ MLP', ''];
  const mean = meanOf(compared.map(({ difference }) => difference.mean));
  return `${textTable(head, rows)}\nmean difference over the tables: ${mean.toFixed(4)}\n`;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
