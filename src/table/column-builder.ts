/**
 * A column that grows value by value. Its kind is told by its first thousand values, unless the user says it; a later value
 * that does not go with them is an error with its line.
 */

import { allocate } from '../backend/backend.js';
import { DataError, show } from '../errors.js';
import { type DecimalMark, numberParser } from '../io/records/parse-number.js';
import {
  booleanOf,
  isDate,
  isForeignNumber,
  isFormula,
  kindOf,
  losesDigits,
  numberOf,
  type RawCell,
} from './cell-kinds.js';
import type { ColumnKind, TableColumn } from './columns.js';
import { type MissingWords, NO_MISSING_WORDS } from './missing-words.js';
import { type Places, placeOf } from './places.js';

/** Values by which the kind of a column is told. */
const SAMPLED = 1000;

/** More different words are not categories, unless the user says so. */
const MOST_CATEGORIES = 1000;

/** Up to so many different words are categories, even if each is there once. */
const FEW = 20;

/** Letters of a word; a longer one is a text. */
const LONGEST_WORD = 256;

/** What may be thousands, or a name: 10.100.200.123 is an address. */
const DOTTED = /^\d+(?:\.\d+){2,}$/;

/** Why a column is refused as a whole. */
export interface Refusal {
  readonly name: string;
  readonly why: 'text' | 'dates' | 'empty';
  /** What it holds, after `column 4 ("Name")`. */
  readonly found: string;
}

export interface BuilderOptions {
  readonly operation: string;
  /** As the user says; told by the values when absent. */
  readonly kind: ColumnKind | undefined;
  /** Whether the kind is that of a model, which no option changes. Default: false. */
  readonly isFixed?: boolean;
  /** Words that stand for a missing value; undefined: none. */
  readonly missing: MissingWords | undefined;
  /** As the cells of CSV have it. Undefined: a point, for which there is no option. */
  readonly decimal?: DecimalMark | undefined;
  readonly places: Places;
}

export class ColumnBuilder {
  length = 0;
  private kind: ColumnKind | undefined;
  /** Values that wait until the kind is known. */
  private waiting: RawCell[] = [];
  private numbers = new Float64Array(0);
  private words: (string | null)[] = [];
  /** The words that there are, each once in memory. */
  private readonly distinct = new Map<string, string>();
  /** Values that are not missing. */
  private present = 0;
  private example: { readonly row: number; readonly word: string } | undefined;
  private refused: Refusal | undefined;
  private readonly missing: MissingWords;
  private readonly parse: (cell: string) => number;

  constructor(
    readonly name: string,
    private readonly options: BuilderOptions,
  ) {
    this.kind = options.kind;
    this.missing = options.missing ?? NO_MISSING_WORDS;
    this.parse = numberParser(options.decimal);
  }

  /** The cells of one column of records. */
  addRecords(records: readonly (readonly string[])[], column: number): void {
    let first = 0;
    for (; first < records.length && this.kind === undefined; first++) this.add(records[first]![column]!);
    if (this.kind !== 'number') {
      for (let i = first; i < records.length; i++) this.add(records[i]![column]!);
      return;
    }
    this.reserve(this.length + records.length - first);
    const { missing, parse } = this;
    for (let i = first; i < records.length; i++) {
      const cell = records[i]![column]!;
      const number = cell === '' ? Number.NaN : parse(cell);
      // What is not a finite number is missing, or wrong; of a large one the digits count.
      if (Math.abs(number) <= Number.MAX_SAFE_INTEGER && !missing.hasNumber(number)) {
        this.numbers[this.length++] = number;
        this.present++;
      } else this.add(cell);
    }
  }

  /** The next value, as text or as a program has it. */
  add(value: string | number | boolean | null): void {
    let cell = value;
    if (typeof cell === 'string') {
      cell = cell.trim();
      if (this.missing.hasText(cell)) cell = null;
    } else if (cell !== null && this.missing.has(cell)) cell = null;
    if (this.kind !== undefined) this.store(cell);
    else {
      this.waiting.push(cell);
      this.length++;
      if (cell !== null && ++this.present === SAMPLED) this.decide();
    }
  }

  /** Rows without a value before the first. */
  skip(rows: number): void {
    for (let row = 0; row < rows; row++) this.add(null);
  }

  /** Whether the values so far are enough to refuse the column. */
  get isRefused(): boolean {
    return this.refused !== undefined;
  }

