/** A stream over a CSV file: what `DatasetStream.fromCsv` takes, and how the file is read. */

import { platform } from '#platform';
import { ArgumentError, DataError, show } from '../errors.js';
import { readChunks, withFile } from '../io/read-file.js';
import { openCsv } from '../io/records/csv-reader.js';
import { checkOptions, type Elsewhere, nearestName, requireStrings } from '../options.js';
import { type CsvPlan, CsvScanner, IGNORED, TARGET } from './csv-scanner.js';
import { type ReadStreamOptions, readStreamOptions } from './stream-options.js';
import type { StreamSource } from './stream-reader.js';
import type { StreamRows } from './stream-rows.js';

/** What `DatasetStream.fromCsv` takes beside the path. */
export interface StreamCsvOptions {
  /** The name of the column to be predicted. */
  readonly target: string;
  /**
   * The words of the target in the order of their classes, or the number of classes where it holds integers from 0. Without it
   * the target is a value to predict.
   */
  readonly classes?: readonly string[] | number;
  /** The names of the columns of x, in their order; they must hold numbers. Default: all but the target. */
  readonly columns?: readonly string[];
  /** The character between two cells. Default: told by the first records. */
  readonly delimiter?: string;
  /** Whether the first record names the columns; without names they are column1, column2, …. Default: told by its cells. */
  readonly header?: boolean;
  /** How many rows the file has, where that is known: a Trainer can then take `epochs`. */
  readonly rows?: number;
  /** Rows that batches are drawn from; see `DatasetStream.from`. */
  readonly window?: number;
}

const OPERATION = 'DatasetStream.fromCsv';

const OPTION_NAMES = ['target', 'classes', 'columns', 'delimiter', 'header', 'rows', 'window'] as const;

const ELSEWHERE: Elsewhere = {
  label: 'did you mean "target"?',
  labels: 'did you mean "target"?',
  targets: 'did you mean "target"?',
  features: 'did you mean "columns"?',
  sep: 'did you mean "delimiter"?',
};

const EXPECTED = 'a table as CSV';

/** Bytes that are read at a time. */
const CHUNK = 2 ** 20;

/** Numbers that are given at a time. */
const NUMBERS = 2 ** 16;

/** Reads the head of the file; columns that it does not have are refused here. */
export async function openCsvStream(
  path: string,
  options: StreamCsvOptions,
): Promise<{ readonly source: StreamSource; readonly options: ReadStreamOptions }> {
  if (typeof path !== 'string' || path === '') {
    throw new ArgumentError({
      operation: OPERATION,
      found: `path is ${show(path)}`,
      expected: 'the path of a CSV file',
    });
  }
  checkOptions(OPERATION, options, OPTION_NAMES, ELSEWHERE);
  const { target, classes, columns, rows, window } = options;
  const words = Array.isArray(classes) ? requireWords(classes) : undefined;
  await refuseGzip(path);
  const csv = await openCsv(OPERATION, path, { delimiter: options.delimiter, header: options.header });
  const { delimiter, header, columnNames } = csv;
  const hasRows = await csv.hasRows().finally(() => csv.close());
  if (!hasRows) throw noRows(OPERATION, path, header);
  if (delimiter.charCodeAt(0) > 127) {
    throw new ArgumentError({
      operation: OPERATION,
      found: `delimiter is ${show(delimiter)}`,
      expected: 'an ASCII character',
    });
  }
  const roles = rolesOf(columnNames, target, columns);
  const inputSize = roles.filter((role) => role >= 0).length;
  const read = readStreamOptions(OPERATION, {
    inputSize,
    ...(classes === undefined ? { outputSize: 1 } : { classes: words === undefined ? classes : words.length }),
    ...(rows === undefined ? {} : { rows }),
    ...(window === undefined ? {} : { window }),
    name: platform.files.nameOf(path),
  });
  const plan: CsvPlan = {
    ...{ place: path, delimiter: delimiter.charCodeAt(0), columnNames, roles, inputSize },
    classes: words && new Map(words.map((word, label) => [word, label])),
    capacity: Math.max(1, Math.floor(NUMBERS / inputSize)),
  };
  return { source: () => rowsOf(path, plan, header, read), options: read };
}

/** A table in memory is unpacked as it is read; the bytes of a stream are taken as they are. */
function refuseGzip(path: string): Promise<void> {
  const options = { expected: EXPECTED, maxBytes: Number.POSITIVE_INFINITY };
  return withFile(OPERATION, path, options, async (file) => {
    const head = await file.read(0, Math.min(2, file.size));
    if (head[0] !== 0x1f || head[1] !== 0x8b) return;
    throw new DataError({
      operation: OPERATION,
      found: `${path}: the file is packed by gzip`,
      expected: 'an unpacked file',
      fix: 'Unpack it first: gunzip',
    });
  });
}

function noRows(operation: string, path: string, header: boolean): DataError {
  const found = `${path} has no rows${header ? ' below its header' : ''}`;
  return new DataError({ operation, found, expected: 'at least one' });
}

