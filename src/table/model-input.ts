/** Raw rows and tables as a model reads them: by the names of its columns, in any order, among any others. */

import { ArgumentError, DataError, show } from '../errors.js';
import { booleanOf, numberOf } from './cell-kinds.js';
import type { ColumnEncoding } from './column-encoding.js';
import type { Cell, ColumnKind, Row, TableColumn } from './columns.js';
import { missingColumn } from './missing-column.js';
import type { MissingWords } from './missing-words.js';
import type { Table } from './table.js';

/** A column that is read: its name, and what it held when the model was trained. */
type Wanted = Pick<ColumnEncoding, 'name'> & { readonly kind: ColumnKind };

/**
 * The columns of a table that these encodings read.
 *
 * @param missing the words of the model, which stand for missing values in a table that was read without any
 * @throws {DataError} if one is missing, or holds something else than in training
 */
export function columnsOf(
  operation: string,
  table: Table,
  wanted: readonly Wanted[],
  missing: MissingWords,
): TableColumn[] {
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  const isAsRead = table.parts.missing !== undefined || missing.words.length === 0;
  return wanted.map(({ name, kind }) => {
    const given = columns.get(name);
    if (given === undefined) throw missingColumn(operation, 'the table', name, table.columnNames);
    const column = isAsRead ? given : withoutWords(given, missing);
    if ((column.kind === 'number') === (kind === 'number')) return column;
    const isEmpty = [...column.values].every((value: number | string | null) => value === null || Number.isNaN(value));
    if (isEmpty) return { ...column, kind, values: emptyValues(kind, table.length) } as TableColumn;
    throw new DataError({
      operation,
      found: `column ${show(name)} is a ${column.kind} here`,
      expected: `a ${kind}, as in training`,
      fix: `Read the table with columns: { ${JSON.stringify(name)}: '${kind}' }`,
    });
  });
}

function withoutWords(column: TableColumn, missing: MissingWords): TableColumn {
  if (column.kind === 'number') {
    return { ...column, values: column.values.map((value) => (missing.hasNumber(value) ? Number.NaN : value)) };
  }
  return { ...column, values: column.values.map((word) => (word === null || missing.hasText(word) ? null : word)) };
}

function emptyValues(kind: ColumnKind, length: number): TableColumn['values'] {
  return kind === 'number' ? new Float64Array(length).fill(Number.NaN) : new Array<null>(length).fill(null);
}

/**
 * The cells of one row, in the order of these encodings.
 *
 * @param place the row's name in messages, e.g. `rows[3]`
 * @throws {DataError} if a column is missing, {ArgumentError} for anything but a row, or a cell of another kind
 */
export function cellsOf(
  operation: string,
  place: string,
  row: unknown,
  wanted: readonly Wanted[],
  missing: MissingWords,
): (number | string | null)[] {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw new ArgumentError({
      operation,
      found: `${place} is ${show(row)}`,
      expected: `an object with a cell for each column, e.g. { ${JSON.stringify(wanted[0]?.name ?? 'column')}: … }`,
    });
  }
  return wanted.map(({ name, kind }) => {
    if (!Object.hasOwn(row, name)) throw missingColumn(operation, place, name, Object.keys(row));
    return cellOf(operation, `${place}[${show(name)}]`, (row as Row)[name], kind, missing);
  });
}

/** The value of a cell, read as Table.from reads it: without spaces around it, and NaN is missing like null. */
function cellOf(
  operation: string,
  place: string,
  given: Cell | undefined,
  kind: ColumnKind,
  missing: MissingWords,
): number | string | null {
  const cell = typeof given === 'string' ? given.trim() : given;
  const isMissing = cell === null || cell === undefined || (typeof cell !== 'object' && missing.has(cell));
  const refuse = (expected: string): never => {
    throw new ArgumentError({ operation, found: `${place} is ${show(given)}`, expected });
  };
  if (kind === 'number') {
    if (isMissing) return Number.NaN;
    const number = numberOf(cell);
    if (!Number.isFinite(number)) return refuse('a finite number, as in training, or null for a missing one');
    return missing.hasNumber(number) ? Number.NaN : number;
  }
  if (isMissing) return null;
  if (kind === 'boolean') {
    const number = numberOf(cell);
    const word = number === 1 ? 'true' : number === 0 ? 'false' : booleanOf(cell);
    // Another word is a category that no training row had; a number is a mistake.
    return word ?? (typeof cell === 'string' ? cell : refuse('true, false, 1 or 0, or null for a missing one'));
  }
  if (typeof cell === 'string') return cell;
  if (Number.isInteger(cell) && !Number.isSafeInteger(cell)) {
    return refuse('a category as a string: of a whole number beyond 2⁵³ the last digits are lost');
  }
  if (typeof cell === 'boolean' || Number.isFinite(cell)) return String(cell);
  return refuse('a category as a string, or null for a missing one');
}
