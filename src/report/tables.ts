/** The tables of a report. */

import type { SummaryRow } from '../models/summary.js';
import type { EpochRecord } from '../trainer/epoch-record.js';
import { formatNumber, number, shown } from './format.js';
import { EMPTY, type Html, html } from './html.js';
import type { ClassFigures } from './report-data.js';
import type { ColumnImportance, ReportMistake, ReportValue } from './report-input.js';
import { thinned } from './thinned.js';

/** The most rows of a table of epochs. */
const MOST_EPOCHS = 200;

/** The most columns of a mistake that are shown. */
const MOST_CELLS = 30;

interface Column<T> {
  readonly title: string;
  /** Texts are aligned to the left. */
  readonly words?: true;
  cell(row: T): Html;
}

/** A table that scrolls within itself where it is larger than its place. */
function table<T>(columns: readonly Column<T>[], rows: readonly T[]): Html {
  const head = columns.map(({ title, words }) => html`<th${words ? EMPTY : html` class="number"`}>${title}</th>`);
  const body = rows.map((row) => {
    const cells = columns.map(({ words, cell }) => html`<td class="${words ? 'words' : 'number'}">${cell(row)}</td>`);
    return html`<tr>${cells}</tr>\n`;
  });
  return html`<div class="scroll"><table><thead><tr>${head}</tr></thead>
<tbody>${body}</tbody></table></div>`;
}

/** Names and values. */
export function pairs(values: Readonly<Record<string, ReportValue>>): Html {
  const rows = Object.entries(values).map(([name, value]) => html`<tr><th>${name}</th><td>${shown(value)}</td></tr>\n`);
  return html`<table class="pairs"><tbody>${rows}</tbody></table>`;
}

const optional = (value: number | undefined): Html => (value === undefined ? html`–` : number(value));

const EPOCH_COLUMNS: readonly (Column<EpochRecord> & { readonly of: (record: EpochRecord) => number | undefined })[] = (
  [
    ['epoch', (record) => record.epoch],
    ['step', (record) => record.step],
    ['training loss', (record) => record.trainLoss],
    ['training accuracy', (record) => record.trainAccuracy],
    ['validation loss', (record) => record.validationLoss],
    ['validation accuracy', (record) => record.validationAccuracy],
    ['test loss', (record) => record.testLoss],
    ['test accuracy', (record) => record.testAccuracy],
    ['learning rate', (record) => record.learningRate],
    ['seconds', (record) => record.seconds],
  ] as const satisfies readonly (readonly [string, (record: EpochRecord) => number | undefined])[]
).map(([title, of]) => ({ title, of, cell: (record) => optional(of(record)) }));

/** The records of a run, or evenly spaced ones. */
export function epochTable(epochs: readonly EpochRecord[]): Html {
  const columns = EPOCH_COLUMNS.filter(({ of }) => epochs.some((record) => of(record) !== undefined));
  const rows = thinned(epochs, MOST_EPOCHS);
  const told =
    rows.length < epochs.length ? `${rows.length} of ${formatNumber(epochs.length)} epochs, evenly spaced` : 'Numbers';
  return html`<details><summary>${told}</summary>${table(columns, rows)}</details>`;
}

/** Precision, recall and F1 of each class. */
export function classTable(classes: readonly ClassFigures[]): Html {
  return table(
    [
      { title: 'class', words: true, cell: ({ name }) => html`${name}` },
      { title: 'rows', cell: ({ rows }) => number(rows) },
      { title: 'precision', cell: ({ precision }) => number(precision) },
      { title: 'recall', cell: ({ recall }) => number(recall) },
      { title: 'F1', cell: ({ f1Score }) => number(f1Score) },
    ],
    classes,
  );
}

/** Every column with its importance. */
export function importanceTable(columns: readonly ColumnImportance[]): Html {
  const hasDeviation = columns.some(({ deviation }) => deviation !== undefined);
  return table<ColumnImportance>(
    [
      { title: 'column', words: true, cell: ({ name }) => html`${name}` },
      { title: 'importance', cell: ({ mean }) => number(mean) },
      ...(hasDeviation ? [{ title: 'deviation', cell: ({ deviation }: ColumnImportance) => optional(deviation) }] : []),
    ],
    columns,
  );
}

/** Mistakes as rows, with the columns that they have. */
export function mistakeTable(mistakes: readonly ReportMistake[]): Html {
  const names = [...new Set(mistakes.flatMap(({ cells = {} }) => Object.keys(cells)))];
  const hasProbability = mistakes.some(({ probability }) => probability !== undefined);
  const drawn = table<ReportMistake>(
    [
      { title: 'row', cell: ({ row }) => number(row) },
      { title: 'true', words: true, cell: ({ actual }) => shown(actual) },
      {
        title: 'predicted',
        words: true,
        cell: ({ predicted }) => html`<span class="wrong-answer">${shown(predicted)}</span>`,
      },
      ...(hasProbability
        ? [{ title: 'probability', cell: ({ probability }: ReportMistake) => optional(probability) }]
        : []),
      ...names.slice(0, MOST_CELLS).map((name) => ({
        title: name,
        ...(mistakes.some(({ cells }) => typeof ownCell(cells, name) === 'string') ? { words: true as const } : {}),
        cell: ({ cells }: ReportMistake) => shown(ownCell(cells, name)),
      })),
    ],
    mistakes,
  );
  const left = names.length - MOST_CELLS;
  return left > 0 ? html`${drawn}<p class="muted">${left} more columns are in the JSON file.</p>` : drawn;
}

function ownCell(cells: ReportMistake['cells'], name: string): ReportValue | undefined {
  return cells !== undefined && Object.hasOwn(cells, name) ? cells[name] : undefined;
}

/** The layers of the network. */
export function layerTable(layers: readonly SummaryRow[]): Html {
  return table<SummaryRow>(
    [
      {
        title: 'layer',
        words: true,
        cell: ({ layer, activation }) => html`${activation === undefined ? layer : `${layer}, ${activation}`}`,
      },
      { title: 'output', cell: ({ outputShape }) => html`${outputShape?.join(' × ') ?? '?'}` },
      { title: 'parameters', cell: ({ parameters }) => number(parameters) },
    ],
    layers,
  );
}
