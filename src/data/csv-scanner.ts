/**
 * Numbers from the bytes of a CSV file, without a string for each cell: what a stream of millions of rows needs. Records and
 * quotes by RFC 4180; lines end with \n, \r\n or \r, and blank ones do not count.
 */

import { DataError, show } from '../errors.js';
import { parseNumber } from '../io/records/parse-number.js';
import { PlainRecords } from './csv-plain-records.js';
import { CR, type CsvPlan, type CsvRowsRead, IGNORED, LF, QUOTE, TARGET } from './csv-plan.js';

const SPACE = 32;

/** A record that is longer is most likely a quote that nothing closes. */
const LONGEST_RECORD = 2 ** 24;

/** There are too few bytes to tell. */
const INCOMPLETE = -1;

const decoder = new TextDecoder();

export class CsvScanner implements CsvRowsRead {
  count = 0;
  line = 1;
  readonly x: Float64Array;
  readonly learned: Float64Array;
  readonly lines: Float64Array;
  private bytes: Uint8Array = new Uint8Array(0);
  /** For a record that is left out. */
  private readonly allIgnored: Int32Array;
  private readonly plain: PlainRecords;
  private isLast = false;
  /** Where the cell that was read lies, without its quotes. */
  private cellStart = 0;
  private cellEnd = 0;
  private hasQuotes = false;

  /** @param isHeaderNext whether the first record names the columns: it is compared with the plan, and left out */
  constructor(
    private readonly plan: CsvPlan,
    private isHeaderNext: boolean,
  ) {
    this.allIgnored = new Int32Array(plan.roles.length).fill(IGNORED);
    this.plain = new PlainRecords(plan);
    this.x = new Float64Array(plan.capacity * plan.inputSize);
    this.learned = new Float64Array(plan.capacity);
    this.lines = new Float64Array(plan.capacity);
  }

  /**
   * Reads whole records until the rows are full or the bytes end.
   *
   * @param isLast whether no bytes follow
   * @returns how many bytes belong to the records that were read
   * @throws {DataError} for another header, a record of another width, or an unreadable cell; `count` rows before it are whole
   */
  scan(bytes: Uint8Array, from: number, isLast: boolean): number {
    this.bytes = bytes;
    this.isLast = isLast;
    const { capacity, roles } = this.plan;
    const plainEnd = PlainRecords.endIn(bytes);
    let at = from;
    while (at < bytes.length && this.count < capacity) {
      const names: string[] | undefined = this.isHeaderNext ? [] : undefined;
      if (names === undefined) at = this.plain.read(bytes, at, plainEnd, this);
      if (at === bytes.length || this.count === capacity) break;
      const next = this.record(at, names === undefined ? roles : this.allIgnored, names);
      if (next === INCOMPLETE) {
        if (isLast || bytes.length - at > LONGEST_RECORD) throw this.error(': a quote is never closed', undefined);
        break;
      }
      at = next;
      if (names === undefined || this.count === 0) continue;
      this.isHeaderNext = false;
      this.count = 0;
    }
    return at;
  }

  /** Reads the record or blank line at `from`; `names` takes the cells of a header. @returns where the next begins, or INCOMPLETE */
  private record(from: number, roles: Int32Array, names: string[] | undefined): number {
    const { bytes, plan } = this;
    const { delimiter } = plan;
    const blank = this.blankLine(from);
    if (blank !== undefined) return blank;
    let breaks = 0;
    let at = from;
    for (let column = 0; ; column++) {
      const next = this.cellOf(column < roles.length ? roles[column]! : IGNORED, at, column);
      if (next === INCOMPLETE) return INCOMPLETE;
      names?.push(this.text());
      if (this.hasQuotes) breaks += this.breaksInCell();
      if (next < bytes.length && bytes[next] === delimiter) {
        at = next + 1;
        if (at === bytes.length && !this.isLast) return INCOMPLETE;
        continue;
      }
      const end = this.lineEnd(next);
      if (end === INCOMPLETE) return INCOMPLETE;
      if (names !== undefined) this.requireSameColumns(names);
      if (column + 1 !== roles.length) throw this.wrongWidth(column + 1);
      this.lines[this.count++] = this.line;
      this.line += 1 + breaks;
      return end;
    }
  }

  /** Where the next line begins if this one has spaces alone; undefined if it has more. */
  private blankLine(from: number): number | undefined {
    const { bytes } = this;
    let at = from;
    while (at < bytes.length && bytes[at] === SPACE && this.plan.delimiter !== SPACE) at++;
    if (at === bytes.length && !this.isLast) return INCOMPLETE;
    if (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) return undefined;
    const end = this.lineEnd(at);
    if (end !== INCOMPLETE) this.line++;
    return end;
  }

  /** Reads a cell for its role. @returns where it ends, or INCOMPLETE */
  private cellOf(role: number, at: number, column: number): number {
    const { inputSize, classes } = this.plan;
    const next = this.cell(at);
    if (next === INCOMPLETE || role === IGNORED) return next;
    if (role !== TARGET) this.x[this.count * inputSize + role] = this.parsed(column);
    else this.learned[this.count] = classes === undefined ? this.parsed(column) : this.classOf(column, classes);
    return next;
  }

