/** What a table is made of. */

/** A value of a table: a number, a word, yes or no; null where it is missing. */
export type Cell = number | string | boolean | null;

/** One row, by the names of the columns. */
export type Row = Record<string, Cell>;

/**
 * What a row may be: any object type whose properties are cells, an interface too, which has no index signature and so is no
 * `Row`. Other columns than those that are needed do no harm; a missing value is null or undefined.
 *
 * @example function learn<R extends RowOf<R>>(rows: readonly R[]): Table { return Table.from(rows); }
 */
export type RowOf<R> = { readonly [Name in keyof R & string]?: Cell | undefined };

/** `number` · `category` words that name one of several things · `boolean` true or false. */
export type ColumnKind = 'number' | 'category' | 'boolean';

export const COLUMN_KINDS = ['number', 'category', 'boolean'] as const satisfies readonly ColumnKind[];

/** A column of numbers. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: 'number';
  /** NaN where a value is missing; all others are finite. */
  readonly values: Float64Array;
}

/** A column of words. */
export interface WordColumn {
  readonly name: string;
  readonly kind: 'category' | 'boolean';
  /** The word of each row, `'true'` or `'false'` for the kind `boolean`; null where it is missing. */
  readonly values: readonly (string | null)[];
}

/** A column, by its kind. */
export type TableColumn = NumberColumn | WordColumn;

/** The value of a row as `Row` has it. */
export function cellOf(column: TableColumn, row: number): Cell {
  if (column.kind === 'number') {
    const value = column.values[row]!;
    return Number.isNaN(value) ? null : value;
  }
  const word = column.values[row]!;
  return column.kind === 'boolean' && word !== null ? word === 'true' : word;
}

/** The same column of these rows. */
export function takeRows(column: TableColumn, rows: Int32Array): TableColumn {
  if (column.kind === 'number') return { ...column, values: Float64Array.from(rows, (row) => column.values[row]!) };
  return { ...column, values: Array.from(rows, (row) => column.values[row]!) };
}
