import { allocate, type Backend } from '../backend/backend.js';
import type { BackendChoice } from '../backend/choose/load.js';
import { rowNumbers } from '../data/row-numbers.js';
import { ArgumentError } from '../errors.js';
import { brand, isInstance } from '../identity.js';
import type { FileSource, OwnBytes } from '../io/file-source.js';
import type { ByteSource } from '../io/records/byte-source.js';
import { decodeNetworkFile, readNetworkFile } from '../models/saved-network.js';
import { Sequential } from '../models/sequential.js';
import { checkOptions, requireInteger } from '../options.js';
import { resolveSeed } from '../random.js';
import { showAsText } from '../show-as-text.js';
import type { ColumnEncoding } from './column-encoding.js';
import type { RowOf } from './columns.js';
import type { RowEncoder } from './encoded-rows.js';
import { datasetOfGiven } from './given-rows.js';
import type { MissingWords } from './missing-words.js';
import { type FileUrl, pathOf, refuseNoRows, requireTable } from './model-arguments.js';
import { cellsOf, columnsOf } from './model-input.js';
import { TableModelSummary } from './model-summary.js';
import { outputsOf } from './network-outputs.js';
import { type PartialFitOptions, type PartialFitResult, PartialFits } from './partial-fit.js';
import { type ColumnImportance, importanceOf } from './permutation-importance.js';
import type { Preprocessor } from './preprocessor.js';
import type { TablePieceOptions } from './read-pieces.js';
import { restoreTable, savedTable, type TableModelParts } from './saved-table.js';
import { Table } from './table.js';
import { evaluateRows, type TableEvaluation } from './table-evaluation.js';
import { type Prediction, predictionsOf } from './table-predictions.js';
import { type TableModelHistory, type TableModelSettings, trainOnTable } from './table-training.js';
import type { TargetEncoding } from './target-encoding.js';
import { checkTrainOptions, type TableTask, type TableTrainOptions } from './training-options.js';
import { UnknownCategories } from './unknown-categories.js';

/** A trained model of either task; `model.task` tells which. */
export type AnyTableModel = TableModel<'classification'> | TableModel<'regression'>;

const TRAIN = 'TableModel.train';

/**
 * A network for the rows of a table, with everything that comes before it: missing cells filled, numbers standardised, words
 * as one-hot columns or embeddings, and the names of the classes or the scale of the target after it. One file holds it all.
 *
 * Statistics are those of the training rows alone and stay as they are; `predict` applies them to raw rows.
 *
 * @example
 * const { train, test } = (await Table.read('iris.csv')).split({ test: 0.2, stratify: 'species', seed: 1 });
 * const model = await TableModel.train(train, { target: 'species', seed: 1 });
 * model.evaluate(test);
 * model.predict({ sepalLength: 5.1, sepalWidth: 3.5, petalLength: 1.4, petalWidth: 0.2 });
 */
export class TableModel<T extends TableTask = TableTask> {
  static {
    brand(TableModel, 'TableModel');
  }

  readonly task: T;
  /** What reads the preprocessed columns. */
  readonly net: Sequential;
  /** The name of the column that is predicted. */
  readonly target: string;
  /** The names of the classes, in the order of the network's outputs; undefined for a regression. */
  readonly classes: T extends 'classification' ? readonly string[] : undefined;
  /** The columns that a row must have, and what becomes of each. */
  readonly columns: readonly ColumnEncoding[];
  /** Words that stand for a missing value, as `missing` of the table that it was trained on named them. */
  readonly missing: readonly string[];
  /** How it was trained: the options, with all defaults in place. */
  readonly settings: TableModelSettings;
  /** How the training went. */
  readonly history: TableModelHistory;
  /** The evaluation of the validation rows; undefined without any. */
  readonly metrics: TableEvaluation<T> | undefined;

  readonly #preprocessor: Preprocessor;
  readonly #target: TargetEncoding;
  readonly #missing: MissingWords;
  readonly #warnings: readonly string[];
  readonly #unknown: UnknownCategories = new UnknownCategories();
  readonly #encoder: RowEncoder;
  readonly #partialFits: PartialFits;

