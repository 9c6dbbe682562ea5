import { rowNumbers } from '../data/row-numbers.js';
import { readSplit, splitRows, testCountOf } from '../data/split.js';
import { ArgumentError, DataError, show } from '../errors.js';
import { brand } from '../identity.js';
import type { ByteSource } from '../io/records/byte-source.js';
import { requireFunction, requireInteger, requireNoPromise, requireStrings } from '../options.js';
import { showAsText } from '../show-as-text.js';
import { cellOf, type Row, type RowOf, type TableColumn, takeRows } from './columns.js';
import { type ColumnsOf, type RowsOf, tableOf } from './from-values.js';
import type { TableParts, TableSource } from './parts.js';
import { placeOf } from './places.js';
import { readPieces } from './read-pieces.js';
import { readTable } from './read-table.js';
import { noColumn, type TableOptions, type TableReadOptions } from './table-options.js';
import { kindCounts, summaryOf, TableSummary } from './table-summary.js';
import { alignedText, firstColumns, shortNumber } from './table-text.js';

/** How a table is split in two. */
export interface TableSplitOptions {
  /** The share of the rows that goes into the test part, in (0, 1). */
  readonly test: number;
  /** A column whose values are to have the same proportions in both parts, e.g. the one to be predicted. Default: none. */
  readonly stratify?: string;
  /** An integer in [0, 2³²); drawn when absent. */
  readonly seed?: number;
  /**
   * false: the test part is the last rows, and both parts keep the order of the rows. For rows that follow one another in time,
   * of which those to predict come later. Default true: rows are drawn at random.
   */
  readonly shuffle?: boolean;
}

/** What `split` returns. */
export interface TableSplit {
  readonly train: Table;
  readonly test: Table;
  /** Possible surprises about the parts, in sentences: classes that have no row in the test part. Usually empty. */
  readonly warnings: readonly string[];
}

/**
 * Columns of numbers and words, from a file or from values.
 *
 * The kind of a column is told by its values: `number` if all are numbers, `boolean` if all are true or false, `category`
 * for words. Texts and dates are refused unless they are ignored by name. Only an empty cell is missing, unless `missing`
 * says more: a class called `none` stays a class.
 *
 * A table does not change: `select`, `filter`, `take` and `split` return new ones.
 *
 * @example
 * const table = await Table.read('iris.csv');
 * console.log(table.head());
 * const { train, test } = table.split({ test: 0.2, stratify: 'species', seed: 1 });
 */
export class Table {
  /** Rows. */
  readonly length: number;
  readonly columnNames: readonly string[];
  /** What was found out about the file; undefined for a table made by `from`. */
  readonly source: TableSource | undefined;

  /** Not enumerable: logs and the diffs of test runners show a summary. @internal */
  declare readonly parts: TableParts;

  private constructor(parts: TableParts) {
    // JavaScript can call a private constructor.
    if (!Array.isArray(parts?.columns)) {
      const expected = 'Table.read(path) or Table.from(rows)';
      throw new ArgumentError({ operation: 'Table', found: 'called with new', expected });
    }
    Object.defineProperty(this, 'parts', { value: parts });
    this.length = parts.length;
    this.columnNames = parts.columns.map(({ name }) => name);
    this.source = parts.source;
  }

  /**
   * Reads a table as CSV (any delimiter, with or without a header), JSON (an array of rows) or JSON lines, each also gzipped,
   * in UTF-8. `source` of the result tells what was found out.
   *
   * @param source a path, a URL (`file:`, `http:`, `https:`) or a stream of bytes, e.g. `process.stdin`
   * @throws {DataError} if it cannot be read or is not a table: with line and column where there is one. Also for columns of text
   *   or dates that are not ignored, columns without a value, and values that do not go with the others of their column.
   * @throws {ArgumentError} for an unknown option, or one that names a column that is not there
   */
  static async read(source: ByteSource, options: TableReadOptions = {}): Promise<Table> {
    return new Table(await readTable(source, options));
  }

