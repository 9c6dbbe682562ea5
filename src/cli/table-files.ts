/** Tables and models on the command line: how files are read for a model that exists. */

import { Option } from 'commander';
import { DataError, show } from '../errors.js';
import { isInstance } from '../identity.js';
import { type AnyTableModel, type ColumnKind, Sequential, Table, TableModel } from '../index.js';
import { openCsvText } from '../io/records/csv-reader.js';
import type { DecimalMark } from '../io/records/parse-number.js';
import { NOT_SAFETENSORS } from '../io/safetensors-header.js';
import { nearestName } from '../options.js';
import { openTable } from '../table/open-table.js';
import type { TableInput } from './table-input.js';

/** How a file is read, for all commands that read a table. */
export interface ReadFlags {
  readonly missing?: readonly string[];
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly decimal?: DecimalMark;
}

/** What `--missing` says in the help of a command that uses a model. */
export const MISSING = 'words that stand for a missing value, with commas, e.g. NA,? (default: those of the model)';

/** What `--header` and `--no-header` say in the help of a command. */
export const HEADER = 'the first line of a CSV file names the columns (default: it does if no cell of it is a number)';
export const NO_HEADER = 'the first line of a CSV file is a row; its columns are called column1, column2, …';

/** `--decimal` of a command that reads a table. @param of what its help begins with */
export function decimalOption(of = ''): Option {
  const what = `${of}what stands before the decimals of numbers in a CSV file (default: .)`;
  return new Option('--decimal <mark>', what).choices(['.', ',']);
}

/** Where a file should have a column and its first line was taken for a row. */
const TRY_HEADER = 'Its first line was read as a row, because a cell of it is a number; --header makes it the header';

/** `a,b,c`. */
export function parseNames(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

/** The options of `Table.read` that flags give. */
export function readOptions({ missing, delimiter, header, decimal }: ReadFlags): ReadFlags {
  return {
    ...(missing === undefined ? {} : { missing }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(header === undefined ? {} : { header }),
    ...(decimal === undefined ? {} : { decimal }),
  };
}

/**
 * The table with the columns that a model reads and the one it predicts, as the kinds that they had in training and with its words
 * for missing values, unless flags give others; other columns of the file are left out.
 *
 * @throws {DataError} if the file lacks one, suggesting the one that was meant
 */
export async function readFor(
  operation: string,
  model: AnyTableModel,
  input: TableInput,
  flags: ReadFlags,
): Promise<Table> {
  const kinds = kindsOf(model, true);
  const names = await requireColumns(operation, model, input, flags, true);
  const ignore = names?.filter((name) => !kinds.has(name)) ?? [];
  const { missing = model.missing } = flags;
  const options = { ...readOptions({ ...flags, missing }), columns: Object.fromEntries(kinds), ignore };
  return Table.read(input.all(), options);
}

/**
 * The names of the columns of a CSV file, which has those of the model; undefined for JSON, which has no header.
 *
 * @param withTarget whether the target is read too
 * @throws {DataError} if the file lacks one, suggesting the one that was meant
 */
export async function requireColumns(
  operation: string,
  model: AnyTableModel,
  input: TableInput,
  flags: ReadFlags,
  withTarget: boolean,
): Promise<readonly string[] | undefined> {
  const wanted = [...kindsOf(model, withTarget).keys()];
  const head = await headOf(operation, input, flags);
  const names = head?.columnNames;
  const missing = names && wanted.find((name) => !names.includes(name));
  if (missing === undefined) return names;
  const nearest = nearestName(missing, names!);
  throw new DataError({
    operation,
    found: `${input.name} has no column ${show(missing)}`,
    expected: `the columns that the model was trained on: ${wanted.join(', ')}`,
    fix: isGuessedRow(head!, flags)
      ? TRY_HEADER
      : nearest === undefined
        ? undefined
        : `Is it the one called ${show(nearest)}?`,
  });
}

function kindsOf(model: AnyTableModel, withTarget: boolean): Map<string, ColumnKind> {
  const kinds = new Map<string, ColumnKind>(model.columns.map(({ name, kind }) => [name, kind]));
  if (withTarget) kinds.set(model.target, model.task === 'regression' ? 'number' : 'category');
  return kinds;
}

/** The start of a CSV file. */
interface Head {
  readonly columnNames: readonly string[];
  /** Whether its first line names the columns. */
  readonly header: boolean;
}

/** @returns undefined for JSON, which has no header */
async function headOf(operation: string, input: TableInput, flags: ReadFlags): Promise<Head | undefined> {
  const table = await openTable(operation, input.head(), readOptions(flags));
  try {
    return table.format === 'csv' ? await openCsvText(operation, table.place, table.text, table.csv) : undefined;
  } finally {
    await table.close();
  }
}

function isGuessedRow(head: Head, flags: ReadFlags): boolean {
  return flags.header === undefined && !head.header;
}

/**
 * Why a CSV file lacks a column, if its first line may be a header that was taken for a row.
 *
 * @returns undefined if it was not, or if the file cannot be opened again
 */
export async function missedHeader(
  operation: string,
  input: TableInput,
  flags: ReadFlags,
  column: string,
): Promise<DataError | undefined> {
  const head = await headOf(operation, input, flags).catch(() => undefined);
  if (head === undefined || !isGuessedRow(head, flags) || head.columnNames.includes(column)) return undefined;
  const found = `${input.name} has no column ${show(column)}`;
  return new DataError({ operation, found, expected: `one of ${show(head.columnNames)}`, fix: TRY_HEADER });
}

/** A model of a table, or a network alone. */
export type SavedModel =
  | { readonly model: AnyTableModel; readonly net: Sequential }
  | { readonly model: undefined; readonly net: Sequential };

/** @throws {DataError} for a file that holds neither */
export async function loadModel(file: string): Promise<SavedModel> {
  try {
    const model = await TableModel.load(file);
    return { model, net: model.net };
  } catch (error) {
    if (!isInstance(error, DataError) || error.complaint.fix !== 'Load it with Sequential.load') throw error;
    return { model: undefined, net: await Sequential.load(file) };
  }
}

/** @throws {DataError} unless the file holds a model of a table */
export async function loadTableModel(operation: string, file: string): Promise<AnyTableModel> {
  const { model } = await loadModel(file).catch((error: unknown) => {
    if (!isInstance(error, DataError) || !error.complaint.found.includes(NOT_SAFETENSORS)) throw error;
    const fix = 'The model comes first, then the table';
    throw new DataError({ operation, found: error.complaint.found, fix }, { cause: error });
  });
  if (model !== undefined) return model;
  throw new DataError({
    operation,
    found: `${file} holds a network without the columns of a table`,
    expected: 'a model written by zerokara train TABLE --target COLUMN --save, or by TableModel.save',
  });
}
