/** The numbers of a report: what the page shows, and what the JSON file beside it holds. */

import { FIGURES } from '../metrics/precision-recall.js';
import type {
  ReportClassification,
  ReportImportance,
  ReportInput,
  ReportMistake,
  ReportRegression,
} from './report-input.js';
import { thinned } from './thinned.js';

/** The most rows of a regression that are kept. */
const MOST_ROWS = 2000;

/** How one class fares. */
export interface ClassFigures {
  readonly name: string;
  /** Rows of this class. */
  readonly rows: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1Score: number;
}

/** What is shown of a classifier. */
export interface ClassificationData extends ReportClassification {
  readonly perClass: readonly ClassFigures[];
}

/** What is shown of a regression: all rows, or evenly spaced ones, as [actual, predicted]. */
export interface RegressionData extends Omit<ReportRegression, 'actual' | 'predicted'> {
  /** How many rows there are. */
  readonly count: number;
  readonly points: readonly (readonly [number, number])[];
}

/** What is shown. */
export interface ReportData extends Omit<ReportInput, 'evaluation'> {
  readonly evaluation?: ClassificationData | RegressionData;
}

export function reportDataOf({ evaluation, importance, ...rest }: ReportInput): ReportData {
  return {
    ...rest,
    ...(evaluation === undefined
      ? {}
      : { evaluation: evaluation.kind === 'classification' ? classified(evaluation) : predicted(evaluation) }),
    ...(importance === undefined ? {} : { importance: sorted(importance) }),
  };
}

/** The JSON file: everything but the images. */
export function jsonOf({ mistakes, ...data }: ReportData): string {
  const plain = mistakes?.map(({ image, ...mistake }: ReportMistake) => mistake);
  return `${JSON.stringify({ format: 1, ...data, ...(plain === undefined ? {} : { mistakes: plain }) }, null, 1)}\n`;
}

function classified(evaluation: ReportClassification): ClassificationData {
  const { classes, confusionMatrix } = evaluation;
  const perClass = classes.map((name, k): ClassFigures => {
    const right = confusionMatrix[k]![k]!;
    const rows = confusionMatrix[k]!.reduce((sum, count) => sum + count, 0);
    const answers = confusionMatrix.reduce((sum, row) => sum + row[k]!, 0);
    const { precision, recall, f1Score } = FIGURES;
    return {
      name,
      rows,
      precision: precision(right, answers),
      recall: recall(right, answers, rows),
      f1Score: f1Score(right, answers, rows),
    };
  });
  return { ...evaluation, perClass };
}

function predicted({ actual, predicted, ...rest }: ReportRegression): RegressionData {
  const rows = Array.from({ length: actual.length }, (_, row) => row);
  const points = thinned(rows, MOST_ROWS).map((row) => [actual[row]!, predicted[row]!] as const);
  return { ...rest, count: actual.length, points };
}

function sorted({ columns, ...rest }: ReportImportance): ReportImportance {
  return { ...rest, columns: [...columns].sort((a, b) => b.mean - a.mean) };
}
