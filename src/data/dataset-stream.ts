import { platform } from '#platform';
import { ArgumentError, show } from '../errors.js';
import { brand } from '../identity.js';
import { cannotOpen } from '../io/no-files.js';
import { showAsText } from '../show-as-text.js';
import { formatShape } from '../tensor/shape.js';
import type { ImageShape } from '../tensor/shape-types.js';
import type { RowWindow } from './row-window.js';
import { StreamBatches, type StreamBatchesOptions } from './stream-batches.js';
import { openCsvStream, type StreamCsvOptions } from './stream-csv.js';
import { openFiles, type PartSource, type StreamFilesOptions } from './stream-files.js';
import {
  type ClassStreamOptions,
  type ReadStreamOptions,
  readStreamOptions,
  type StreamOptions,
  type ValueStreamOptions,
} from './stream-options.js';
import { StreamReader, type StreamSource } from './stream-reader.js';
import type { ClassRows, ValueRows } from './stream-rows.js';
import type { StreamShare } from './stream-share.js';
import { type StreamStatistics, statisticsOf } from './stream-statistics.js';

/** Where there are no files. */
const IN_A_PAGE = 'DatasetStream.from with a function that fetches the rows';

/**
 * Rows that need not fit into memory: read anew for each epoch, ahead of the training, and shuffled within a window.
 *
 * A Trainer takes it as `train`. The memory is that of two windows, however many rows there are.
 *
 * @example
 * const stream = DatasetStream.from(
 *   async function* () {
 *     for await (const { input, label } of cursor()) yield { x: input, labels: label };
 *   },
 *   { inputSize: 4, classes: 3 },
 * );
 * const trainer = new Trainer(net, { train: stream, validation, steps: 10_000 });
 */
export class DatasetStream {
  /** By the option that was given: classes 'classification', outputSize 'regression'. */
  readonly kind: 'classification' | 'regression';
  /** Numbers in one row. */
  readonly inputSize: number;
  /** The shape of one sample, by the option `inputShape`; [inputSize] without it. */
  readonly sampleShape: readonly number[];
  /** Height, width and channels of samples that are images; undefined for others. */
  readonly inputShape: ImageShape | undefined;
  /** The factor of bytes; undefined where x is floats. */
  readonly byteScale: number | undefined;
  /** The outputs that a network for these rows must have: the number of classes or of target values. */
  readonly outputSize: number;
  /** The number of classes; undefined for a regression. */
  readonly classes: number | undefined;
  /** Whether a row has the index of its class, or a row of numbers. */
  readonly labelForm: 'indices' | 'rows';
  /** Always false: as in a `Dataset`. */
  readonly unnormalized: boolean = false;

  /** @internal */
  declare readonly options: ReadStreamOptions;
  private readonly source: StreamSource;
  private readonly part: PartSource | undefined;
  private knownRows: number | undefined;

  private constructor(source: StreamSource, options: ReadStreamOptions, part?: PartSource) {
    // JavaScript can call a private constructor.
    if (typeof source !== 'function' || typeof options?.window !== 'number') {
      const expected = 'DatasetStream.from(source, { inputSize, classes })';
      throw new ArgumentError({ operation: 'DatasetStream', found: 'called with new', expected });
    }
    this.kind = options.kind;
    this.inputSize = options.inputSize;
    this.sampleShape = options.sampleShape;
    this.inputShape = options.inputShape;
    this.byteScale = options.byteScale;
    this.outputSize = options.outputSize;
    this.classes = options.classes;
    this.labelForm = options.kind === 'classification' ? 'indices' : 'rows';
    this.source = source;
    this.part = part;
    this.knownRows = options.rows;
    Object.defineProperty(this, 'options', { value: options });
  }

  /**
   * @param source a function that begins a pass over the rows each time it is called, e.g. an `async function*`. It gives
   *   `{ x, labels }`, or for a regression `{ x, targets }`, of one row or of several at once: flat arrays, row after row. Each
   *   pass must give the same rows in the same order. A pass that is left early is told by `return()`, so that `finally` runs
   * @throws {ArgumentError} for a source that is not a function, an option that is missing, unknown or out of its range
   * @throws {ShapeError} for an `inputShape` that is not the shape of `inputSize` numbers
   * @example
   * DatasetStream.from(() => rowsOfFile('train.csv'), { inputSize: 30, classes: 2, window: 50_000 });
   */
  static from(source: () => AsyncIterable<ClassRows> | Iterable<ClassRows>, options: ClassStreamOptions): DatasetStream;
  static from(source: () => AsyncIterable<ValueRows> | Iterable<ValueRows>, options: ValueStreamOptions): DatasetStream;
  static from(source: StreamSource, options: StreamOptions): DatasetStream;
  static from(source: StreamSource, options: StreamOptions): DatasetStream {
    const operation = 'DatasetStream.from';
    if (typeof source !== 'function') {
      const isPass =
        typeof source === 'object' && source !== null && (Symbol.asyncIterator in source || Symbol.iterator in source);
      throw new ArgumentError({
        operation,
        found: `source is ${show(source)}`,
        expected: 'a function that begins a pass over the rows',
        fix: isPass ? 'Give the function that made it: each epoch needs a new pass' : undefined,
      });
    }
    return new DatasetStream(source, readStreamOptions(operation, options));
  }

