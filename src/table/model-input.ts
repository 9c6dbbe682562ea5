/** Raw rows and tables as a model reads them: by the names of its columns, in any order, among any others. */

import { ArgumentError, DataError, show } from '../errors.js';
import { booleanOf, numberOf } from './cell-kinds.js';
import type { ColumnEncoding } from './column-encoding.js';
import type { Cell, ColumnKind, Row, TableColumn } from './columns.js';
import { missingColumn } from './missing-column.js';
import type { Table } from './table.js';

/** A column that is read: its name, and what it held when the model was trained. */
type Wanted = Pick<ColumnEncoding, 'name'> & { readonly kind: ColumnKind };

/**
 * The columns of a table that these encodings read.
 *
 * @throws {DataError} if one is missing, or holds something else than in training
 */
export function columnsOf(operation: string, table: Table, wanted: readonly Wanted[]): TableColumn[] {
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  return wanted.map(({ name, kind }) => {
    const column = columns.get(name);
    if (column === undefined) throw missingColumn(operation, 'the table', name, table.columnNames);
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
    return cellOf(operation, `${place}[${show(name)}]`, (row as Row)[name], kind);
  });
}

/** The value of a cell, read as Table.from reads it: without spaces around it, and NaN is missing like null. */
function cellOf(operation: string, place: string, given: Cell | undefined, kind: ColumnKind): number | string | null {
  const cell = typeof given === 'string' ? given.trim() : given;
  const isMissing = cell === null || cell === undefined || cell === '' || Number.isNaN(cell);
  const refuse = (expected: string): never => {
    throw new ArgumentError({ operation, found: `${place} is ${show(given)}`, expected });
  };
  if (kind === 'number') {
    if (isMissing) return Number.NaN;
    const number = numberOf(cell);
    return Number.isFinite(number) ? number : refuse('a finite number, as in training, or null for a missing one');
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