  private constructor(parts: TableModelParts) {
    // JavaScript can call a private constructor.
    if (!isInstance(parts?.net, Sequential)) {
      throw new ArgumentError({
        operation: 'TableModel',
        found: 'called with new',
        expected: 'TableModel.train(table, { target })',
      });
    }
    const { task, net, preprocessor, target, missing, settings, history, metrics, warnings } = parts;
    this.task = task as T;
    this.net = net;
    this.target = target.name;
    this.classes = ('classes' in target ? target.classes : undefined) as this['classes'];
    this.columns = preprocessor.encodings;
    this.missing = missing.words;
    this.settings = settings;
    this.history = history;
    this.metrics = metrics as TableEvaluation<T> | undefined;
    this.#preprocessor = preprocessor;
    this.#target = target;
    this.#missing = missing;
    this.#warnings = warnings;
    this.#encoder = { preprocessor, target, missing, onUnknown: this.#unknown.note };
    // A rate that was risen to is a high one.
    const share = settings.warmUpEpochs > 0 ? 6 : 4;
    this.#partialFits = new PartialFits(settings.learningRate / share, settings.seed);
  }

  /**
   * Trains a model that predicts one column of a table from the others. Rows whose target is missing are left out.
   *
   * The event loop runs meanwhile, and an aborted `signal` stops it. With the same seed and table it gives the same model.
   *
   * @throws {ArgumentError} for a target that is not a column, an option out of its range or unknown
   * @throws {DataError} for a table that cannot be learned from: too few rows, no target, one class only
   */
  static async train(
    table: Table,
    options: TableTrainOptions & { readonly task: 'classification' },
  ): Promise<TableModel<'classification'>>;
  static async train(
    table: Table,
    options: TableTrainOptions & { readonly task: 'regression' },
  ): Promise<TableModel<'regression'>>;
  static async train(table: Table, options: TableTrainOptions): Promise<AnyTableModel>;
  static async train(table: Table, options: TableTrainOptions): Promise<AnyTableModel> {
    requireTable(TRAIN, table);
    const checked = checkTrainOptions(TRAIN, options);
    const { validation, ...trained } = await trainOnTable(TRAIN, table, options, checked);
    const metrics = validation && evaluateRows(trained.net, trained.target, validation);
    return new TableModel({ ...trained, metrics }) as AnyTableModel;
  }