  /** Why the column cannot be part of a table, as far as its values are known; undefined if it can. */
  refusal(): Refusal | undefined {
    if (this.refused !== undefined || this.options.kind !== undefined) return this.refused;
    if (this.present === 0) return { name: this.name, why: 'empty', found: 'has no value in any row' };
    const { size } = this.distinct;
    if (this.kind !== 'category' || size <= FEW || 2 * size <= this.present) return undefined;
    return this.text(`holds text, ${size} different words in ${this.present} rows`);
  }

  /** Tells the kind of a column that has fewer values than a sample. */
  end(): void {
    if (this.kind === undefined && this.present > 0) this.decide();
  }

  /** The column; `refusal` has been asked. */
  build(): TableColumn {
    const { name, kind = 'category' } = this;
    if (kind === 'number') return { name, kind, values: this.numbers.slice(0, this.length) };
    return { name, kind, values: this.words };
  }

  private decide(): void {
    const cells = this.waiting;
    this.waiting = [];
    this.length = 0;
    const present = this.present;
    this.present = 0;
    const kind = kindOf(cells, this.options.decimal);
    if (typeof kind === 'object') {
      this.length = kind.odd;
      throw this.oddError(cells[kind.odd]!, kind.numbers, present);
    }
    if (kind === 'dates') {
      this.kind = 'category';
      const row = cells.findIndex((cell) => cell !== null);
      this.example = { row, word: cells[row] as string };
      this.refused = { name: this.name, why: 'dates', found: `holds dates${this.shownExample()}` };
    } else this.kind = kind;
    if (this.kind === 'number') this.reserve(cells.length);
    for (const cell of cells) this.store(cell);
  }

  private store(cell: RawCell): void {
    if (this.kind === 'number') {
      this.reserve(this.length + 1);
      const number = cell === null ? Number.NaN : this.requireNumber(cell);
      // A word that is a number may be spelled otherwise here.
      const isMissing = this.missing.hasNumber(number);
      this.numbers[this.length] = isMissing ? Number.NaN : number;
      if (!isMissing) this.present++;
    } else {
      if (cell !== null) this.present++;
      if (this.refused === undefined) {
        this.words.push(
          cell === null ? null : this.kind === 'boolean' ? this.requireBoolean(cell) : this.word(this.spelling(cell)),
        );
      }
    }
    this.length++;
  }

  private requireNumber(cell: RawCell): number {
    const number = numberOf(cell, this.parse);
    // If the caller asked for numbers, they are rounded.
    if (Number.isFinite(number) && (this.options.kind === 'number' || !losesDigits(cell))) return number;
    if (Number.isFinite(number)) {
      const name = JSON.stringify(this.name);
      throw this.cellError(
        `${show(cell)} is a whole number beyond 2⁵³, of which a number keeps only the first digits`,
        'whole numbers up to 9007199254740991',
        `If the column holds names: columns: { ${name}: "category" }; if it is not used: ignore: [${name}]; if rounding does no harm: columns: { ${name}: "number" }`,
      );
    }
    if (!Number.isNaN(number)) {
      throw this.cellError(`${show(cell)} is too large`, `numbers up to ${Number.MAX_VALUE}`);
    }
    throw this.oddError(cell);
  }

  private requireBoolean(cell: RawCell): string {
    const word = booleanOf(cell);
    if (word !== undefined) return word;
    const number = numberOf(cell, this.parse);
    if (this.options.kind === 'boolean') {
      if (number === 0 || number === 1) return number === 1 ? 'true' : 'false';
      throw this.cellError(`${show(cell)} is not a boolean`, 'true, false, 1 or 0');
    }
    // One of several words after all.
    this.kind = 'category';
    return this.word(this.spelling(cell));
  }

  /** A cell of a column of words, as text. */
  private spelling(cell: RawCell): string {
    if (typeof cell !== 'number' || !Number.isInteger(cell) || Number.isSafeInteger(cell)) return String(cell);
    // JSON.parse has made one number of several by now.
    throw this.cellError(
      `${cell} is a whole number beyond 2⁵³, of which the last digits are lost`,
      'names as strings, "9007199254740993"',
    );
  }

