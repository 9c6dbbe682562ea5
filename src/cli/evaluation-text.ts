/** The figures of a table's rows as lines for people. */

import Table from 'cli-table3';
import type { TableEvaluation } from '../index.js';
import { figureName } from '../table/model-summary.js';
import { onOneLine } from '../table/table-text.js';
import { formatCounted } from './numbers.js';

/** The most classes whose confusion matrix fits into a terminal. */
const MOST_CLASSES = 12;

/** The figures by name, without those that are undefined; of two classes, it is told of which one. */
export function figuresOf(evaluation: TableEvaluation): Record<string, number> {
  const numbers = Object.entries(evaluation).filter(([name, value]) => typeof value === 'number' && name !== 'rows');
  return Object.fromEntries(numbers.map(([name, value]) => [figureName(name, evaluation), value as number]));
}

export function evaluationLines(evaluation: TableEvaluation): string[] {
  const figures = Object.entries(figuresOf(evaluation)).map(
    ([name, value]) => `${name} ${Number(value.toPrecision(4))}`,
  );
  const lines = [`${formatCounted(evaluation.rows, 'row')}: ${figures.join(', ')}`];
  if (!('classes' in evaluation) || evaluation.classes.length > MOST_CLASSES) return lines;
  const { classes, confusionMatrix } = evaluation;
  const names = classes.map(onOneLine);
  const table = new Table({
    head: ['true \\ predicted', ...names],
    colAligns: ['left', ...names.map(() => 'right' as const)],
    style: { compact: true, head: [], border: [] },
  });
  confusionMatrix.forEach((row, i) => {
    table.push([names[i]!, ...row.map(String)]);
  });
  return [...lines, table.toString()];
}
