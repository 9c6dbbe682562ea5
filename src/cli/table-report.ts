/** The report of `zerokara train` on a table. */

import type { AnyTableModel, Row, Table } from '../index.js';
import type { ReportInput, ReportMistake, ReportValue } from '../report/report-input.js';
import { environmentOf } from './environment.js';
import { figuresOf } from './evaluation-text.js';
import { warningInFlags } from './flag-errors.js';
import { formatCounted } from './numbers.js';
import type { Parts } from './table-parts.js';

/** The most mistakes that are shown. */
const MOST_MISTAKES = 30;

/** @param parts the rows that the model was trained on and those that it is judged by, all with a target */
export async function tableReport(model: AnyTableModel, file: string, parts: Parts): Promise<ReportInput> {
  const { test: table } = parts;
  const { target, task, settings, history, columns, net } = model;
  const rows = `${formatCounted(table.length, 'held-out row')}`;
  const importance = await model.permutationImportance(table, { seed: settings.seed });
  return {
    title: `${target} of ${file}`,
    description: `A ${task} by ${formatCounted(columns.length, 'column')}, trained on ${formatCounted(settings.trainingRows, 'row')}.`,
    history: { epochs: history.epochs, warnings: [...parts.warnings, ...model.warnings].map(warningInFlags) },
    ...answersOf(model, table, rows),
    importance: {
      metric: task === 'classification' ? 'accuracy' : 'R²',
      columns: importance.map(({ column, importance: mean, deviation }) => ({ name: column, mean, deviation })),
    },
    layers: net.summary().layers,
    settings: settingsOf(model),
    environment: environmentOf(net, history.seconds),
  };
}

function answersOf(model: AnyTableModel, table: Table, rows: string): Pick<ReportInput, 'evaluation' | 'mistakes'> {
  const actual: (string | number | null)[] = [...table.column(model.target).values];
  if (model.task === 'regression') {
    const predicted = model.predict(table);
    const wrong = predicted.map((value, row) => ({ row, error: Math.abs(value - Number(actual[row])) }));
    return {
      evaluation: {
        kind: 'regression',
        rows,
        target: model.target,
        actual: actual.map(Number),
        predicted,
        metrics: figuresOf(model.evaluate(table)),
      },
      mistakes: wrong
        .sort((a, b) => b.error - a.error)
        .slice(0, MOST_MISTAKES)
        .map(({ row }) => mistake(model, table, row, Number(actual[row]), predicted[row]!)),
    };
  }
  const { classes, confusionMatrix, ...figures } = model.evaluate(table);
  const answers = model.predict(table).map((answer, row) => ({ ...answer, row, actual: String(actual[row]) }));
  return {
    evaluation: {
      kind: 'classification',
      rows,
      classes,
      confusionMatrix,
      metrics: figuresOf({ ...figures, classes, confusionMatrix }),
    },
    mistakes: answers
      .filter(({ label, actual: truth }) => label !== truth)
      .sort((a, b) => b.probability - a.probability)
      .slice(0, MOST_MISTAKES)
      .map(({ row, label, actual: truth, probability }) => ({
        ...mistake(model, table, row, truth, label),
        probability,
      })),
  };
}

function mistake(
  { columns }: AnyTableModel,
  table: Table,
  row: number,
  actual: string | number,
  predicted: string | number,
): ReportMistake {
  const cells: Row = table.row(row);
  const used = columns.map(({ name }): [string, ReportValue] => [name, cells[name] ?? null]);
  return { row, actual, predicted, cells: Object.fromEntries(used) };
}

function settingsOf({ settings, missing }: AnyTableModel): Record<string, ReportValue> {
  const plain = (value: unknown): ReportValue =>
    typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as ReportValue);
  const shown = missing.length === 0 ? settings : { ...settings, missing };
  return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, plain(value)]));
}
