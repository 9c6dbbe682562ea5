/** A table's source, opened: a file, a URL or a stream, its format told by extension or content. */

import { ArgumentError, DataError } from '../errors.js';
import { bytesOf } from '../io/records/byte-source.js';
import { type CsvOptions, checkCsvOptions } from '../io/records/csv-reader.js';
import { NoText, textOf } from '../io/records/text-chunks.js';
import { readReadOptions, type TableFormat, type TableReadOptions, type TableSettings } from './table-options.js';

export const EXPECTED = 'a table as CSV, JSON or JSON lines';

export interface OpenTable {
  readonly operation: string;
  readonly place: string;
  readonly format: TableFormat;
  readonly settings: TableSettings;
  /** Of CSV. */
  readonly csv: Required<CsvOptions>;
  /** All of it. */
  readonly text: AsyncIterator<string>;
  /** Closes the file, also if nothing was read. */
  close(): Promise<void>;
}

/**
 * Opens a source and reads its start.
 *
 * @throws {DataError} if it cannot be read or is not text, {ArgumentError} for an option that is unknown or not for its format
 */
export async function openTable(operation: string, source: unknown, options: TableReadOptions): Promise<OpenTable> {
  const settings = readReadOptions(operation, options);
  checkCsvOptions(operation, options);
  const { place, path, chunks } = bytesOf(operation, source, EXPECTED);
  const extension = /\.([a-z]+)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  const pieces = textOf(chunks);
  // Not that of `text`, which has nothing to close before it has begun.
  const close = async (): Promise<void> => {
    await pieces.return();
  };
  try {
    const { start, all } = await withStart(operation, place, pieces);
    const format = options.format ?? formatOf(operation, place, extension, start);
    if (format !== 'csv') {
      for (const name of ['delimiter', 'header', 'decimal'] as const) {
        if (options[name] === undefined) continue;
        const found = `${name} is given for ${place}, which is read as ${format}`;
        throw new ArgumentError({ operation, found, expected: 'it for CSV only' });
      }
    }
    const delimiter = options.delimiter ?? (extension === 'tsv' ? '\t' : undefined);
    const csv = { delimiter, header: options.header, decimal: options.decimal ?? '.' } as const;
    return { operation, place, format, settings, csv, text: all, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The first text that there is, and all of it. */
async function withStart(
  operation: string,
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
        throw new DataError({ operation, expected: EXPECTED, ...error.complaint, found }, { cause: error.cause });
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

function formatOf(operation: string, place: string, extension: string | undefined, start: string): TableFormat {
  const said = extension !== undefined && Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
  const seen = /^\[\s*[[{\]]/.test(start) ? 'json' : /^\{\s*["}]/.test(start) ? 'jsonl' : undefined;
  if (said === 'csv' && seen !== undefined) {
    const found = `${place} holds JSON`;
    const fix = `Give its format: format: "${seen}"`;
    throw new DataError({ operation, found, expected: 'CSV, as its name says', fix });
  }
  return said ?? seen ?? 'csv';
}
