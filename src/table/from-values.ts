/** A table from rows or columns that a program has. */

import { ArgumentError, counted, DataError, show } from '../errors.js';
import { typedArrayName } from '../identity.js';
import { isThenable } from '../options.js';
import { ColumnBuilder } from './column-builder.js';
import type { Cell, Row, RowOf } from './columns.js';
import { finishColumns } from './finish-columns.js';
import type { TableParts } from './parts.js';
import { GIVEN } from './places.js';
import { checkCell, RowBuilder } from './row-builder.js';
import { readTableOptions, requireNamedColumns, type TableOptions, type TableSettings } from './table-options.js';

const OPERATION = 'Table.from';

/** Rows by the names of the columns; a missing value is null, undefined, NaN or an empty string. */
export type RowsOf<R = Row> = readonly RowOf<R>[];

/** The values of a column, from the first row to the last. */
export type ValuesOf = ArrayLike<Cell | undefined> & object;

/** Columns by their names, all of one length. */
export type ColumnsOf<C = Record<string, ValuesOf>> = { readonly [Name in keyof C & string]: ValuesOf };

export function tableOf(values: unknown, options: TableOptions): TableParts {
  const settings = readTableOptions(OPERATION, options);
  if (Array.isArray(values)) return fromRows(values, settings);
  if (typeof values === 'object' && values !== null && typedArrayName(values) === undefined && !isThenable(values)) {
    return fromColumns(values as Readonly<Record<string, unknown>>, settings);
  }
  throw new ArgumentError({
    operation: OPERATION,
    found: `the values are ${show(values)}`,
    expected: 'rows, [{ name: value, … }, …], or columns, { name: [value, …], … }',
  });
}

function fromRows(values: readonly unknown[], settings: TableSettings): TableParts {
  if (values.length === 0)
    throw new DataError({ operation: OPERATION, found: 'there is no row', expected: 'at least one' });
  const rows = new RowBuilder(OPERATION, settings, GIVEN);
  for (const row of values) rows.add(row);
  requireNamedColumns(OPERATION, settings, rows.names);
  const columns = finishColumns(OPERATION, [...rows.builders.values()], GIVEN);
  const { missing } = settings;
  return { columns, length: rows.length, places: GIVEN, source: undefined, missing, origin: undefined };
}

function fromColumns(values: Readonly<Record<string, unknown>>, settings: TableSettings): TableParts {
  const given = Object.entries(values).map(([name, column]) => [name, requireList(name, column)] as const);
  requireNamedColumns(
    OPERATION,
    settings,
    given.map(([name]) => name),
  );
  const length = given[0]?.[1].length ?? 0;
  for (const [name, { length: other }] of given) {
    if (other === length) continue;
    const found = `column ${show(name)} has ${counted(other, 'value')}`;
    throw new DataError({ operation: OPERATION, found, expected: `${length}, as column ${show(given[0]![0])} has` });
  }
  if (length === 0) throw new DataError({ operation: OPERATION, found: 'there is no row', expected: 'at least one' });
  const { kinds, missing, ignore } = settings;
  const builders = given
    .filter(([name]) => !ignore.has(name))
    .map(([name, list]) => {
      const builder = new ColumnBuilder(name, { operation: OPERATION, kind: kinds.get(name), missing, places: GIVEN });
      for (let row = 0; row < length; row++) builder.add(checkCell(OPERATION, GIVEN, row, name, list[row]));
      return builder;
    });
  const columns = finishColumns(OPERATION, builders, GIVEN);
  return { columns, length, places: GIVEN, source: undefined, missing, origin: undefined };
}

function requireList(name: string, column: unknown): ArrayLike<unknown> {
  if (Array.isArray(column) || typedArrayName(column) !== undefined) return column as ArrayLike<unknown>;
  const found = `column ${show(name)} is ${show(column)}`;
  throw new ArgumentError({ operation: OPERATION, found, expected: 'an array of values' });
}
