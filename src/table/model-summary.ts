/** A model of a table at a glance: what becomes of each column, the network, and every setting it was trained with. */

import { counted, show } from '../errors.js';
import type { Summary } from '../models/summary.js';
import { showAsText } from '../show-as-text.js';
import { type ColumnEncoding, placesOf, widthOf } from './column-encoding.js';
import type { TableEvaluation } from './table-evaluation.js';
import { onOneLine } from './table-text.js';
import type { TableModelHistory, TableModelSettings } from './table-training.js';
import type { TargetEncoding } from './target-encoding.js';
import type { TableTask } from './training-options.js';

/** What a summary is made of. */
export interface TableModelSummaryParts {
  readonly task: TableTask;
  readonly target: TargetEncoding;
  readonly columns: readonly ColumnEncoding[];
  /** Words that stand for a missing value. */
  readonly missing: readonly string[];
  readonly network: Summary;
  readonly settings: TableModelSettings;
  readonly history: TableModelHistory;
  /** Of the validation rows. */
  readonly metrics: TableEvaluation | undefined;
  readonly warnings: readonly string[];
}

/** The most classes that are listed. */
const LISTED = 8;

/** `String(model.summary())` is a text; its fields are plain data. */
export class TableModelSummary implements TableModelSummaryParts {
  declare readonly task: TableTask;
  declare readonly target: TargetEncoding;
  declare readonly columns: readonly ColumnEncoding[];
  declare readonly missing: readonly string[];
  declare readonly network: Summary;
  declare readonly settings: TableModelSettings;
  declare readonly history: TableModelHistory;
  declare readonly metrics: TableEvaluation | undefined;
  declare readonly warnings: readonly string[];

  constructor(parts: TableModelSummaryParts) {
    Object.assign(this, parts);
  }

  /** The text. */
  toString(): string {
    const { columns, missing, settings, metrics, warnings } = this;
    const widths = [
      Math.max(...columns.map(({ name }) => onOneLine(name).length)),
      Math.max(...columns.map(({ kind }) => kind.length)),
    ] as const;
    return [
      `TableModel, ${this.task} of ${describeTarget(this.target)}`,
      `columns${missing.length === 0 ? '' : `, a cell is missing also as ${missing.map((word) => show(word)).join(', ')}`}`,
      ...columns.map(
        (column) =>
          `  ${onOneLine(column.name).padEnd(widths[0])}  ${column.kind.padEnd(widths[1])}  ${describeColumn(column)}`,
      ),
      String(this.network),
      'training',
      ...describeSettings(settings, this.history).map((line) => `  ${line}`),
      ...(metrics === undefined ? [] : [`validation: ${describeMetrics(metrics)}`]),
      ...warnings.map((warning) => `warning: ${warning}`),
    ].join('\n');
  }
}

showAsText(TableModelSummary);

function describeTarget(target: TargetEncoding): string {
  const name = onOneLine(target.name);
  if (!('classes' in target)) return `${name}, mean ${short(target.mean)} ± ${short(target.deviation)}`;
  const { classes } = target;
  const more = classes.length > LISTED ? `, … (${classes.length})` : '';
  return `${name}: ${classes.slice(0, LISTED).map(onOneLine).join(', ')}${more}`;
}

function describeColumn(column: ColumnEncoding): string {
  if (column.kind === 'number') {
    const { mean, deviation, fill, marksMissing } = column;
    const marked = marksMissing ? ' and marked' : '';
    return `standardised, mean ${short(mean)} ± ${short(deviation)}; missing: ${short(fill)}${marked}`;
  }
  const { categories, rare, missing, form } = column;
  const together = rare === 0 ? '' : rare === 1 ? ' and 1 rare one' : ` and ${rare} rare ones together`;
  const kept = `${counted(categories.length, 'category', 'categories')}${together}`;
  const how = form === 'oneHot' ? `one-hot in ${widthOf(column)}` : `embedding of ${placesOf(column)}`;
  return `${how}: ${kept}; missing: ${missing === null ? 'a category of its own' : onOneLine(missing)}`;
}

function describeSettings(
  settings: TableModelSettings,
  { epochs, bestEpoch, stoppedEarly, seconds }: TableModelHistory,
): string[] {
  const { trainingRows, validationRows, batchSize, learningRate, weightDecay, patience, dropout, seed } = settings;
  const { classWeights, limitOutliers, rareBelow, embeddingFrom, hiddenSizes, activation, warmUpEpochs } = settings;
  return [
    `rows: ${trainingRows} to learn from, ${validationRows} to validate on; seed ${seed}`,
    `hidden layers: ${hiddenSizes.length === 0 ? 'none' : `${hiddenSizes.join(', ')}, ${activation}`}, dropout ${dropout}`,
    `AdamW: learning rate ${learningRate}, ${warmUpEpochs === 0 ? '' : `risen to in ${counted(warmUpEpochs, 'epoch')}, `}falling to 0 along a cosine; β ${settings.beta1} and ${settings.beta2}; weight decay ${short(weightDecay)}; batches of ${batchSize}`,
    `epochs: ${epochs.at(-1)?.epoch ?? 0} of at most ${settings.epochs}${stoppedEarly ? ', stopped early' : ''}; the weights of epoch ${bestEpoch}; ${seconds.toFixed(2)} s`,
    `early stopping: ${patience === false ? 'no' : `after ${counted(patience, 'epoch')} without a lower validation loss`}`,
    ...(classWeights === undefined
      ? []
      : [`class weights: ${classWeights === 'balanced' ? classWeights : JSON.stringify(classWeights)}`]),
    `columns: far numbers ${limitOutliers ? 'limited' : 'kept'}, categories of fewer than ${counted(rareBelow, 'row')} together, embeddings from ${embeddingFrom} on`,
  ];
}

/** `accuracy 0.960, f1Score of "yes" 0.958`, or `rmse 53.2, r2Score 0.512`. */
export function describeMetrics(metrics: TableEvaluation): string {
  const shown: readonly (readonly [string, number | undefined])[] =
    'accuracy' in metrics
      ? [
          ['accuracy', metrics.accuracy],
          ['majority', metrics.majority],
          [figureName('f1Score', metrics), metrics.f1Score],
          ['loss', metrics.loss],
        ]
      : [
          ['rmse', metrics.rmse],
          ['mae', metrics.mae],
          ['r2Score', metrics.r2Score],
        ];
  return shown
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${short(value!)}`)
    .join(', ');
}

/** `precision of "yes"`: those of two classes are of one of them. Other figures have their own name. */
export function figureName(figure: string, evaluation: TableEvaluation): string {
  const positive = 'positiveClass' in evaluation ? evaluation.positiveClass : undefined;
  const isOfOne = ['precision', 'recall', 'f1Score'].includes(figure) && positive !== undefined;
  return isOfOne ? `${figure} of ${JSON.stringify(onOneLine(positive))}` : figure;
}

/** Four digits. */
function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
