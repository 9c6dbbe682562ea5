/** CSV text that waits to be parsed: takes pieces of any size, gives whole records, and knows at which line it is. */

import { type Complaint, DataError } from '../../errors.js';
import { isBlank } from './csv-delimiter.js';
import { parseCsv, type QuoteFault } from './csv-parser.js';
import { NoText } from './text-chunks.js';

/** Records in the order of the file. */
export interface RecordBatch {
  /** The cells of each record, as they stand in the file, quotes removed. */
  readonly records: readonly (readonly string[])[];
  /** The line of the first record, counted from 1. */
  readonly firstLine: number;
  /** The line of each record; undefined where each has one line, without blank lines in between. */
  readonly lines: Float64Array | undefined;
}

/** Characters of a record. A longer one is most likely a quote that nothing closes, and would fill the memory. */
const LONGEST_RECORD = 2 ** 24;

export class CsvText {
  /** From the start of a record on, lines ending with \n. */
  private pending = '';
  private ended = false;
  /** Where `pending` begins. */
  private line = 1;
  /** What ends the text too early: thrown after the records before it. */
  private fault: NoText | undefined;
  /** A \r at the end of a piece: the next may begin with its \n. */
  private held = '';

  constructor(
    private readonly operation: string,
    readonly place: string,
    private readonly text: AsyncIterator<string>,
  ) {}

  /** Reads until `length` characters wait, or the text ends. */
  async fill(length: number): Promise<void> {
    while (this.pending.length < length && !this.ended) await this.readMore();
  }

  /** The first characters that wait. */
  start(length: number): string {
    return this.pending.slice(0, length);
  }

  goesOnAfter(length: number): boolean {
    return this.pending.length > length || this.isIncomplete;
  }

  /**
   * The next whole records, at least one; undefined at the end.
   *
   * @throws {DataError} for a quote that is not closed or is followed by text, and where the text ends too early; the records
   *   before have been given
   */
  async next(delimiter: string): Promise<RecordBatch | undefined> {
    for (;;) {
      const batch = this.pending === '' ? undefined : this.take(delimiter);
      if (batch !== undefined) return batch;
      if (this.fault !== undefined) throw this.faultError(this.fault, delimiter);
      if (this.ended) return undefined;
      if (this.pending.length > LONGEST_RECORD) throw this.tooLong(delimiter);
      // Twice as much each time, so that a long record is not parsed anew for each small piece.
      await this.fill(Math.min(Math.max(1, 2 * this.pending.length), LONGEST_RECORD + 1));
    }
  }

  /** Ends reading; closes the file. */
  async close(): Promise<void> {
    this.ended = true;
    await this.text.return?.();
  }

  /** An error that names the place: the source, or a line and a column of it. */
  error({ found, expected, fix }: Omit<Complaint, 'operation'>, line?: number, cause?: unknown): DataError {
    const at = line === undefined ? this.place : `${this.place}, line ${line}`;
    return new DataError({ operation: this.operation, found: `${at}${found}`, expected, fix }, { cause });
  }

  /** Whether the last record may go on after `pending`. */
  private get isIncomplete(): boolean {
    return !this.ended || this.fault !== undefined;
  }

  private async readMore(): Promise<void> {
    try {
      const { done, value } = await this.text.next();
      if (done) this.ended = true;
      this.pending += this.withNewlines(done ? '' : value);
    } catch (error) {
      if (!(error instanceof NoText)) throw error;
      const { complaint, cause } = error;
      if (!error.atPlace) throw this.error({ ...complaint, found: ` ${complaint.found}` }, undefined, cause);
      this.fault = error;
      this.ended = true;
    }
  }

  /** \r\n and \r as \n, also within quotes. */
  private withNewlines(piece: string): string {
    let text = this.held + piece;
    this.held = '';
    if (!text.includes('\r')) return text;
    if (text.endsWith('\r') && !this.ended) {
      text = text.slice(0, -1);
      this.held = '\r';
    }
    return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  }