  /** The word, the same string for equal words. */
  private word(text: string): string {
    const known = this.distinct.get(text);
    if (known !== undefined) return known;
    this.example ??= { row: this.length, word: text };
    if (this.options.kind === undefined) {
      if (isFormula(text)) throw this.oddError(text);
      if (text.length > LONGEST_WORD) {
        this.example = { row: this.length, word: text };
        this.refused = this.text('holds text');
      } else if (this.distinct.size === MOST_CATEGORIES) {
        this.refused = this.text(`holds more than ${MOST_CATEGORIES} different words`);
      }
    }
    this.distinct.set(text, text);
    return text;
  }

  private text(found: string): Refusal {
    return { name: this.name, why: 'text', found: `${found}${this.shownExample()}` };
  }

  private shownExample(): string {
    const { row, word } = this.example!;
    return `, e.g. ${show(word)} in ${this.options.places.line(row)}`;
  }

  private reserve(length: number): void {
    if (length <= this.numbers.length) return;
    const grown = this.grown(length);
    grown.set(this.numbers.subarray(0, this.length));
    this.numbers = grown;
  }

  /**
   * Twice the length, or where there is not so much memory, an eighth more: by what is needed alone, each block of rows would be
   * a copy of all before it.
   */
  private grown(length: number): Float64Array<ArrayBuffer> {
    const before = this.numbers.length;
    try {
      return new Float64Array(Math.max(length, 2 * before, 16));
    } catch {
      const enough = Math.max(length, Math.floor((9 * before) / 8));
      return allocate('float64', enough, this.options.operation) as Float64Array<ArrayBuffer>;
    }
  }

  /** The error of a cell that is not a number where it should be one. */
  private oddError(cell: RawCell, numbers?: number, present?: number): DataError {
    const shown = show(cell);
    if (typeof cell === 'string' && isFormula(cell)) {
      const fix = 'Save the sheet with values instead of formulas';
      return this.cellError(
        `${shown} is ${cell.startsWith('#') ? 'an error of a spreadsheet' : 'a formula'}`,
        'a value',
        fix,
      );
    }
    const { decimal, isFixed } = this.options;
    if (typeof cell === 'string' && isForeignNumber(cell, decimal ?? '.')) return this.foreignError(cell);
    const advice = [
      ...(typeof cell === 'string'
        ? [`if it stands for a missing value: missing: ${show([...this.missing.words, cell])}`]
        : []),
      ...(isFixed ? [] : [`if the column holds names: columns: { ${show(this.name)}: "category" }`]),
    ].join('; ');
    const fix = advice === '' ? undefined : `I${advice.slice(1)}`;
    const expected = 'numbers in the whole column';
    if (typeof cell === 'string' && isDate(cell)) return this.cellError(`${shown} is a date`, expected, fix);
    const sample = `${present === SAMPLED ? 'first ' : ''}${present} values ${numbers === 1 ? 'is' : 'are'}`;
    return this.cellError(
      `${shown} is not a number${numbers === undefined ? '' : `, but ${numbers} of the ${sample}`}`,
      expected,
      fix,
    );
  }

  /** The error of a number with another mark of decimals, or with marks between thousands. */
  private foreignError(cell: string): DataError {
    const { decimal, isFixed } = this.options;
    const [has, wanted, other] =
      decimal === ',' ? (['point', 'comma', '.'] as const) : (['comma', 'point', ','] as const);
    const isDecimal = decimal !== undefined && !Number.isNaN(numberParser(other)(cell));
    const advice = [
      ...(isDecimal ? [`if the ${has} stands before decimals: decimal: "${other}"`] : []),
      ...(isFixed ? [] : [`if the column is not used: ignore: [${show(this.name)}]`]),
      ...(!isFixed && DOTTED.test(cell)
        ? [`if the column holds names: columns: { ${show(this.name)}: "category" }`]
        : []),
    ].join('; ');
    return this.cellError(
      `${show(cell)} has ${cell.includes(has === 'comma' ? ',' : '.') ? `a ${has}` : 'marks between thousands'}`,
      `a number with a decimal ${wanted}, without marks between thousands`,
      advice === '' ? undefined : `I${advice.slice(1)}`,
    );
  }

  private cellError(found: string, expected: string, fix?: string): DataError {
    const { operation, places } = this.options;
    const at = `${placeOf(places, this.length)}, ${places.column(this.name)}`;
    return new DataError({ operation, found: `${at}: ${found}`, expected, fix });
  }
}
