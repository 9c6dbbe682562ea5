/** What the columns of a table hold, at a glance. */

import { showAsText } from '../show-as-text.js';
import type { ColumnKind, NumberColumn, TableColumn, WordColumn } from './columns.js';
import { alignedText, shortNumber } from './table-text.js';

/** A column of numbers. All figures are of the values that are there; NaN if none is. */
export interface NumberSummary {
  readonly name: string;
  readonly kind: 'number';
  /** Rows without a value. */
  readonly missing: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Standard deviation: the square root of the mean squared distance from the mean. */
  readonly deviation: number;
}

/** A column of words. */
export interface WordSummary {
  readonly name: string;
  readonly kind: 'category' | 'boolean';
  /** Rows without a value. */
  readonly missing: number;
  /** How many rows each word has, the most frequent first. */
  readonly counts: ReadonlyMap<string, number>;
}

/** What a column holds, by its kind. */
export type ColumnSummary = NumberSummary | WordSummary;

/** Words that the text of a summary counts. */
const COUNTED = 5;

/**
 * What `table.describe()` returns. As text, it is a table: a line for each column.
 *
 * @example
 * console.log(String(table.describe()));
 */
export class TableSummary {
  constructor(
    /** Rows of the table. */
    readonly length: number,
    readonly columns: readonly ColumnSummary[],
  ) {}

  /** The table: name, kind, missing values, and range or frequencies. */
  toString(): string {
    const rows = this.columns.map((column) => [column.name, column.kind, String(column.missing), valuesOf(column)]);
    // The last column may be long: it is written behind the aligned ones.
    const aligned = alignedText(
      ['column', 'kind', 'missing'],
      rows.map((row) => row.slice(0, 3)),
      [false, false, true],
    );
    const [head, rule, ...lines] = aligned.split('\n');
    const width = rule!.length;
    return [
      `${head!.padEnd(width)}  values`,
      `${rule}  ──────`,
      ...lines.map((line, i) => `${line.padEnd(width)}  ${rows[i]![3]}`),
    ].join('\n');
  }
}

showAsText(TableSummary);

export function summaryOf(column: TableColumn): ColumnSummary {
  return column.kind === 'number' ? numberSummary(column) : wordSummary(column);
}

function numberSummary({ name, kind, values }: NumberColumn): NumberSummary {
  let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const missing = values.length - count;
  if (count === 0) {
    return { name, kind, missing, min: Number.NaN, max: Number.NaN, mean: Number.NaN, deviation: Number.NaN };
  }
  const mean = sum / count;
  let squares = 0;
  for (const value of values) if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  return { name, kind, missing, min, max, mean, deviation: Math.sqrt(squares / count) };
}

function wordSummary({ name, kind, values }: WordColumn): WordSummary {
  const counts = new Map<string, number>();
  let missing = 0;
  for (const word of values) {
    if (word === null) missing++;
    else counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  // Sorting keeps the order of equal counts, that of the rows.
  return { name, kind, missing, counts: new Map([...counts].sort((a, b) => b[1] - a[1])) };
}

function valuesOf(column: ColumnSummary): string {
  if (column.kind === 'number' ? Number.isNaN(column.mean) : column.counts.size === 0) return 'none';
  if (column.kind === 'number') {
    const [min, max, mean, deviation] = [column.min, column.max, column.mean, column.deviation].map(shortNumber);
    return `${min} to ${max}, mean ${mean}, deviation ${deviation}`;
  }
  const words = [...column.counts].slice(0, COUNTED).map(([word, count]) => `${oneLine(word)} ${count}`);
  const more = column.counts.size > COUNTED ? `, and ${column.counts.size - COUNTED} more` : '';
  return `${column.counts.size}: ${words.join(', ')}${more}`;
}

function oneLine(word: string): string {
  const text = word.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}

/** How many columns there are of each kind: `4 number, 1 category`. */
export function kindCounts(columns: readonly TableColumn[]): string {
  const counts = new Map<ColumnKind, number>();
  for (const { kind } of columns) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}
