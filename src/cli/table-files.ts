/** Tables and models on the command line: how files are read for a model that exists. */

import { DataError, show } from '../errors.js';
import { isInstance } from '../identity.js';
import { type AnyTableModel, type ColumnKind, Sequential, Table, TableModel } from '../index.js';
import { openCsv } from '../io/records/csv-reader.js';
import { nearestName } from '../options.js';

/** How a file is read, for all commands that read a table. */
export interface ReadFlags {
  readonly missing?: readonly string[];
  readonly delimiter?: string;
}

/** `a,b,c`. */
export function parseNames(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

/** The options of `Table.read` that flags give. */
export function readOptions({ missing, delimiter }: ReadFlags): { missing?: readonly string[]; delimiter?: string } {
  return { ...(missing === undefined ? {} : { missing }), ...(delimiter === undefined ? {} : { delimiter }) };
}

/**
 * The columns that a model reads, as the kinds that they had in training; other columns of the file are left out.
 *
 * @param withTarget whether the target is read too
 * @throws {DataError} if the file lacks one, suggesting the one that was meant
 */
export async function readFor(
  operation: string,
  model: AnyTableModel,
  file: string,
  flags: ReadFlags,
  withTarget: boolean,
): Promise<Table> {
  const kinds = new Map<string, ColumnKind>(model.columns.map(({ name, kind }) => [name, kind]));
  if (withTarget) kinds.set(model.target, model.task === 'regression' ? 'number' : 'category');
  const names = await columnNamesOf(operation, file, flags);
  const missing = names && [...kinds.keys()].find((name) => !names.includes(name));
  if (missing !== undefined) {
    const nearest = nearestName(missing, names!);
    throw new DataError({
      operation,
      found: `${file} has no column ${show(missing)}`,
      expected: `the columns that the model was trained on: ${[...kinds.keys()].join(', ')}`,
      fix: nearest === undefined ? undefined : `Is it the one called ${show(nearest)}?`,
    });
  }
  const ignore = names?.filter((name) => !kinds.has(name)) ?? [];
  return Table.read(file, { ...readOptions(flags), columns: Object.fromEntries(kinds), ignore });
}

/** The names in the header of a CSV file; undefined for JSON, which has none. */
async function columnNamesOf(operation: string, file: string, flags: ReadFlags): Promise<string[] | undefined> {
  if (/\.(json|jsonl|ndjson)(\.gz)?$/i.test(file)) return undefined;
  const { delimiter } = flags;
  const reader = await openCsv(operation, file, delimiter === undefined ? {} : { delimiter });
  await reader.close();
  return [...reader.columnNames];
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
  const { model } = await loadModel(file);
  if (model !== undefined) return model;
  throw new DataError({
    operation,
    found: `${file} holds a network without the columns of a table`,
    expected: 'a model written by zerokara train TABLE --target COLUMN --save, or by TableModel.save',
  });
}
