/** A table from a file, a URL or a stream, read piece by piece. */

import { DataError } from '../errors.js';
import { openCsvText } from '../io/records/csv-reader.js';
import { readJson } from '../io/records/json-reader.js';
import { ColumnBuilder } from './column-builder.js';
import { finishColumns, refuseEarly } from './finish-columns.js';
import { EXPECTED, type OpenTable, openTable } from './open-table.js';
import type { TableParts, TableSource } from './parts.js';
import { filePlaces, RowLines } from './places.js';
import { RowBuilder } from './row-builder.js';
import { requireNamedColumns, type TableReadOptions } from './table-options.js';

export async function readTable(source: unknown, options: TableReadOptions): Promise<TableParts> {
  const table = await openTable('Table.read', source, options);
  try {
    return await (table.format === 'csv' ? readCsv(table) : readRows(table));
  } finally {
    await table.close();
  }
}

async function readCsv({ operation, place, text, csv, settings }: OpenTable): Promise<TableParts> {
  const reader = await openCsvText(operation, place, text, csv);
  try {
    const names = reader.columnNames;
    requireNamedColumns(operation, settings, names);
    const lines = new RowLines();
    const places = filePlaces(place, lines, names);
    const { kinds, missing, ignore } = settings;
    const { decimal } = csv;
    const builders = names.map((name) =>
      ignore.has(name)
        ? undefined
        : new ColumnBuilder(name, { operation, kind: kinds.get(name), missing, decimal, places }),
    );
    const kept = builders.filter((builder) => builder !== undefined);
    let length = 0;
    for await (const batch of reader) {
      lines.addBatch(batch);
      for (let column = 0; column < builders.length; column++) builders[column]?.addRecords(batch.records, column);
      length += batch.records.length;
      refuseEarly(operation, kept, places);
    }
    if (length === 0) {
      const found = `${place} has a header and no rows`;
      throw new DataError({ operation, found, expected: EXPECTED });
    }
    const source: TableSource = { place, format: 'csv', delimiter: reader.delimiter, header: reader.header };
    const columns = finishColumns(operation, kept, places);
    return { columns, length, places, source, missing, origin: undefined };
  } finally {
    await reader.close();
  }
}

async function readRows({ operation, place, text, format, settings }: OpenTable): Promise<TableParts> {
  const lines = new RowLines();
  const places = filePlaces(place, lines);
  const rows = new RowBuilder(operation, settings, places);
  for await (const batch of readJson(operation, place, text, format as 'json' | 'jsonl')) {
    batch.values.forEach((value, i) => {
      lines.add(batch.lines[i]!);
      rows.add(value);
    });
    refuseEarly(operation, [...rows.builders.values()], places);
  }
  if (rows.length === 0) {
    throw new DataError({ operation, found: `${place} has no rows`, expected: EXPECTED });
  }
  requireNamedColumns(operation, settings, rows.names);
  const columns = finishColumns(operation, [...rows.builders.values()], places);
  const { missing } = settings;
  return { columns, length: rows.length, places, source: { place, format }, missing, origin: undefined };
}