  /** The whole records that wait; undefined if there is none. */
  private take(delimiter: string): RecordBatch | undefined {
    const text = this.pending;
    const { records, faults, end } = parseCsv(text, { delimiter, more: this.isIncomplete });
    if (faults.length > 0) return this.takeBefore(faults[0]!, delimiter);
    const taken = this.isIncomplete ? end : text.length;
    const firstLine = this.line;
    this.pending = text.slice(taken);
    this.line += countBreaks(text, taken);
    if (!this.isIncomplete) {
      if (text.endsWith('\n'))
        records.pop(); // the empty record behind the last line break
      else this.line++;
    }
    return batchOf(records, firstLine, this.line - firstLine);
  }

  /** The whole records before a fault, which is thrown when there is none. */
  private takeBefore(fault: QuoteFault, delimiter: string): RecordBatch {
    const text = this.pending;
    const { records, end } = parseCsv(text.slice(0, fault.index), { delimiter, more: true });
    const lineCount = countBreaks(text, end);
    const batch = batchOf(records, this.line, lineCount);
    if (batch === undefined) throw this.quoteError(text, fault, delimiter);
    this.pending = text.slice(end);
    this.line += lineCount;
    return batch;
  }

  private quoteError(text: string, { code, index }: QuoteFault, delimiter: string): DataError {
    const { line, column } = this.positionAt(text, index, delimiter);
    if (code === 'MissingQuotes') {
      const found = `, column ${column}: a quote is never closed`;
      return this.error(
        { found, fix: 'A quote that belongs to a cell is written twice, and the cell in quotes' },
        line,
      );
    }
    const found = `, column ${column}: text follows a closing quote`;
    return this.error(
      {
        found,
        expected: 'the delimiter or the end of the line',
        fix: 'A quote that belongs to a cell is written twice',
      },
      line,
    );
  }

  private tooLong(delimiter: string): DataError {
    const text = this.pending;
    const fault = parseCsv(text, { delimiter, more: false }).faults[0];
    if (fault !== undefined) {
      const { line, column } = this.positionAt(text, fault.index, delimiter);
      const found = `, column ${column}: a quote is not closed within ${LONGEST_RECORD} characters`;
      return this.error({ found }, line);
    }
    return this.error(
      { found: ` has more than ${LONGEST_RECORD} characters`, expected: 'lines of a table' },
      this.line,
    );
  }

  private faultError({ complaint, cause }: NoText, delimiter: string): DataError {
    const { line, column } = this.positionAt(this.pending, this.pending.length, delimiter);
    return this.error({ ...complaint, found: `, column ${column}: ${complaint.found}` }, line, cause);
  }

  /** The line and the cell of a character of `text`, which begins at `this.line`. */
  private positionAt(
    text: string,
    index: number,
    delimiter: string,
  ): { readonly line: number; readonly column: number } {
    const { records } = parseCsv(text.slice(0, index), { delimiter, more: false });
    return { line: this.line + countBreaks(text, index), column: records.at(-1)?.length ?? 1 };
  }
}

/** @param lineCount how many lines the records take up, blank ones included */
function batchOf(all: readonly (readonly string[])[], firstLine: number, lineCount: number): RecordBatch | undefined {
  const blank = all.reduce((count, record) => (isBlank(record) ? count + 1 : count), 0);
  if (blank === all.length) return undefined;
  if (blank === 0 && all.length === lineCount) return { records: all, firstLine, lines: undefined };
  const lines = new Float64Array(all.length - blank);
  const records: (readonly string[])[] = [];
  let line = firstLine;
  for (const record of all) {
    if (!isBlank(record)) {
      lines[records.length] = line;
      records.push(record);
    }
    line++;
    for (const cell of record) line += countBreaks(cell, cell.length);
  }
  return { records, firstLine: lines[0]!, lines };
}

/** Line breaks among the first `length` characters. */
function countBreaks(text: string, length: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < length; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