  /**
   * A stream over two files with as many rows: NPY (`np.save`), IDX (the format of MNIST, unpacked), or float32 numbers without
   * a header. Numbers are rounded to the dtype of the network; bytes stay bytes.
   *
   * @throws {DataError} if a file is missing, of another format, or shorter or longer than its header says
   * @throws {ShapeError} for files of different numbers of rows, or labels that are not one for each row
   * @throws {ArgumentError} for an option that is missing, unknown, out of its range, or not what the files hold
   * @example
   * await DatasetStream.fromFiles({ x: 'x.npy', labels: 'labels.npy', classes: 10 });
   * await DatasetStream.fromFiles({ x: 'x.f32', targets: 'y.f32', format: 'float32', inputSize: 30 });
   */
  static async fromFiles(options: StreamFilesOptions): Promise<DatasetStream> {
    if (platform.name === 'browser') {
      throw cannotOpen('DatasetStream.fromFiles', options?.x, IN_A_PAGE);
    } else {
      const opened = await openFiles(options);
      return new DatasetStream(opened.source, opened.options, opened.part);
    }
  }

  /**
   * A stream over a CSV file with columns of numbers, and a target that is a word for each class, a class number, or a value.
   * Quotes by RFC 4180. What is written in a cell is read as `Number` reads it, and rounded to the dtype of the network.
   *
   * @throws {DataError} if the file is missing, empty or no text
   * @throws {ArgumentError} for a column that the file does not have, or an option that is missing, unknown or out of its range
   * @example
   * const stream = await DatasetStream.fromCsv('iris.csv', {
   *   target: 'species',
   *   classes: ['setosa', 'versicolor', 'virginica'],
   * });
   */
  static async fromCsv(path: string, options: StreamCsvOptions): Promise<DatasetStream> {
    if (platform.name === 'browser') {
      throw cannotOpen('DatasetStream.fromCsv', path, IN_A_PAGE);
    } else {
      const opened = await openCsvStream(path, options);
      return new DatasetStream(opened.source, opened.options);
    }
  }

  /** Rows of a pass: as given, or as learned from the first pass that was read to its end; undefined before. */
  get rows(): number | undefined {
    return this.knownRows;
  }

  /**
   * Reads all rows once: how many there are, mean and standard deviation of each column, rows of each class.
   *
   * @throws {DataError} for rows that cannot be learned from, naming the place, numbers too large for a deviation, and what the
   *   source throws
   * @example
   * const { mean, deviation } = await stream.statistics();
   * const net = Sequential.from({ input: 30, layers: [{ type: 'standardization', mean, deviation }, …] });
   */
  statistics(): Promise<StreamStatistics> {
    return statisticsOf(this);
  }

  /** The batches of a training run. @internal */
  batches(options: StreamBatchesOptions): StreamBatches {
    return new StreamBatches(this, options);
  }

  /** Begins a pass that fills the window: of all rows, or those of one of several processes. @internal */
  open(window: RowWindow, share?: StreamShare): StreamReader {
    const { source, options, part, knownRows: rows } = this;
    if (share === undefined) return new StreamReader(source, options, window, { rows });
    if (part === undefined) return new StreamReader(source, options, window, { rows, has: (row) => share.has(row) });
    const { start, end } = share.rangeOf(rows!);
    return new StreamReader(part({ start, end }), options, window, { rows: end - start, start, length: rows });
  }

  /** @throws {ArgumentError} if another number is known. @internal */
  learnRows(operation: string, rows: number): void {
    this.knownRows ??= rows;
    if (this.knownRows === rows) return;
    throw new ArgumentError({
      operation,
      found: `the stream has ${this.knownRows} rows in a pass`,
      expected: `${rows}, as a pass before`,
    });
  }

  /** One line: the number of rows, where it is known, the shape of x, and what is learned. */
  toString(): string {
    const { rows, sampleShape, byteScale, kind, outputSize, options } = this;
    const size = rows === undefined ? '' : ` of ${rows} ${rows === 1 ? 'row' : 'rows'}`;
    const from = options.name === undefined ? '' : ` from ${options.name}`;
    const x = `x ${formatShape(sampleShape)}${byteScale === undefined ? '' : ' bytes'}`;
    const learned = kind === 'classification' ? `labels of ${outputSize} classes` : `targets [${outputSize}]`;
    return `DatasetStream${size}${from}: ${x}, ${learned}`;
  }
}

brand(DatasetStream, 'DatasetStream');

showAsText(DatasetStream);
