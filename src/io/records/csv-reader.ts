/**
 * CSV as records: batches of cells with their lines, from a stream of any length in constant memory.
 *
 * Every record has as many cells as there are columns, or reading stops at the line that does not; those before are given.
 */

import { ArgumentError, type DataError, show } from '../../errors.js';
import { requireFlag } from '../../options.js';
import { bytesOf } from './byte-source.js';
import { detectDelimiter } from './csv-delimiter.js';
import { columnNamesOf, looksLikeHeader } from './csv-header.js';
import { CsvText, type RecordBatch } from './csv-text.js';
import type { DecimalMark } from './parse-number.js';
import { textOf } from './text-chunks.js';

export interface CsvOptions {
  /** The character between two cells. Default: told by the first records. */
  readonly delimiter?: string | undefined;
  /** Whether the first record names the columns. Default: it does if none of its cells is a number. */
  readonly header?: boolean | undefined;
  /** The mark before the decimals of numbers, by which delimiter and header are told. Default: a point. */
  readonly decimal?: DecimalMark | undefined;
}

export type { RecordBatch } from './csv-text.js';

/** Characters by which delimiter and header are told. */
const SAMPLE = 2 ** 16;

const EXPECTED = 'a table as CSV';

/**
 * Opens a CSV source: reads its start, finds out delimiter and header.
 *
 * @param operation the public call that reads, for error messages
 * @throws {DataError} if the source cannot be read, is empty or no text, or its first line does not name the columns
 * @throws {ArgumentError} for a source or an option of another kind
 */
export async function openCsv(operation: string, source: unknown, options: CsvOptions = {}): Promise<CsvReader> {
  checkCsvOptions(operation, options);
  const { place, chunks } = bytesOf(operation, source, EXPECTED);
  return openCsvText(operation, place, textOf(chunks), options);
}

/** The same for text that is being read already; the options are checked. */
export async function openCsvText(
  operation: string,
  place: string,
  text: AsyncIterator<string>,
  options: CsvOptions,
): Promise<CsvReader> {
  const input = new CsvText(operation, place, text);
  try {
    await input.fill(SAMPLE);
    const { decimal } = options;
    const delimiter = options.delimiter ?? detectDelimiter(input.start(SAMPLE), input.goesOnAfter(SAMPLE), decimal);
    const first = await input.next(delimiter);
    if (first === undefined) throw input.error({ found: ' is empty', expected: EXPECTED });
    const [record] = first.records;
    const header = options.header ?? looksLikeHeader(record!, decimal);
    const columnNames = header
      ? columnNamesOf(record!, (complaint) => input.error(complaint, first.firstLine))
      : record!.map((_, i) => `column${i + 1}`);
    return new CsvReader(input, delimiter, header, columnNames, first);
  } catch (error) {
    await input.close();
    throw error;
  }
}

export function checkCsvOptions(operation: string, { delimiter, header }: CsvOptions): void {
  if (header !== undefined) requireFlag(operation, 'header', header);
  if (delimiter === undefined) return;
  if (typeof delimiter === 'string' && delimiter.length === 1 && !/[\n\r"\ufeff]/.test(delimiter)) return;
  const expected = 'one character other than a quote or a line break';
  throw new ArgumentError({ operation, found: `delimiter is ${show(delimiter)}`, expected });
}

/** An open CSV source. It is read once, by one loop; leaving the loop closes it. */
export class CsvReader implements AsyncIterable<RecordBatch> {
  /** What messages call the source. */
  readonly place: string;

  constructor(
    private readonly input: CsvText,
    readonly delimiter: string,
    readonly header: boolean,
    readonly columnNames: readonly string[],
    private first: RecordBatch | undefined,
  ) {
    this.place = input.place;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RecordBatch, void, undefined> {
    try {
      let batch = this.first;
      this.first = undefined;
      const headLine = batch?.firstLine ?? 1;
      // Of a single column, a blank line between two records is a missing cell.
      const blanks = this.columnNames.length === 1 ? new BlankLines(headLine) : undefined;
      if (blanks !== undefined) batch = batch && blanks.restored(batch);
      if (batch !== undefined && this.header) batch = withoutFirst(batch);
      while (batch !== undefined) {
        const wide = this.wideRecords(batch);
        if (wide > 0) yield wide === batch.records.length ? batch : { ...batch, records: batch.records.slice(0, wide) };
        if (wide < batch.records.length) throw this.widthError(batch, wide, headLine);
        batch = await this.input.next(this.delimiter);
        if (blanks !== undefined) batch = batch && blanks.restored(batch);
      }
    } finally {
      await this.input.close();
    }
  }

  /**
   * Whether there is a record beside the header. Only for a source that is closed then: the loop would miss that record.
   *
   * @throws {DataError} if the record after the header cannot be read
   */
  async hasRows(): Promise<boolean> {
    const head = this.header ? 1 : 0;
    if (this.first === undefined || this.first.records.length > head) return this.first !== undefined;
    return (await this.input.next(this.delimiter)) !== undefined;
  }

  /** Closes a source that is not read to its end. */
  close(): Promise<void> {
    return this.input.close();
  }

  /** How many records there are before the first one that has not a cell for each column. */
  private wideRecords({ records }: RecordBatch): number {
    const { length } = this.columnNames;
    let count = 0;
    while (count < records.length && records[count]!.length === length) count++;
    return count;
  }

  private widthError(batch: RecordBatch, index: number, headLine: number): DataError {
    const { length } = this.columnNames;
    const cells = batch.records[index]!.length;
    const expected = `${length}, as in line ${headLine}`;
    const fix = cells > length ? `A cell that contains ${show(this.delimiter)} must be in quotes` : undefined;
    return this.input.error(
      { found: ` has ${cells} ${cells === 1 ? 'cell' : 'cells'}`, expected, fix },
      lineOf(batch, index),
    );
  }
}

/** The line of a record of a batch. */
export function lineOf({ lines, firstLine }: RecordBatch, index: number): number {
  return lines?.[index] ?? firstLine + index;
}

/** Puts the blank lines between records back, as records of an empty cell; those at the end of the file stay out. */
class BlankLines {
  /** @param next the line at which the next record begins if no line before it is blank */
  constructor(private next: number) {}

  restored(batch: RecordBatch): RecordBatch {
    const records: (readonly string[])[] = [];
    const lines: number[] = [];
    batch.records.forEach((record, i) => {
      const line = lineOf(batch, i);
      for (; this.next < line; this.next++) {
        records.push(['']);
        lines.push(this.next);
      }
      records.push(record);
      lines.push(line);
      this.next = line + record.reduce((count, cell) => count + cell.split('\n').length - 1, 1);
    });
    return { records, firstLine: lines[0]!, lines: Float64Array.from(lines) };
  }
}

function withoutFirst(batch: RecordBatch): RecordBatch {
  const { records, lines } = batch;
  return {
    records: records.slice(1),
    lines: lines?.slice(1),
    firstLine: records.length > 1 ? lineOf(batch, 1) : batch.firstLine + 1,
  };
}
