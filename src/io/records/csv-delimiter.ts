/** Which character separates the cells: told by the first records. */

import { parseCsv } from './csv-parser.js';

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
}

/**
 * The delimiter by which the records of `sample` have the same number of cells, or most of them; a comma if there is one
 * column.
 *
 * @param more whether text follows the sample, whose last record is then incomplete
 */
export function detectDelimiter(sample: string, more: boolean): string {
  const common = COMMON.map((delimiter) => widthsOf(sample, delimiter, more)).filter(({ width }) => width > 1);
  if (common.length > 0) return common.reduce((best, next) => (next.share > best.share ? next : best)).delimiter;
  const rare = RARE.map((delimiter) => widthsOf(sample, delimiter, more));
  return rare.find(({ width, share }) => width > 1 && share === 1)?.delimiter ?? ',';
}

function widthsOf(sample: string, delimiter: string, more: boolean): Widths {
  const { records } = parseCsv(sample, { delimiter, more, preview: SAMPLED });
  const counts = new Map<number, number>();
  let total = 0;
  for (const record of records) {
    if (record.every((cell) => cell.trim() === '')) continue;
    counts.set(record.length, (counts.get(record.length) ?? 0) + 1);
    total++;
  }
  let [width, most] = [0, 0];
  for (const [cells, count] of counts) if (count > most) [width, most] = [cells, count];
  return { delimiter, width, share: total === 0 ? 0 : most / total };
}

/** A line without a cell. */
export function isBlank(record: readonly string[]): boolean {
  return record.length === 1 && record[0]!.trim() === '';
}
