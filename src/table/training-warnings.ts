/** What looked wrong at the end of a training, with remedies that a `TableModel` has. */

import { show } from '../errors.js';
import type { Network } from '../models/network.js';
import type { Finding } from '../trainer/warnings.js';
import type { TableColumn } from './columns.js';
import type { Preprocessor } from './preprocessor.js';
import type { TargetEncoding } from './target-encoding.js';

/** What the numbers of a finding stand for. */
interface Trained {
  readonly target: TargetEncoding;
  readonly preprocessor: Preprocessor;
}

const LONGER = 'Try another learningRate, or more epochs';

/** The warning, or undefined for what cannot be wrong here: columns and targets are standardised, classes have names. */
export function tableWarning(finding: Finding, { target, preprocessor }: Trained): string | undefined {
  switch (finding.is) {
    case 'one answer': {
      const name = 'classes' in target ? show(target.classes[finding.label]) : finding.label;
      const share = `${(100 * finding.share).toFixed(1)} %`;
      const remedy =
        finding.balance === true
          ? "Train with classWeights: 'balanced', because the classes have very different numbers of rows; or with another learningRate, or more epochs"
          : LONGER;
      return `The model gives every training row the class ${name}, which is right for ${share} of them. ${remedy}`;
    }
    case 'poor fit':
      return `Of ${finding.rows} training rows the model explains less than their mean does (r2Score ${short(finding.r2)}). ${LONGER}, or a smaller weightDecay`;
    case 'dead layer':
      return `Layer ${finding.layer} (${finding.name}) is dead: its output is the same for every row. Use a smaller learningRate, another activation, or another seed`;
    case 'wild columns': {
      const { column, deviation } = finding.narrowest;
      const { name } = preprocessor.columns.find(({ at, width }) => column < at + width)!.encoding;
      return `Column ${show(name)} hardly differs among most rows (${short(deviation)} of its standard deviation): a few values lie very far out. Train with limitOutliers: true, or give its logarithm`;
    }
    default:
      return undefined;
  }
}

/** Where more of the training rows than this are limited, that may be what the column is like rather than errors. */
const MANY = 0.01;

/** A warning for each column of numbers of which many values are limited: only the user can tell whether they are right. */
export function limitedColumns(
  columns: readonly TableColumn[],
  rows: Int32Array,
  { encodings }: Preprocessor,
): readonly string[] {
  return encodings.flatMap((encoding) => {
    if (encoding.kind !== 'number') return [];
    const { name, low, high } = encoding;
    const { values } = columns.find((column) => column.name === name)!;
    let limited = 0;
    for (let i = 0; i < rows.length; i++) {
      const value = values[rows[i]!] as number;
      if (value < low || value > high) limited++;
    }
    if (limited <= MANY * rows.length) return [];
    const share = `${((100 * limited) / rows.length).toFixed(1)} %`;
    return [
      `${share} of the values of column ${show(name)} lie far from the others and count as ${short(low)} or ${short(high)}. If they are right, train with limitOutliers: false, or give the logarithm`,
    ];
  });
}

/** Whether a loss is above that of an answer without looking at the row: the same probability for every class, or the mean of the training. */
export function isWorseThanAGuess({ kind, outputSize }: Pick<Network, 'kind' | 'outputSize'>, loss: number): boolean {
  return loss > (kind === 'regression' ? 0.5 : Math.log(outputSize!));
}

/** What a `partialFit` did. */
interface Learned {
  readonly rows: number;
  readonly lossBefore: number;
  readonly loss: number;
  readonly learningRate: number;
}

/** The warning about a `partialFit` that has made a model worse than a guess. */
export function ruined({ rows, lossBefore, loss, learningRate }: Learned): string {
  return `partialFit has made the model worse than a guess: the loss of the ${rows} ${rows === 1 ? 'row' : 'rows'} that it was given rose from ${short(lossBefore)} to ${short(loss)}. Its learningRate, ${short(learningRate)}, is too large: go back to a saved model, and use a smaller one`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
