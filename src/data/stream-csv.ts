/** A stream over a CSV file: what `DatasetStream.fromCsv` takes, and how the file is read. */

import { platform } from '#platform';
import { ArgumentError, DataError, show } from '../errors.js';
import { withFile } from '../io/read-file.js';
import { openCsv } from '../io/records/csv-reader.js';
import { checkOptions, type Elsewhere, nearestName, requireStrings } from '../options.js';
import { type CsvPlan, IGNORED, TARGET } from './csv-plan.js';
import { CSV_EXPECTED, csvRows, noRows } from './csv-rows.js';
import { type ReadStreamOptions, readStreamOptions } from './stream-options.js';
import type { StreamSource } from './stream-reader.js';

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
  const task = { path, plan, header, classes: read.classes };
  return { source: () => csvRows(task), options: read };
}

/** A table in memory is unpacked as it is read; the bytes of a stream are taken as they are. */
function refuseGzip(path: string): Promise<void> {
  const options = { expected: CSV_EXPECTED, maxBytes: Number.POSITIVE_INFINITY };
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