  /**
   * A table of rows, `[{ height: 1.8, city: 'Kyoto' }, …]`, or of columns, `{ height: [1.8, …], city: ['Kyoto', …] }`. The values
   * are copied. null, undefined, NaN and an empty string are missing; strings are read as the cells of a file are.
   *
   * @throws {DataError} for a value that is not a finite number, a string or a boolean; columns of different lengths; no rows; and as
   *   `read` for columns that nothing can be learned from
   * @throws {ArgumentError} for an unknown option, or one that names a column that is not there
   */
  static from<C extends ColumnsOf<C>>(columns: C, options?: TableOptions): Table;
  static from<R extends RowOf<R>>(rows: readonly R[], options?: TableOptions): Table;
  static from(values: RowsOf | ColumnsOf, options?: TableOptions): Table;
  static from(values: RowsOf | ColumnsOf, options: TableOptions = {}): Table {
    return new Table(tableOf(values, options));
  }

  /** At most 1,000 rows at a time, of columns whose kinds are known. @internal */
  static async *pieces(...args: Parameters<typeof readPieces>): AsyncGenerator<Table, void, undefined> {
    for await (const parts of readPieces(...args)) yield new Table(parts);
  }

  /** The columns, in order. Their values must not be changed. */
  get columns(): readonly TableColumn[] {
    return this.parts.columns;
  }

  /** @throws {ArgumentError} if there is no such column, suggesting the one that was meant */
  column(name: string): TableColumn {
    return this.requireColumn('Table.column', 'there is no column', name);
  }

  /** @throws {ArgumentError} unless `index` is an integer in [0, length) */
  row(index: number): Row {
    requireInteger('Table.row', 'index', index, 0, this.length - 1);
    return this.rowAt(index);
  }

  /** The rows, one after another: `for (const row of table)`. */
  [Symbol.iterator](): Generator<Row, void, undefined> {
    return this.rows();
  }

  /** The rows, one after another. */
  *rows(): Generator<Row, void, undefined> {
    for (let row = 0; row < this.length; row++) yield this.rowAt(row);
  }

  /**
   * The first `n` rows as text in columns.
   *
   * @throws {ArgumentError} unless n is an integer of at least 1
   */
  head(n = 5): string {
    requireInteger('Table.head', 'n', n, 1);
    const { shown, more } = firstColumns(this.columns);
    const rows = Array.from({ length: Math.min(n, this.length) }, (_, row) =>
      shown.map((column) => textOf(column, row)),
    );
    const right = shown.map(({ kind }) => kind === 'number');
    const text = alignedText(
      shown.map(({ name }) => name),
      rows,
      right,
    );
    return more === 0 ? text : `${text}\n… and ${more} more columns`;
  }

  /** Kind, missing values and range or frequencies of each column; as text, a table. */
  describe(): TableSummary {
    return new TableSummary(this.length, this.columns.map(summaryOf));
  }