/** The numbers of the file, some thousand rows at a time, in arrays that are used again. */
async function* rowsOf(
  path: string,
  plan: CsvPlan,
  header: boolean,
  { kind, classes }: ReadStreamOptions,
): AsyncGenerator<StreamRows, void, undefined> {
  const scanner = new CsvScanner(plan, header);
  let waiting = new Uint8Array(2 * CHUNK);
  let length = 0;
  let isStart = true;
  let isEmpty = true;

  function* rowsRead(): Generator<StreamRows, void, undefined> {
    if (scanner.count === 0) return;
    isEmpty = false;
    const bad = kind === 'classification' ? firstNoClass(scanner, classes!) : scanner.count;
    const error = bad < scanner.count ? noClass(scanner, bad, plan, classes!) : undefined;
    scanner.count = bad;
    if (bad > 0) yield given(scanner, plan, kind);
    if (error !== undefined) throw error;
    scanner.count = 0;
  }

  function* rowsIn(isLast: boolean): Generator<StreamRows, void, undefined> {
    const bytes = waiting.subarray(0, length);
    let at = 0;
    if (isStart && (length >= 3 || isLast)) {
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3; // UTF-8's mark of the byte order
      isStart = false;
    }
    for (let before = -1; at !== before; ) {
      before = at;
      try {
        at = scanner.scan(bytes, at, isLast);
      } catch (error) {
        yield* rowsRead(); // those before it are good
        throw error;
      }
      if (isLast || scanner.count === plan.capacity) yield* rowsRead();
    }
    waiting.copyWithin(0, at, length);
    length -= at;
  }

  for await (const chunk of readChunks('DatasetStream', path, { expected: EXPECTED, chunkSize: CHUNK })) {
    if (length + chunk.length > waiting.length) {
      const longer = new Uint8Array(2 * (length + chunk.length));
      longer.set(waiting.subarray(0, length));
      waiting = longer;
    }
    waiting.set(chunk, length);
    length += chunk.length;
    yield* rowsIn(false);
  }
  yield* rowsIn(true);
  if (isEmpty) throw noRows('DatasetStream', path, header);
}

/** The first row whose label is none of the classes; the number of rows if there is none. */
function firstNoClass({ learned, count }: CsvScanner, classes: number): number {
  let row = 0;
  while (row < count && Number.isInteger(learned[row]) && learned[row]! >= 0 && learned[row]! < classes) row++;
  return row;
}

function noClass({ learned, lines }: CsvScanner, row: number, plan: CsvPlan, classes: number): DataError {
  const column = show(plan.columnNames[plan.roles.indexOf(TARGET)]);
  return new DataError({
    operation: 'DatasetStream',
    found: `${plan.place}, line ${lines[row]}, column ${column} is ${show(learned[row])}`,
    expected: `an integer in [0, ${classes})`,
  });
}

function given({ x, learned, count }: CsvScanner, { inputSize }: CsvPlan, kind: ReadStreamOptions['kind']): StreamRows {
  const rows = x.subarray(0, count * inputSize);
  const answers = learned.subarray(0, count);
  return kind === 'classification' ? { x: rows, labels: answers } : { x: rows, targets: answers };
}

/** For each column of the file what becomes of it. */
function rolesOf(columnNames: readonly string[], target: unknown, columns: unknown): Int32Array {
  const place = (option: string, name: unknown): number => {
    const at = columnNames.indexOf(name as string);
    if (at >= 0) return at;
    const nearest = typeof name === 'string' ? nearestName(name, columnNames) : undefined;
    const known = columnNames.slice(0, 8).map((known) => show(known));
    throw new ArgumentError({
      operation: OPERATION,
      found: `${option} is ${show(name)}`,
      expected: `a column of the file: ${known.join(', ')}${columnNames.length > 8 ? ', …' : ''}`,
      fix: nearest === undefined ? undefined : `Did you mean ${show(nearest)}?`,
    });
  };
  const roles = new Int32Array(columnNames.length).fill(IGNORED);
  roles[place('target', target)] = TARGET;
  const chosen =
    columns === undefined
      ? columnNames.filter((name) => name !== target)
      : requireStrings(OPERATION, 'columns', columns);
  chosen.forEach((name, i) => {
    const at = place(`columns[${i}]`, name);
    if (roles[at] !== IGNORED) {
      const found = `columns[${i}] is ${show(name)}, ${roles[at] === TARGET ? 'the target' : 'which is there already'}`;
      throw new ArgumentError({ operation: OPERATION, found, expected: 'each column once, without the target' });
    }
    roles[at] = i;
  });
  if (chosen.length === 0) {
    throw new ArgumentError({
      operation: OPERATION,
      found: 'there is no column but the target',
      expected: 'columns to learn from',
    });
  }
  return roles;
}

function requireWords(classes: readonly unknown[]): readonly string[] {
  const words = requireStrings(OPERATION, 'classes', classes);
  if (words.length < 2) {
    throw new ArgumentError({
      operation: OPERATION,
      found: `classes is ${show(words)}`,
      expected: 'at least two words, or the number of classes',
    });
  }
  const again = words.findIndex((word, i) => words.indexOf(word) !== i);
  if (again < 0) return words;
  const found = `classes[${again}] is ${show(words[again])}, as is classes[${words.indexOf(words[again]!)}]`;
  throw new ArgumentError({ operation: OPERATION, found, expected: 'each class once' });
}
