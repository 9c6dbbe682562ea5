/** Options of `Table.read` and `Table.from`, and their checks. */

import { ArgumentError, show } from '../errors.js';
import { type DecimalMark, numberParser } from '../io/records/parse-number.js';
import { checkOptions, type Elsewhere, nearestName, requireOneOf, requireStrings } from '../options.js';
import { COLUMN_KINDS, type ColumnKind } from './columns.js';
import { MissingWords } from './missing-words.js';

/** What the columns of a table hold. */
export interface TableOptions {
  /** The kinds of columns that are not what their values look like: `{ zip: 'category' }`. */
  readonly columns?: Readonly<Record<string, ColumnKind>>;
  /** Columns to leave out: texts, dates, identifiers. */
  readonly ignore?: readonly string[];
  /**
   * Words that stand for a missing value: `['NA', '-999']`. In a column of numbers, one that is a number stands for it however it
   * is spelled, also for a number of JSON or of a program. Default: none; only an empty cell is missing.
   */
  readonly missing?: readonly string[];
}

/** The format of a file: `csv` with any delimiter, `json` an array of rows, `jsonl` a row on each line. */
export type TableFormat = 'csv' | 'json' | 'jsonl';

export interface TableReadOptions extends TableOptions {
  /** Default: by the extension (.csv .tsv .json .jsonl .ndjson, also with .gz), else by the first character. */
  readonly format?: TableFormat;
  /** The character between two cells of a CSV file. Default: told by the first records. */
  readonly delimiter?: string;
  /** Whether the first record of a CSV file names the columns. Default: it does if none of its cells is a number. */
  readonly header?: boolean;
  /**
   * What stands before the decimals of the numbers in a CSV file: `','` for `3,14`. A number with a point is then refused, as one
   * with a comma is by default: marks between thousands are not read. Default `'.'`.
   */
  readonly decimal?: '.' | ',';
}

/** The options, checked. */
export interface TableSettings {
  readonly kinds: ReadonlyMap<string, ColumnKind>;
  readonly ignore: ReadonlySet<string>;
  /** Undefined where the option was not given. */
  readonly missing: MissingWords | undefined;
  /** The columns that a model reads, whose kinds are its own; others are not read. */
  readonly only?: ReadonlySet<string>;
}

const NAMES = ['columns', 'ignore', 'missing'] as const;
const READ_NAMES = [...NAMES, 'format', 'delimiter', 'header', 'decimal'] as const;

/** Names of options in other libraries, and the names here. */
const ELSEWHERE: Elsewhere = {
  sep: 'did you mean "delimiter"?',
  separator: 'did you mean "delimiter"?',
  decimalSeparator: 'did you mean "decimal"?',
  hasHeader: 'did you mean "header"?',
  dtype: 'did you mean "columns"?',
  types: 'did you mean "columns"?',
  na_values: 'did you mean "missing"?',
  naValues: 'did you mean "missing"?',
  drop: 'did you mean "ignore"?',
  usecols: 'give the columns to leave out as ignore, or call select',
};

/** @throws {ArgumentError} for an unknown option, or a value that is none */
export function readTableOptions(operation: string, options: TableOptions): TableSettings {
  checkOptions(operation, options, NAMES, ELSEWHERE);
  return settingsOf(operation, options);
}

/** The same with the options of reading; `delimiter` and `header` are checked where CSV is opened. */
export function readReadOptions(operation: string, options: TableReadOptions): TableSettings {
  checkOptions(operation, options, READ_NAMES, ELSEWHERE);
  if (options.format !== undefined) requireOneOf(operation, 'format', options.format, ['csv', 'json', 'jsonl']);
  if (options.decimal !== undefined) requireOneOf(operation, 'decimal', options.decimal, ['.', ',']);
  return settingsOf(operation, options);
}

function settingsOf(operation: string, options: TableReadOptions): TableSettings {
  const { columns = {}, ignore = [], missing, decimal } = options;
  if (typeof columns !== 'object' || columns === null || Array.isArray(columns)) {
    const found = `columns is ${show(columns)}`;
    throw new ArgumentError({ operation, found, expected: 'an object of kinds, { name: "category" }' });
  }
  const kinds = Object.entries(columns).map(
    ([name, kind]) => [name, requireOneOf(operation, `columns[${show(name)}]`, kind, COLUMN_KINDS)] as const,
  );
  return {
    kinds: new Map(kinds),
    ignore: new Set(requireStrings(operation, 'ignore', ignore)),
    missing:
      missing === undefined
        ? undefined
        : new MissingWords(
            withPoints(
              requireStrings(operation, 'missing', missing).map((word) => word.trim()),
              decimal,
            ),
          ),
  };
}

/** The words, and those that are numbers with a comma also as a model knows them, which rows of programs are given to. */
function withPoints(words: readonly string[], decimal: DecimalMark | undefined): readonly string[] {
  if (decimal !== ',') return words;
  const parse = numberParser(decimal);
  const commas = words.filter((word) => word.includes(',') && !Number.isNaN(parse(word)));
  return [...new Set([...words, ...commas.map((word) => word.replace(',', '.'))])];
}

/** @throws {ArgumentError} if an option names a column that is not there, suggesting the one that was meant */
export function requireNamedColumns(
  operation: string,
  { kinds, ignore }: TableSettings,
  names: Iterable<string>,
): void {
  const known = [...names];
  for (const [option, named] of [
    ['columns', kinds.keys()],
    ['ignore', ignore],
  ] as const) {
    for (const name of named) {
      if (!known.includes(name)) throw noColumn(operation, `${option} names a column ${show(name)}`, name, known);
    }
  }
}

/** The error of a column that is not there. */
export function noColumn(operation: string, found: string, name: unknown, known: readonly string[]): ArgumentError {
  const nearest = typeof name === 'string' ? nearestName(name, known) : undefined;
  return new ArgumentError({
    operation,
    found,
    expected: nearest === undefined ? `one of ${show(known)}` : `a column of the table`,
    fix: nearest === undefined ? undefined : `Did you mean ${show(nearest)}?`,
  });
}