  /** The class of the word in the cell that was read. */
  private classOf(column: number, classes: ReadonlyMap<string, number>): number {
    const word = this.text();
    const label = classes.get(word) ?? classes.get(word.trim());
    if (label !== undefined) return label;
    const known = [...classes.keys()].map((name) => show(name));
    throw this.error(
      `, column ${show(this.plan.columnNames[column])} is ${word.trim() === '' ? 'empty' : show(word)}`,
      `one of ${known.slice(0, 8).join(', ')}${known.length > 8 ? ', …' : ''}`,
    );
  }

  /** The number in the cell that was read. */
  private parsed(column: number): number {
    const text = this.text();
    const value = parseNumber(text);
    if (Number.isFinite(value)) return value;
    const isEmpty = text.trim() === '';
    throw this.error(
      `, column ${show(this.plan.columnNames[column])} is ${isEmpty ? 'empty' : show(text)}`,
      'a number',
      this.adviceFor(column, text),
    );
  }

  private adviceFor(column: number, text: string): string | undefined {
    if (text.trim() === '') return 'Fill the empty cells, or name the columns to read with the option columns';
    if (/\d/.test(text)) return undefined; // more likely a number that is written another way
    if (this.plan.roles[column] !== TARGET) return 'Name the columns of numbers with the option columns';
    return `Give the words of the target in the order of their classes: classes: [${show(text.trim())}, …]`;
  }

  /** Finds the end of the cell that begins at `start`. @returns where its delimiter or line break is */
  private cell(start: number): number {
    const { bytes } = this;
    if (bytes[start] === QUOTE) return this.quoted(start);
    const { delimiter } = this.plan;
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === delimiter || byte === LF || byte === CR) break;
    }
    if (at === bytes.length && !this.isLast) return INCOMPLETE;
    this.hasQuotes = false;
    this.cellStart = start;
    this.cellEnd = at;
    return at;
  }

  private quoted(start: number): number {
    const { bytes } = this;
    let at = start + 1;
    for (; ; at++) {
      at = bytes.indexOf(QUOTE, at);
      if (at < 0 || (at + 1 === bytes.length && !this.isLast)) return INCOMPLETE;
      if (bytes[at + 1] === QUOTE) {
        at++;
        continue;
      }
      break;
    }
    const next = at + 1;
    const byte = bytes[next];
    if (next < bytes.length && byte !== this.plan.delimiter && byte !== LF && byte !== CR) {
      throw this.error(': text follows a closing quote', 'the delimiter or the end of the line');
    }
    this.hasQuotes = true;
    this.cellStart = start + 1;
    this.cellEnd = at;
    return next;
  }

  /** Where the line break at `at` ends; the end of the bytes is one. */
  private lineEnd(at: number): number {
    const { bytes } = this;
    if (at === bytes.length || bytes[at] === LF) return Math.min(at + 1, bytes.length);
    if (at + 1 === bytes.length) return this.isLast ? at + 1 : INCOMPLETE;
    return bytes[at + 1] === LF ? at + 2 : at + 1;
  }

  private text(): string {
    const { bytes, cellStart, cellEnd } = this;
    let text = '';
    for (let at = cellStart; at < cellEnd; at++) {
      const byte = bytes[at]!;
      if (byte > 127) return this.unquoted(decoder.decode(bytes.subarray(cellStart, cellEnd)));
      text += String.fromCharCode(byte);
    }
    return this.unquoted(text);
  }

  /** Doubled quotes as one, line breaks as \n. */
  private unquoted(text: string): string {
    return this.hasQuotes ? text.replaceAll('""', '"').replaceAll(/\r\n?/g, '\n') : text;
  }

  private breaksInCell(): number {
    let count = 0;
    for (let at = this.cellStart; at < this.cellEnd; at++) {
      if (this.bytes[at] === LF || (this.bytes[at] === CR && this.bytes[at + 1] !== LF)) count++;
    }
    return count;
  }

  /** The roles of the columns go by their places: a file that was written anew may have them in another order. */
  private requireSameColumns(names: readonly string[]): void {
    const { columnNames } = this.plan;
    if (names.length === columnNames.length && names.every((name, i) => name.trim() === columnNames[i])) return;
    const known = columnNames.slice(0, 8).map((name) => show(name));
    throw this.error(
      ' names other columns than when the stream was made',
      `${known.join(', ')}${columnNames.length > 8 ? ', …' : ''}`,
    );
  }

  private wrongWidth(cells: number): DataError {
    const { columnNames } = this.plan;
    return this.error(` has ${cells} ${cells === 1 ? 'cell' : 'cells'}`, `${columnNames.length}, as in the first line`);
  }

  private error(found: string, expected: string | undefined, fix?: string): DataError {
    return new DataError({
      operation: 'DatasetStream',
      found: `${this.plan.place}, line ${this.line}${found}`,
      expected,
      fix,
    });
  }
}
