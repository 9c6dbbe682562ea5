/** The part of a model's file that belongs to the table: preprocessing, target, settings, history and metrics, as JSON. */

import { DataError } from '../errors.js';
import { TABLE } from '../models/file-format.js';
import type { AnyNetworkFile } from '../models/saved-network.js';
import { type LoadOptions, Sequential } from '../models/sequential.js';
import type { ColumnEncoding } from './column-encoding.js';
import { MissingWords } from './missing-words.js';
import { Preprocessor } from './preprocessor.js';
import type { TableEvaluation } from './table-evaluation.js';
import type { TableModelHistory, TableModelSettings, TrainedTable } from './table-training.js';
import type { TargetEncoding } from './target-encoding.js';
import type { TableTask } from './training-options.js';

/** The newest format: with words that stand for missing values. Without any the first is written, which older versions read. */
const TABLE_FORMAT = 2;
const WITHOUT_WORDS = 1;

/** Settings that files of older versions do not name, because they were these of every model. */
const OLDER_SETTINGS = { warmUpEpochs: 0, beta1: 0.9, beta2: 0.999 };

/** What a model is made of: all that training gives, and what the rows it was validated on say. */
export type TableModelParts = Omit<TrainedTable, 'validation'> & { readonly metrics: TableEvaluation | undefined };

/** What a file holds beside the network. */
interface SavedTable {
  readonly task: TableTask;
  readonly columns: readonly ColumnEncoding[];
  readonly target: TargetEncoding;
  /** Words that stand for a missing value; absent in the first format. */
  readonly missing?: readonly string[];
  readonly settings: TableModelSettings;
  readonly history: TableModelHistory;
  readonly metrics?: TableEvaluation | undefined;
  readonly warnings: readonly string[];
}

/** The entries of a model's file beside those of its network. */
export function savedTable({ missing = [], ...saved }: SavedTable): Readonly<Record<string, string>> {
  const table =
    missing.length === 0 ? { format: WITHOUT_WORDS, ...saved } : { format: TABLE_FORMAT, missing, ...saved };
  return { [TABLE]: JSON.stringify(table) };
}

/**
 * The parts of a saved model.
 *
 * @throws {DataError} if the file holds a network without a table, or one that does not fit it, or a newer version wrote it
 */
export function restoreTable(operation: string, file: AnyNetworkFile, options: LoadOptions): TableModelParts {
  const { place, metadata } = file;
  const json = metadata[TABLE];
  if (json === undefined) {
    throw new DataError({
      operation,
      found: `${place} holds a network without the columns of a table`,
      expected: 'a file written by TableModel.save',
      fix: `Load it with ${operation.replace('TableModel', 'Sequential')}`,
    });
  }
  const saved = readSavedTable(operation, place, json);
  const net = Sequential.restore(operation, file, options);
  const settings = { ...OLDER_SETTINGS, ...saved.settings };
  const missing = new MissingWords(saved.missing ?? []);
  const preprocessor = requireFitting(operation, place, net, saved);
  return { metrics: undefined, ...saved, missing, settings, net, preprocessor };
}

/**
 * Checks what a file says about its table.
 *
 * @throws {DataError} for anything but what `TableModel.save` wrote
 */
function readSavedTable(operation: string, path: string, json: string): SavedTable {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  const { format } = (value ?? {}) as { readonly format?: unknown };
  if (typeof format === 'number' && format > TABLE_FORMAT) {
    throw new DataError({
      operation,
      found: `${path} holds a table model of format ${format}, which a newer version of zerokara wrote`,
      expected: `format ${TABLE_FORMAT} or older`,
      fix: 'Update zerokara to read it',
    });
  }
  if ((format === WITHOUT_WORDS || format === TABLE_FORMAT) && isSavedTable(value)) return value;
  throw new DataError({
    operation,
    found: `${path}: its metadata describes no table model`,
    expected: `"${TABLE}", as TableModel.save writes it`,
  });
}

/** @throws {DataError} if the network has other inputs or outputs than the columns and the target of the file */
function requireFitting(operation: string, path: string, net: Sequential, saved: SavedTable): Preprocessor {
  const preprocessor = new Preprocessor(saved.columns);
  const { inputSize, vocabularySize, quantities } = preprocessor;
  const outputs = 'classes' in saved.target ? saved.target.classes.length : 1;
  const [first] = net.describe().layers;
  const vocabulary = first?.type === 'embedding' ? first.vocabularySize : 0;
  const passed = first?.type === 'embedding' ? (first.quantities ?? 0) : quantities;
  const found =
    net.inputSize !== inputSize
      ? `the network reads ${net.inputSize} columns and the table has ${inputSize}`
      : net.outputSize !== outputs || net.kind !== saved.task
        ? `the network (${net.kind}, ${net.outputSize} outputs) does not answer the target (${saved.task}, ${outputs})`
        : vocabulary !== vocabularySize || passed !== quantities
          ? `the network embeds ${vocabulary} categories and the table has ${vocabularySize}`
          : undefined;
  if (found === undefined) return preprocessor;
  throw new DataError({ operation, found: `${path} contradicts itself: ${found}` });
}

type Fields = Readonly<Record<string, unknown>>;

function isSavedTable(value: unknown): value is SavedTable {
  if (!isObject(value)) return false;
  const { task, columns, target, missing = [], settings, history, metrics, warnings } = value;
  return (
    (task === 'classification' || task === 'regression') &&
    Array.isArray(columns) &&
    columns.length > 0 &&
    columns.every(isEncoding) &&
    new Set(columns.map(({ name }) => name)).size === columns.length &&
    isTarget(target, task) &&
    isStrings(missing) &&
    isObject(settings) &&
    areFinite(settings['learningRate']) &&
    (settings['learningRate'] as number) > 0 &&
    areFinite(settings['warmUpEpochs'] ?? 0) &&
    isObject(history) &&
    Array.isArray(history['epochs']) &&
    history['epochs'].every(isObject) &&
    areFinite(history['bestEpoch'], history['seconds']) &&
    (metrics === undefined || isObject(metrics)) &&
    isStrings(warnings)
  );
}

function isEncoding(value: unknown): value is ColumnEncoding {
  if (!isObject(value) || typeof value['name'] !== 'string') return false;
  if (value['kind'] === 'number') {
    const { fill, low, high, mean, deviation, marksMissing } = value;
    const isRange = areFinite(fill, low, high, mean, deviation) && (low as number) <= (high as number);
    return isRange && (deviation as number) > 0 && typeof marksMissing === 'boolean';
  }
  const { kind, categories, rare, hasRarePlace, missing, form } = value;
  return (
    (kind === 'category' || kind === 'boolean') &&
    isDistinct(categories) &&
    Number.isInteger(rare) &&
    (missing === null || typeof missing === 'string') &&
    typeof hasRarePlace === 'boolean' &&
    (form === 'oneHot' || (form === 'embedding' && hasRarePlace))
  );
}

function isTarget(value: unknown, task: TableTask): value is TargetEncoding {
  if (!isObject(value) || typeof value['name'] !== 'string') return false;
  const { kind, classes, mean, deviation } = value;
  if (task === 'regression') return kind === 'number' && areFinite(mean, deviation) && (deviation as number) > 0;
  return ['number', 'category', 'boolean'].includes(kind as string) && isDistinct(classes) && classes.length > 1;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areFinite(...values: readonly unknown[]): boolean {
  return values.every(Number.isFinite);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isDistinct(value: unknown): value is readonly string[] {
  return isStrings(value) && new Set(value).size === value.length;
}
