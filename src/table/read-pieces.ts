/**
 * A table that need not fit into memory, as tables of some hundred rows one after another. The kinds of the columns are known:
 * a piece does not tell those of the whole.
 */

import { DataError } from '../errors.js';
import { openCsvText } from '../io/records/csv-reader.js';
import { readJson } from '../io/records/json-reader.js';
import { ColumnBuilder } from './column-builder.js';
import type { ColumnKind } from './columns.js';
import { finishColumns } from './finish-columns.js';
import { missingColumn } from './missing-column.js';
import { EXPECTED, type OpenTable, openTable } from './open-table.js';
import type { TableParts } from './parts.js';
import { filePlaces, RowLines } from './places.js';
import { RowBuilder } from './row-builder.js';
import type { TableReadOptions } from './table-options.js';

/** How a source is read where the columns are known. */
export type TablePieceOptions = Omit<TableReadOptions, 'columns' | 'ignore'>;

/**
 * @param kinds the columns that are read; all must be there
 * @throws {DataError} as `Table.read`, where the rows before have been given; {ArgumentError} for an unknown option
 */
export async function* readPieces(
  operation: string,
  source: unknown,
  options: TablePieceOptions,
  kinds: ReadonlyMap<string, ColumnKind>,
): AsyncGenerator<TableParts, void, undefined> {
  const table = await openTable(operation, source, options);
  let isEmpty = true;
  try {
    for await (const piece of table.format === 'csv' ? recordsOf(table, kinds) : valuesOf(table, kinds)) {
      isEmpty = false;
      yield piece;
    }
  } finally {
    await table.close();
  }
  if (!isEmpty) return;
  const found = `${table.place} has ${table.format === 'csv' ? 'a header and no' : 'no'} rows`;
  throw new DataError({ operation, found, expected: EXPECTED });
}

async function* recordsOf(
  { operation, place, text, csv, settings: { missing } }: OpenTable,
  kinds: ReadonlyMap<string, ColumnKind>,
): AsyncGenerator<TableParts, void, undefined> {
  const reader = await openCsvText(operation, place, text, csv);
  const names = reader.columnNames;
  const { delimiter, header } = reader;
  for (const name of kinds.keys()) {
    if (!names.includes(name)) throw missingColumn(operation, place, name, names);
  }
  for await (const batch of reader) {
    const lines = new RowLines();
    lines.addBatch(batch);
    const places = filePlaces(place, lines, names);
    const builders = [...kinds].map(([name, kind]) => {
      const builder = new ColumnBuilder(name, { operation, kind, missing, places });
      builder.addRecords(batch.records, names.indexOf(name));
      return builder;
    });
    const source = { place, format: 'csv', delimiter, header } as const;
    const { length } = batch.records;
    yield { columns: finishColumns(operation, builders, places), length, places, source, origin: undefined };
  }
}

async function* valuesOf(
  { operation, place, text, format, settings }: OpenTable,
  kinds: ReadonlyMap<string, ColumnKind>,
): AsyncGenerator<TableParts, void, undefined> {
  let isFirst = true;
  for await (const batch of readJson(operation, place, text, format as 'json' | 'jsonl')) {
    const lines = new RowLines();
    const places = filePlaces(place, lines);
    const rows = new RowBuilder(operation, { ...settings, kinds, only: new Set(kinds.keys()) }, places);
    batch.values.forEach((value, i) => {
      lines.add(batch.lines[i]!);
      rows.add(value);
    });
    for (const name of kinds.keys()) {
      // Later rows may leave a missing cell out.
      if (isFirst && !rows.names.has(name)) throw missingColumn(operation, place, name, [...rows.names]);
    }
    isFirst = false;
    const columns = finishColumns(
      operation,
      [...kinds.keys()].map((name) => rows.builder(name)),
      places,
    );
    yield { columns, length: rows.length, places, source: { place, format }, origin: undefined };
  }
}
