/** The comparison with scikit-learn: scores on every table, paired by split, and what the bar asks of them. */

import type { JobResult, Lane } from '../src/bench/measure.js';
import { format, timeRatio } from '../src/bench/report.js';
import { textTable } from '../src/bench/text-table.js';
import { type PairedDifference, resampledTTest } from './resampled-t-test.js';
import { scoreName } from './table-fits.js';
import { FOLDS, TABLE_NAMES, type TableName } from './tables.js';

/** Ids of the systems that are compared. */
const OURS = 'native@1';
const THEIRS = 'sklearn@1';

/** Training rows of which a fold is left out: one part of them to k − 1. */
const TESTED_PER_TRAINED = 1 / (FOLDS - 1);

export interface ScoreComparison {
  readonly name: TableName;
  /** Mean scores over the rounds. */
  readonly ours: number;
  readonly theirs: number;
  readonly difference: PairedDifference;
  /** Our time of a fit ÷ theirs. */
  readonly time: number;
}

/** undefined where one of the two was not measured. */
export function compareScores(result: JobResult, name: TableName, ours = OURS): ScoreComparison | undefined {
  const find = (system: string): Lane | undefined =>
    result.lanes.find(({ id, failure, timings }) => {
      return id === `${system} fit:${name}` && failure === undefined && timings.length > 1;
    });
  const [a, b] = [find(ours), find(THEIRS)];
  if (a === undefined || b === undefined) return undefined;
  const [scoresA, scoresB] = [a, b].map(({ timings }) => timings.map(({ figures }) => figures![scoreName(name)]!));
  return {
    name,
    ours: meanOf(scoresA!),
    theirs: meanOf(scoresB!),
    difference: resampledTTest(scoresA!, scoresB!, TESTED_PER_TRAINED),
    time: timeRatio(a, b),
  };
}

/** How many standard errors we are below scikit-learn on a table. */
export function errorsBelow(name: TableName): (result: JobResult) => number | undefined {
  return (result) => {
    const compared = compareScores(result, name);
    return compared === undefined ? undefined : -compared.difference.t;
  };
}

/** How far the mean of our scores over all tables is below scikit-learn's. */
export function meanBelow(result: JobResult): number | undefined {
  const compared = TABLE_NAMES.map((name) => compareScores(result, name));
  if (compared.includes(undefined)) return undefined;
  return -meanOf(compared.map((one) => one!.difference.mean));
}

/** One line for each table and backend. */
export function reportScores(result: JobResult): string {
  const systems = [OURS, 'wasm@1'];
  const rows = TABLE_NAMES.flatMap((name) =>
    systems.flatMap((system) => {
      const compared = compareScores(result, name, system);
      if (compared === undefined) return [];
      const { ours, theirs, difference, time } = compared;
      return [
        [
          `${name}, ${scoreName(name)}`,
          system,
          ours.toFixed(4),
          theirs.toFixed(4),
          signed(difference.mean),
          difference.standardError.toFixed(4),
          signed(difference.t, 2),
          format(time),
          '',
        ],
      ];
    }),
  );
  if (rows.length === 0) return '';
  const head = ['score on held-out rows', '', 'mean', THEIRS, 'difference', 'std. error', 't', `time ÷ ${THEIRS}`, ''];
  return textTable(head, rows) + '\n';
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function signed(value: number, digits = 4): string {
  return (value < 0 ? '−' : '+') + Math.abs(value).toFixed(digits);
}
