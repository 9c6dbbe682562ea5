/**
 * A table that need not fit into memory, as tables of at most 1,000 rows one after another. The kinds of the columns are known:
 * a piece does not tell those of the whole.
 */

import { DataError } from '../errors.js';
import { lineOf, openCsvText } from '../io/records/csv-reader.js';
import { type JsonBatch, readJson } from '../io/records/json-reader.js';
import { ColumnBuilder } from './column-builder.js';
import type { ColumnKind } from './columns.js';
import { finishColumns } from './finish-columns.js';
import { missingColumn } from './missing-column.js';
import { EXPECTED, type OpenTable, openTable } from './open-table.js';
import type { TableParts } from './parts.js';
import { filePlaces, RowLines } from './places.js';
import { RowBuilder } from './row-builder.js';
import type { TableReadOptions } from './table-options.js';

/** Rows of a piece at most. */
const MOST_ROWS = 1000;

/** How a source is read where the columns are known. */
export type TablePieceOptions = Omit<TableReadOptions, 'columns' | 'ignore'>;

/**
 * @param kinds the columns that are read; all must be there: of CSV in the header, of JSON among the first 1,000 rows, because a
 *   row may leave a missing cell out
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
  const { decimal } = csv;
  for (const name of kinds.keys()) {
    if (!names.includes(name)) throw missingColumn(operation, place, name, names);
  }
  const source = { place, format: 'csv', delimiter, header } as const;
  for await (const batch of reader) {
    yield* piecesOf(batch.records.length, (from, to) => {
      const records = batch.records.slice(from, to);
      const lines = new RowLines();
      for (let row = from; row < to; row++) lines.add(lineOf(batch, row));
      const places = filePlaces(place, lines, names);
      const builders: ColumnBuilder[] = [];
      let fault: RowFault | undefined;
      for (const [name, kind] of kinds) {
        const builder = new ColumnBuilder(name, { operation, kind, isFixed: true, missing, decimal, places });
        try {
          builder.addRecords(records, names.indexOf(name));
        } catch (error) {
          if (fault === undefined || builder.length < fault.row) fault = new RowFault(builder.length, error);
        }
        builders.push(builder);
      }
      if (fault !== undefined) return fault;
      const columns = finishColumns(operation, builders, places);
      return { columns, length: records.length, places, source, missing, origin: undefined };
    });
  }
}

async function* valuesOf(
  { operation, place, text, format, settings }: OpenTable,
  kinds: ReadonlyMap<string, ColumnKind>,
): AsyncGenerator<TableParts, void, undefined> {
  const tables = ({ values, lines: lineNumbers }: JsonBatch): Generator<TableParts, void, undefined> =>
    piecesOf(values.length, (from, to) => {
      const lines = new RowLines();
      const places = filePlaces(place, lines);
      const rows = new RowBuilder(operation, { ...settings, kinds, only: new Set(kinds.keys()) }, places);
      for (let row = from; row < to; row++) {
        lines.add(lineNumbers[row]!);
        try {
          rows.add(values[row]);
        } catch (error) {
          return new RowFault(row - from, error);
        }
      }
      const builders = [...kinds.keys()].map((name) => rows.builder(name));
      const columns = finishColumns(operation, builders, places);
      const { missing } = settings;
      return { columns, length: rows.length, places, source: { place, format }, missing, origin: undefined };
    });

  const names = new FirstNames(kinds.keys());
  let held: JsonBatch = { values: [], lines: [] };
  const requireNames = (): void => {
    if (names.unnamed === undefined) return;
    Array.from(tables(held)); // a bad row says more
    const within = held.values.length >= MOST_ROWS ? MOST_ROWS : undefined;
    throw missingColumn(operation, place, names.unnamed, [...names.present], within);
  };
  for await (const batch of readJson(operation, place, text, format as 'json' | 'jsonl')) {
    if (names.unnamed === undefined) yield* tables(batch);
    else {
      names.look(batch.values.slice(0, MOST_ROWS - held.values.length));
      held = { values: [...held.values, ...batch.values], lines: [...held.lines, ...batch.lines] };
      if (names.unnamed !== undefined && held.values.length < MOST_ROWS) continue;
      requireNames();
      yield* tables(held);
    }
  }
  if (held.values.length > 0) requireNames();
}

/** The first row of a piece that cannot be read, counted from the start of the piece, and why. */
class RowFault {
  constructor(
    readonly row: number,
    readonly error: unknown,
  ) {}
}

/**
 * Tables of so many rows in all, at most `MOST_ROWS` each. Of a bad row, the rows before it are given, then its error is thrown.
 *
 * @param read makes the table of the rows from the first number up to the second, which is not part of it
 */
function* piecesOf(
  length: number,
  read: (from: number, to: number) => TableParts | RowFault,
): Generator<TableParts, void, undefined> {
  for (let from = 0; from < length; from += MOST_ROWS) {
    const piece = read(from, Math.min(from + MOST_ROWS, length));
    if (!(piece instanceof RowFault)) yield piece;
    else {
      if (piece.row > 0) yield read(from, from + piece.row) as TableParts;
      throw piece.error;
    }
  }
}

/** Which columns the first rows of JSON name. */
class FirstNames {
  readonly present = new Set<string>();
  private readonly wanted: readonly string[];

  constructor(wanted: Iterable<string>) {
    this.wanted = [...wanted];
  }

  /** The first column that no row has named; undefined when all are. */
  get unnamed(): string | undefined {
    return this.wanted.find((name) => !this.present.has(name));
  }

  look(rows: readonly unknown[]): void {
    for (const row of rows) {
      if (typeof row !== 'object' || row === null) continue;
      for (const name of Object.keys(row)) this.present.add(name);
    }
  }
}
