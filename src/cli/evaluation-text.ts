/** The figures of a table's rows as lines for people. */

import Table from 'cli-table3';
import type { TableEvaluation } from '../index.js';
import { formatCount } from './numbers.js';

/** The most classes whose confusion matrix fits into a terminal. */
const MOST_CLASSES = 12;

/** The figures by name, without what is no figure. */
export function figuresOf(evaluation: TableEvaluation): Record<string, number> {
  const numbers = Object.entries(evaluation).filter(([name, value]) => typeof value === 'number' && name !== 'rows');
  return Object.fromEntries(numbers) as Record<string, number>;
}

export function evaluationLines(evaluation: TableEvaluation): string[] {
  const figures = Object.entries(figuresOf(evaluation)).map(
    ([name, value]) => `${name} ${Number(value.toPrecision(4))}`,
  );
  const lines = [`${formatCount(evaluation.rows)} rows: ${figures.join(', ')}`];
  if (!('classes' in evaluation) || evaluation.classes.length > MOST_CLASSES) return lines;
  const { classes, confusionMatrix } = evaluation;
  const table = new Table({
    head: ['true \\ predicted', ...classes],
    colAligns: ['left', ...classes.map(() => 'right' as const)],
    style: { compact: true, head: [], border: [] },
  });
  confusionMatrix.forEach((row, i) => {
    table.push([classes[i]!, ...row.map(String)]);
  });
  return [...lines, table.toString()];
}
