/** A table from a file, a URL or a stream: told apart by extension or content, read piece by piece. */

import { ArgumentError, DataError } from '../errors.js';
import { bytesOf } from '../io/records/byte-source.js';
import { checkCsvOptions, openCsvText } from '../io/records/csv-reader.js';
import { readJson } from '../io/records/json-reader.js';
import { NoText, textOf } from '../io/records/text-chunks.js';
import { ColumnBuilder } from './column-builder.js';
import { finishColumns, refuseEarly } from './finish-columns.js';
import type { TableParts, TableSource } from './parts.js';
import { filePlaces, RowLines } from './places.js';
import { RowBuilder } from './row-builder.js';
import {
  readReadOptions,
  requireNamedColumns,
  type TableFormat,
  type TableReadOptions,
  type TableSettings,
} from './table-options.js';

const OPERATION = 'Table.read';

const EXPECTED = 'a table as CSV, JSON or JSON lines';

export async function readTable(source: unknown, options: TableReadOptions): Promise<TableParts> {
  const settings = readReadOptions(OPERATION, options);
  checkCsvOptions(OPERATION, options);
  const { place, path, chunks } = bytesOf(OPERATION, source, EXPECTED);
  const extension = /\.([a-z]+)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  const text = textOf(chunks);
  try {
    const { start, all } = await withStart(place, text);
    const format = options.format ?? formatOf(place, extension, start);
    if (format === 'csv') {
      const delimiter = options.delimiter ?? (extension === 'tsv' ? '\t' : undefined);
      return await readCsv(place, all, { delimiter, header: options.header }, settings);
    }
    for (const name of ['delimiter', 'header'] as const) {
      if (options[name] === undefined) continue;
      const found = `${name} is given for ${place}, which is read as ${format}`;
      throw new ArgumentError({ operation: OPERATION, found, expected: 'it for CSV only' });
    }
    return await readRows(place, all, format, settings);
  } finally {
    await text.return(); // closes the file, also before anything was read from `all`
  }
}

/** The first text that there is, and all of it. */
async function withStart(
  place: string,
  text: AsyncGenerator<string, void, undefined>,
): Promise<{ readonly start: string; readonly all: AsyncGenerator<string, void, undefined> }> {
  let start = '';
  let fault: unknown;
  while (start.trim() === '' && start.length < 2 ** 16 && fault === undefined) {
    try {
      const { done, value } = await text.next();
      if (done) break;
      start += value;
    } catch (error) {
      if (!(error instanceof NoText)) throw error;
      if (!error.atPlace) {
        const found = `${place} ${error.complaint.found}`;
        throw new DataError(
          { operation: OPERATION, expected: EXPECTED, ...error.complaint, found },
          { cause: error.cause },
        );
      }
      fault = error;
    }
  }
  async function* all(): AsyncGenerator<string, void, undefined> {
    if (start !== '') yield start;
    if (fault !== undefined) throw fault;
    yield* text;
  }
  return { start: start.trimStart(), all: all() };
}

const EXTENSIONS: Readonly<Record<string, TableFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
};

function formatOf(place: string, extension: string | undefined, start: string): TableFormat {
  const said = extension !== undefined && Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
  const seen = /^\[\s*[[{\]]/.test(start) ? 'json' : /^\{\s*["}]/.test(start) ? 'jsonl' : undefined;
  if (said === 'csv' && seen !== undefined) {
    const found = `${place} holds JSON`;
    const fix = `Give its format: format: "${seen}"`;
    throw new DataError({ operation: OPERATION, found, expected: 'CSV, as its name says', fix });
  }
  return said ?? seen ?? 'csv';
}

async function readCsv(
  place: string,
  text: AsyncIterator<string>,
  options: { readonly delimiter: string | undefined; readonly header: boolean | undefined },
  settings: TableSettings,
): Promise<TableParts> {
  const reader = await openCsvText(OPERATION, place, text, options);
  try {
    const names = reader.columnNames;
    requireNamedColumns(OPERATION, settings, names);
    const lines = new RowLines();
    const places = filePlaces(place, lines, names);
    const { kinds, missing, ignore } = settings;
    const builders = names.map((name) =>
      ignore.has(name)
        ? undefined
        : new ColumnBuilder(name, { operation: OPERATION, kind: kinds.get(name), missing, places }),
    );
    const kept = builders.filter((builder) => builder !== undefined);
    let length = 0;
    for await (const batch of reader) {
      lines.addBatch(batch);
      for (let column = 0; column < builders.length; column++) builders[column]?.addRecords(batch.records, column);
      length += batch.records.length;
      refuseEarly(OPERATION, kept, places);
    }
    if (length === 0) {
      const found = `${place} has a header and no rows`;
      throw new DataError({ operation: OPERATION, found, expected: EXPECTED });
    }
    const source: TableSource = { place, format: 'csv', delimiter: reader.delimiter, header: reader.header };
    return { columns: finishColumns(OPERATION, kept, places), length, places, source, origin: undefined };
  } finally {
    await reader.close();
  }
}

async function readRows(
  place: string,
  text: AsyncIterator<string>,
  format: 'json' | 'jsonl',
  settings: TableSettings,
): Promise<TableParts> {
  const lines = new RowLines();
  const places = filePlaces(place, lines);
  const rows = new RowBuilder(OPERATION, settings, places);
  for await (const batch of readJson(OPERATION, place, text, format)) {
    batch.values.forEach((value, i) => {
      lines.add(batch.lines[i]!);
      rows.add(value);
    });
    refuseEarly(OPERATION, [...rows.builders.values()], places);
  }
  if (rows.length === 0) {
    throw new DataError({ operation: OPERATION, found: `${place} has no rows`, expected: EXPECTED });
  }
  requireNamedColumns(OPERATION, settings, rows.names);
  const columns = finishColumns(OPERATION, [...rows.builders.values()], places);
  return { columns, length: rows.length, places, source: { place, format }, origin: undefined };
}
