import Table from 'cli-table3';
import type { EpochRecord } from '../index.js';

/** The most rows shown: the first, the last, and evenly spaced ones in between. */
const ROWS = 12;

interface Column {
  readonly title: string;
  cell(record: EpochRecord): string;
}

const fixed = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '–';

const COLUMNS: readonly Column[] = [
  { title: 'epoch', cell: ({ epoch }) => String(epoch) },
  { title: 'step', cell: ({ step }) => String(step) },
  { title: 'train loss', cell: ({ trainLoss }) => fixed(trainLoss, 4) },
  { title: 'train accuracy', cell: ({ trainAccuracy }) => fixed(trainAccuracy, 4) },
  { title: 'validation loss', cell: ({ validationLoss }) => fixed(validationLoss, 4) },
  { title: 'validation accuracy', cell: ({ validationAccuracy }) => fixed(validationAccuracy, 4) },
  { title: 'test loss', cell: ({ testLoss }) => fixed(testLoss, 4) },
  { title: 'test accuracy', cell: ({ testAccuracy }) => fixed(testAccuracy, 4) },
  { title: 'rate', cell: ({ learningRate }) => learningRate.toPrecision(3) },
  { title: 'seconds', cell: ({ seconds }) => fixed(seconds, 3) },
];

/** Columns in the order in which a narrow terminal drops them. */
const SPARE = [
  'seconds',
  'rate',
  'test loss',
  'validation loss',
  'step',
  'train accuracy',
  'epoch',
  'train loss',
  'validation accuracy',
];

/**
 * The records of a run as a table of text, with as many columns as fit.
 *
 * @param width characters of a line; unlimited where the output is not a terminal
 */
export function epochTable(records: readonly EpochRecord[], width = Number.POSITIVE_INFINITY): string {
  const rows = thinned(records);
  const columns = COLUMNS.filter(({ title }) => !title.startsWith('validation') || isValidated(records));
  for (let spared = 0; ; spared++) {
    const gone = SPARE.slice(0, spared);
    const text = draw(
      columns.filter(({ title }) => !gone.includes(title)),
      rows,
    );
    if (text.indexOf('\n') <= width || spared === SPARE.length) return text;
  }
}

function isValidated(records: readonly EpochRecord[]): boolean {
  return records.some(({ validationLoss }) => validationLoss !== undefined);
}

function draw(columns: readonly Column[], rows: readonly EpochRecord[]): string {
  const table = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(() => 'right'),
    style: { compact: true, head: [], border: [] },
  });
  for (const record of rows) table.push(columns.map(({ cell }) => cell(record)));
  return table.toString();
}

function thinned<T>(rows: readonly T[]): T[] {
  if (rows.length <= ROWS) return [...rows];
  return Array.from({ length: ROWS }, (_, i) => rows[Math.round((i * (rows.length - 1)) / (ROWS - 1))]!);
}