  /**
   * The table of these columns, in this order, over the same values.
   *
   * @throws {ArgumentError} for a column that is not there, one that is named twice, or no name
   */
  select(names: readonly string[]): Table {
    const operation = 'Table.select';
    requireStrings(operation, 'names', names);
    if (names.length === 0) {
      throw new ArgumentError({ operation, found: 'names is []', expected: 'at least one name' });
    }
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) {
      throw new ArgumentError({ operation, found: `names has ${show(twice)} twice`, expected: 'each name once' });
    }
    const columns = names.map((name) => this.requireColumn(operation, 'there is no column', name));
    return new Table({ ...this.parts, columns });
  }

  /**
   * The table of the rows for which `keep` returns a true value. It may have no row.
   *
   * @throws {ArgumentError} if `keep` is not a function, or returns a promise, which would be a true value for every row
   */
  filter(keep: (row: Row, index: number) => unknown): Table {
    requireFunction('Table.filter', 'keep', keep, 'a function of a row');
    const kept: number[] = [];
    for (let row = 0; row < this.length; row++) {
      if (requireNoPromise('Table.filter', 'keep', keep(this.rowAt(row), row))) kept.push(row);
    }
    return this.withRows(Int32Array.from(kept));
  }

  /**
   * The table of these rows, in this order; a row may be there more than once.
   *
   * @throws {ArgumentError} for an index that is not an integer in [0, length)
   */
  take(indices: ArrayLike<number>): Table {
    const operation = 'Table.take';
    if (typeof indices !== 'object' || indices === null || typeof indices.length !== 'number') {
      throw new ArgumentError({ operation, found: `indices is ${show(indices)}`, expected: 'an array of row numbers' });
    }
    const rows = new Int32Array(indices.length);
    for (let i = 0; i < rows.length; i++) {
      rows[i] = requireInteger(operation, `indices[${i}]`, indices[i], 0, this.length - 1);
    }
    return this.withRows(rows);
  }

  /**
   * Splits the rows at random into two tables, each in random order. With `shuffle: false` the last ones are the test part.
   *
   * With `stratify`, every value of that column keeps a row in the train part; `warnings` says what that does to the test
   * part. Rows in which it is missing count as one more value.
   *
   * @throws {ArgumentError} for a share outside (0, 1), a column that is not there, or `stratify` with `shuffle: false`
   * @throws {DataError} for a table of fewer than two rows, or a column in which every value is there once
   */
  split(options: TableSplitOptions): TableSplit {
    const operation = 'Table.split';
    const { share, random } = readSplit(operation, options);
    const { stratify } = options;
    const by = stratify === undefined ? undefined : this.requireColumn(operation, 'stratify names a column', stratify);
    const { length } = this;
    if (length < 2) {
      const found = `the table has ${length} ${length === 1 ? 'row' : 'rows'}`;
      throw new DataError({ operation, found, expected: 'at least 2' });
    }
    const testCount = testCountOf(length, share);
    const parts = splitRows(rowNumbers(length), testCount, random, by === undefined ? undefined : classesOf(by));
    if (parts === undefined) {
      throw new DataError({
        operation,
        found: `every value of column ${show(stratify)} is there once`,
        expected: 'one that is there twice or more, in a row to train on and one to test',
        fix: 'Leave stratify out',
      });
    }
    return { train: this.withRows(parts.train), test: this.withRows(parts.test), warnings: parts.warnings };
  }

  /** One line: rows, columns and their kinds. */
  toString(): string {
    const { length, columns, source } = this;
    const size = `${length} ${length === 1 ? 'row' : 'rows'} × ${columns.length} ${columns.length === 1 ? 'column' : 'columns'}`;
    return `Table of ${size} (${kindCounts(columns)})${source === undefined ? '' : ` from ${source.place}`}`;
  }

  /** Where a row, or its value of a column, came from, for messages: `iris.csv, line 12, column 3 ("x")`. @internal */
  placeOf(row: number, column?: string): string {
    const { places, origin } = this.parts;
    const place = placeOf(places, origin?.[row] ?? row);
    return column === undefined ? place : `${place}, ${places.column(column)}`;
  }

  /** @internal */
  requireColumn(operation: string, found: string, name: string): TableColumn {
    const column = this.columns.find((candidate) => candidate.name === name);
    if (column !== undefined) return column;
    throw noColumn(operation, `${found} ${show(name)}`, name, this.columnNames);
  }

  private rowAt(row: number): Row {
    // fromEntries also takes a column called __proto__ as a property.
    return Object.fromEntries(this.columns.map((column) => [column.name, cellOf(column, row)]));
  }

  private withRows(rows: Int32Array): Table {
    const { columns, origin } = this.parts;
    return new Table({
      ...this.parts,
      columns: columns.map((column) => takeRows(column, rows)),
      length: rows.length,
      origin: origin === undefined ? rows : rows.map((row) => origin[row]!),
    });
  }
}

brand(Table, 'Table');

showAsText(Table);

function textOf(column: TableColumn, row: number): string {
  const cell = cellOf(column, row);
  if (cell === null) return '';
  return typeof cell === 'number' ? shortNumber(cell) : String(cell);
}

/** An index for each different value, in the order in which they appear, and their names. */
function classesOf({ values }: TableColumn): { readonly classOf: Int32Array; readonly names: readonly string[] } {
  const indices = new Map<number | string | null, number>();
  const classOf = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!; // a Map finds NaN
    const known = indices.get(value);
    classOf[row] = known ?? indices.size;
    if (known === undefined) indices.set(value, indices.size);
  }
  const names = [...indices.keys()].map((value) =>
    value === null || Number.isNaN(value)
      ? 'of missing values'
      : typeof value === 'string'
        ? show(value)
        : String(value),
  );
  return { classOf, names };
}
