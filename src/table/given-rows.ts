/** The rows that a call is given: a table, or for most calls an array too. */

import type { Dataset } from '../data/dataset.js';
import { ArgumentError, show } from '../errors.js';
import { copyOf, isInstance } from '../identity.js';
import { datasetOfRows, datasetOfTable, type RowEncoder } from './encoded-rows.js';
import { requireTable } from './model-arguments.js';
import { Table } from './table.js';
import { knownRows } from './table-rows.js';

/**
 * Those of these rows that have a target, encoded.
 *
 * @throws {DataError} if there is none, a column is missing, or a target is none for this model
 * @throws {ArgumentError} for anything but rows, or a cell of another kind
 */
export function datasetOfGiven(operation: string, encoder: RowEncoder, rows: readonly unknown[] | Table): Dataset {
  if (Array.isArray(rows)) return datasetOfRows(operation, encoder, rows);
  const table = requireRows(operation, rows);
  return datasetOfTable(operation, encoder, table, knownRows(operation, table, encoder.target, encoder.missing));
}

function requireRows(operation: string, rows: unknown): Table {
  if (isInstance(rows, Table)) return rows;
  if (copyOf(rows, Table) !== undefined) return requireTable(operation, rows); // it says where the other copy is
  throw new ArgumentError({
    operation,
    found: `rows is ${show(rows)}`,
    expected: 'an array of rows or a Table',
    fix:
      typeof rows === 'object' && rows !== null
        ? 'Wrap one row in [ ]'
        : "Read a file by Table.read('data.csv'), or give [{ … }]",
  });
}