  /**
   * What looked wrong: while training, since then the categories that no training row had, each told once, and whether the last
   * `partialFit` has made the model worse than a guess.
   */
  get warnings(): readonly string[] {
    return [...this.#warnings, ...this.#unknown.warnings, ...this.#partialFits.warnings];
  }

  /**
   * The class of each row with the probabilities of all, or the number in the unit of the target.
   *
   * A row is an object with a cell for each of `columns`, null or one of the words `missing` where it is missing; other columns
   * are not read. A table that was read with an option `missing` keeps to its own words. A category that no training row had
   * counts as a rare one, which `warnings` tells once.
   *
   * @throws {DataError} if a column is missing, or a table's column holds another kind than in training
   * @throws {ArgumentError} for a cell of another kind
   * @example model.predict({ age: 41, city: 'Kyoto', income: null })   // { label: 'yes', probability: 0.93, probabilities: Map }
   */
  predict<R extends RowOf<R>>(row: R): Prediction<T>;
  predict<R extends RowOf<R>>(rows: readonly R[] | Table): Prediction<T>[];
  // The same for a model whose task is not known: of a union's generic methods TypeScript calls only what all members share.
  predict<R extends RowOf<R>>(row: R): Prediction;
  predict<R extends RowOf<R>>(rows: readonly R[] | Table): Prediction[];
  predict<R extends RowOf<R>>(input: R | readonly R[] | Table): Prediction | Prediction[];
  // Again, because `ReturnType` reads the last.
  predict<R extends RowOf<R>>(rows: readonly R[] | Table): Prediction<T>[];
  predict(input: unknown): unknown {
    const operation = 'TableModel.predict';
    refuseNoRows(operation, input);
    if (isInstance(input, Table)) return this.#answers(this.#encodeTable(operation, input));
    if (Array.isArray(input)) return this.#answers(this.#encodeRows(operation, input, (i) => `rows[${i}]`));
    return this.#answers(this.#encodeRows(operation, [input], () => 'row'))[0]!;
  }

  /**
   * The answers for a table of any length, which is never in memory as a whole: those of at most 1,000 rows at a time, in order.
   *
   * Columns that the model does not know are not read. Options and formats are those of `Table.read`; without an option `missing`
   * the words are the model's. Rows of JSON may leave out a missing cell, but one of the first 1,000 names each column.
   *
   * @param source a path, a URL or a stream of bytes
   * @throws {DataError} as `Table.read` and `predict`, where the answers for the rows before have been given
   * @example for await (const answers of model.predictStream('new.csv')) for (const { label } of answers) console.log(label);
   */
  async *predictStream(
    source: ByteSource,
    options: TablePieceOptions = {},
  ): AsyncGenerator<Prediction<T>[], void, undefined> {
    const operation = 'TableModel.predictStream';
    checkOptions(operation, options, ['missing', 'format', 'delimiter', 'header', 'decimal']);
    const kinds = new Map(this.columns.map(({ name, kind }) => [name, kind]));
    const { missing = this.missing } = options;
    for await (const piece of Table.pieces(operation, source, { ...options, missing }, kinds))
      yield this.predict(piece);
  }

  /**
   * How good the model is on the rows that have a target: accuracy and the like with the names of the classes, or errors in the
   * unit of the target.
   *
   * @throws {DataError} if a column is missing, no row has a target, or a class is not one of the model's
   * @throws {ArgumentError} for a cell of another kind
   */
  evaluate<R extends RowOf<R>>(rows: readonly R[] | Table): TableEvaluation<T>;
  // As of `predict`: for a model whose task is not known.
  evaluate<R extends RowOf<R>>(rows: readonly R[] | Table): TableEvaluation;
  evaluate<R extends RowOf<R>>(rows: readonly R[] | Table): TableEvaluation<T>;
  evaluate(rows: readonly unknown[] | Table): unknown {
    const dataset = datasetOfGiven('TableModel.evaluate', this.#encoder, rows);
    return evaluateRows(this.net, this.#target, dataset);
  }

  /**
   * What each column is worth: by how much accuracy or R² falls when its values are shuffled among these rows.
   *
   * Columns that say the same stand in for one another, so that each seems worth less. Use rows that it was not trained on.
   *
   * @param options `repeats`: shuffles of each column, default 5; `seed`: of the shuffles, drawn when absent
   * @returns every column, the most important first
   * @throws {DataError} as `evaluate`; {ArgumentError} for an option out of its range or unknown
   */
  async permutationImportance<R extends RowOf<R>>(
    rows: readonly R[] | Table,
    options: { readonly repeats?: number; readonly seed?: number } = {},
  ): Promise<readonly ColumnImportance[]> {
    const operation = 'TableModel.permutationImportance';
    checkOptions(operation, options, ['repeats', 'seed']);
    const repeats = requireInteger(operation, 'repeats', options.repeats ?? 5, 1);
    const seed = resolveSeed(operation, options.seed);
    const dataset = datasetOfGiven(operation, this.#encoder, rows);
    return importanceOf(this.net, this.#preprocessor, this.#target, dataset, { repeats, seed });
  }

  /**
   * Goes on learning from new rows, once through all of them. Everything else stays as it was trained: the statistics of the
   * columns, the categories, the classes, and `history`, `settings` and `metrics`, which tell of the first training.
   *
   * Rows whose target is missing are left out. Calls follow one another: each goes on with the
   * moments of Adam of the one before. A file does not hold these moments: a model that was loaded begins anew.
   *
   * The event loop runs meanwhile, and an aborted `signal` stops it. A call that is refused changes nothing.
   *
   * @returns the loss of these rows before and afterwards: one that has risen, which `warnings` tells where it is plain, says
   *   that the learning rate was too large
   * @throws {DataError} as `evaluate`; {ArgumentError} for an option out of its range or unknown
   * @throws {StateError} while another training of this model runs
   * @throws {DivergenceError} if the loss becomes NaN or infinite; the model is then what it was before the call
   * @throws `signal.reason` when aborted
   * @example const { rows, lossBefore, loss } = await model.partialFit(newRows)   // 120, 0.52, 0.41
   */
  async partialFit<R extends RowOf<R>>(
    rows: readonly R[] | Table,
    options: PartialFitOptions = {},
  ): Promise<PartialFitResult> {
    const operation = 'TableModel.partialFit';
    const learn = this.#partialFits.prepare(operation, options);
    return learn(this.net, datasetOfGiven(operation, this.#encoder, rows));
  }

  /** Columns, network and training: `String(model.summary())` is a text. */
  summary(): TableModelSummary {
    const { task, columns, missing, settings, history, metrics, warnings } = this;
    const network = this.net.summary();
    return new TableModelSummary({
      task,
      target: this.#target,
      columns,
      missing,
      network,
      settings,
      history,
      metrics,
      warnings,
    });
  }

  /** The summary, which `console.log` shows too. */
  toString(): string {
    return String(this.summary());
  }

  /**
   * Writes the model into one safetensors file, atomically: preprocessing, network, settings, history and metrics.
   *
   * @throws {DataError} for a parameter that is NaN or infinite, or if the file cannot be written
   */
  async save(path: string | FileUrl): Promise<void> {
    await this.net.saveWith('TableModel.save', pathOf(path), this.#saved());
  }

  /** The bytes that `save` writes, for where there are no files; `fromBytes` reads them. */
  toBytes(): OwnBytes {
    return this.net.bytesWith('TableModel.toBytes', this.#saved());
  }

  #saved(): Readonly<Record<string, string>> {
    const { task, columns, missing, settings, history, metrics } = this;
    const [target, warnings] = [this.#target, this.#warnings];
    return savedTable({ task, columns, target, missing, settings, history, metrics, warnings });
  }

  /**
   * Reads a model that `save` wrote, from a path, a URL, a Blob or bytes: it predicts the same, to the bit on the same backend.
   *
   * @throws {DataError} if the file is missing or damaged, holds a network without a table, or was written by a newer version
   */
  static async load(
    source: FileSource,
    options: { readonly backend?: Backend | BackendChoice } = {},
  ): Promise<AnyTableModel> {
    const operation = 'TableModel.load';
    checkOptions(operation, options, ['backend']);
    return new TableModel(restoreTable(operation, await readNetworkFile(operation, source), options)) as AnyTableModel;
  }

  /** The same from the bytes of a file, e.g. those of `toBytes`. */
  static fromBytes(
    bytes: Uint8Array | ArrayBuffer,
    options: { readonly backend?: Backend | BackendChoice } = {},
  ): AnyTableModel {
    const operation = 'TableModel.fromBytes';
    checkOptions(operation, options, ['backend']);
    return new TableModel(restoreTable(operation, decodeNetworkFile(operation, bytes), options)) as AnyTableModel;
  }

  #encodeTable(operation: string, table: Table): Float32Array {
    const columns = columnsOf(operation, table, this.columns, this.#missing);
    return this.#preprocessor.encodeColumns(columns, rowNumbers(table.length), this.#unknown.note);
  }

  #encodeRows(operation: string, rows: readonly unknown[], placeOf: (i: number) => string): Float32Array {
    const { inputSize } = this.#preprocessor;
    const x = allocate('float32', rows.length * inputSize, operation) as Float32Array;
    rows.forEach((row, i) => {
      const cells = cellsOf(operation, placeOf(i), row, this.columns, this.#missing);
      this.#preprocessor.encodeCells(cells, x, i * inputSize, this.#unknown.note);
    });
    return x;
  }

  #answers(x: Float32Array): Prediction<T>[] {
    return predictionsOf(this.#target, outputsOf(this.net, x)) as Prediction<T>[];
  }
}

showAsText(TableModel);
