/** Which character separates the cells: told by the first records. */

import { parseCsv } from './csv-parser.js';
import { type DecimalMark, numberParser } from './parse-number.js';

/** In this order, so that decimal commas between semicolons do not decide. */
const COMMON = ['\t', ';', '|', ','] as const;

/** Tried only where none of the others separates anything; and only if every record has as many cells. */
const RARE = ['^', '~', ':', ' '] as const;

/** Records that are looked at. */
const SAMPLED = 50;

interface Widths {
  readonly delimiter: string;
  /** The number of cells that most records have. */
  readonly width: number;
  /** The share of the records that have it. */
  readonly share: number;
  /** Undefined if there is none with a cell. */
  readonly first: readonly string[] | undefined;
}

/**
 * The delimiter by which the records of `sample` have the same number of cells, or most of them; a comma if there is one
 * column. Where commas stand before decimals, one separates cells only if it does so in the first record, which is a header as a
 * rule; if there is one column, it is a semicolon.
 *
 * @param more whether text follows the sample, whose last record is then incomplete
 */
export function detectDelimiter(sample: string, more: boolean, decimal: DecimalMark = '.'): string {
  const common = COMMON.map((delimiter) => widthsOf(sample, delimiter, more)).filter(
    ({ width, delimiter, first }) => width > 1 && (delimiter !== decimal || isSeparated(first!, decimal)),
  );
  if (common.length > 0) return common.reduce((best, next) => (next.share > best.share ? next : best)).delimiter;
  const rare = RARE.map((delimiter) => widthsOf(sample, delimiter, more));
  return rare.find(({ width, share }) => width > 1 && share === 1)?.delimiter ?? (decimal === ',' ? ';' : ',');
}

/** Whether the cells of a record, between marks of decimals, are not one number. */
function isSeparated(record: readonly string[], decimal: DecimalMark): boolean {
  return record.length > 1 && Number.isNaN(numberParser(decimal)(record.join(decimal)));
}

function widthsOf(sample: string, delimiter: string, more: boolean): Widths {
  const { records } = parseCsv(sample, { delimiter, more, preview: SAMPLED });
  const counts = new Map<number, number>();
  let total = 0;
  let first: readonly string[] | undefined;
  for (const record of records) {
    if (record.every((cell) => cell.trim() === '')) continue;
    first ??= record;
    counts.set(record.length, (counts.get(record.length) ?? 0) + 1);
    total++;
  }
  let [width, most] = [0, 0];
  for (const [cells, count] of counts) if (count > most) [width, most] = [cells, count];
  return { delimiter, width, share: total === 0 ? 0 : most / total, first };
}

/** A line without a cell. */
export function isBlank(record: readonly string[]): boolean {
  return record.length === 1 && record[0]!.trim() === '';
}
