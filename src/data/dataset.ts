import { resolveBackend } from '../backend/choose/load.js';
import { ArgumentError, DataError } from '../errors.js';
import { brand, isFloat32, isInt32, isUint8 } from '../identity.js';
import { requireFlag, requireInteger } from '../options.js';
import type { Random } from '../random.js';
import { showAsText } from '../show-as-text.js';
import { readLabels } from '../tensor/labels.js';
import { type CreateOptions, checkCreateOptions } from '../tensor/options.js';
import { formatShape } from '../tensor/shape.js';
import type { ImageShape } from '../tensor/shape-types.js';
import { type Matrix, Tensor, type Vector } from '../tensor/tensor.js';
import type { TypedValues } from '../tensor/values.js';
import {
  type ClassificationOptions,
  type DatasetKind,
  type DatasetParts,
  LABELS_OF,
  type MultiLabelOptions,
  type RegressionOptions,
  readParts,
} from './dataset-parts.js';
import { dealFolds } from './folds.js';
import { imageShapeOf } from './input-shape.js';
import { Rows, requireWhole } from './rows.js';
import { readSplit, splitRows, testCountOf } from './split.js';

export type { ClassificationOptions, DatasetKind, MultiLabelOptions, RegressionOptions } from './dataset-parts.js';

/** A data set as plain data over shared memory: what `Dataset.from` takes. */
export type SharedDataset = ClassificationOptions | MultiLabelOptions | RegressionOptions;

/** How a data set is split in two. */
export interface SplitOptions {
  /** The share of the rows that goes into the test part, in (0, 1). */
  readonly test: number;
  /** An integer in [0, 2³²); drawn when absent. */
  readonly seed?: number;
  /** Keep the proportion of the classes in both parts; a row over the classes counts as its largest entry. Default false. */
  readonly stratify?: boolean;
  /**
   * false: the test part is the last rows, and both parts keep the order of the rows. For rows that follow one another in time,
   * of which those to predict come later. Default true: rows are drawn at random.
   */
  readonly shuffle?: boolean;
}

/** What `split` returns. */
export interface Split<L extends Int32Array | Matrix = Int32Array | Matrix> {
  readonly train: Dataset<L>;
  readonly test: Dataset<L>;
  /** Possible surprises about the parts, in sentences: classes that have no row in the test part. Usually empty. */
  readonly warnings: readonly string[];
}

type OneHot = { readonly oneHot: true };
type Flat = { readonly flatten?: true };

/** What `toTensors` returns: `labels` are class indices, rows over the classes, rows of 0 and 1, or target values. */
export interface DatasetTensors<L extends Int32Array | Tensor = Int32Array | Matrix, X extends Tensor = Matrix> {
  readonly x: X;
  readonly labels: L;
  /** How much each row counts in the loss, (N); absent where the data set has no weights. */
  readonly weights?: Vector;
}

/** The three switches of the book's `load_mnist`, with its defaults, and where the tensors live. */
export interface ToTensorsOptions extends CreateOptions {
  /** Multiply x by the data set's scale. Default true. */
  readonly normalize?: boolean;
  /** x as (N, inputSize); otherwise in the shape of the samples, e.g. (N, 28, 28). Default true. */
  readonly flatten?: boolean;
  /** Class indices as one-hot rows (N, classes); rows over the classes stay as they are. Default false. */
  readonly oneHot?: boolean;
}

/**
 * Samples x with what is to be learned from them, from which batches are drawn: `labels` (one class each), `multiLabels` (any
 * number of labels each) or `targets` (values to predict). Which of them is given is the data set's `kind`.
 *
 * Typed arrays are borrowed, also from a SharedArrayBuffer; nested ones are copied. Bytes stay bytes and are scaled when a
 * batch is gathered, so 60,000 digits take 47 MB. `split` and `take` make data sets over the same numbers, without a copy.
 *
 * @example
 * const xor = Dataset.from({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], labels: [0, 1, 1, 0] });
 * xor.size        // 4
 * xor.inputSize   // 2
 * xor.classes     // 2
 */
export class Dataset<L extends Int32Array | Matrix = Int32Array | Matrix> {
  /** The number of samples. */
  readonly size: number;
  /** By the option that was given: labels 'classification', multiLabels 'multiLabel', targets 'regression'. */
  readonly kind: DatasetKind;
  /** Numbers in one sample. */
  readonly inputSize: number;
  /** The shape of one sample as it was given, e.g. [28, 28], by x or by the option `inputShape`. */
  readonly sampleShape: readonly number[];
  /** Height, width and channels, e.g. [28, 28, 1], of samples of two or three dimensions; undefined for others. */
  readonly inputShape: ImageShape | undefined;
  /** The factor by which x is multiplied if x is bytes; undefined otherwise, when x is taken unchanged. */
  readonly byteScale: number | undefined;
  /** The outputs that a network for this data must have: the number of classes, of labels, or of target values. */
  readonly outputSize: number;
  /** The number of classes; undefined unless the kind is 'classification'. */
  readonly classes: number | undefined;
  /** Whether each sample has an index (of its class), or a row of numbers: decided by the shape that was given. */
  readonly labelForm: 'indices' | 'rows';
  /** Whether rows of labels may have a sum other than 1, which the network's loss must allow too. */
  readonly unnormalized: boolean;
  /** Whether rows have weights. */
  readonly weighted: boolean;

  /**
   * The numbers. Not enumerable: logs and the diffs of test runners show a summary of the data set, not all of it.
   *
   * @internal
   */
  declare readonly parts: DatasetParts;

  private constructor(parts: DatasetParts) {
    // JavaScript can call a private constructor.
    if (!isInt32(parts?.rows)) {
      throw new ArgumentError({
        operation: 'Dataset',
        found: 'called with new',
        expected: 'Dataset.from({ x, labels })',
      });
    }
    const { kind, x, sampleShape, labels, classes, rows } = parts;
    Object.defineProperty(this, 'parts', { value: parts });
    this.size = rows.length;
    this.kind = kind;
    this.inputSize = x.width;
    this.sampleShape = sampleShape;
    this.inputShape = imageShapeOf(sampleShape);
    this.byteScale = x.isBytes ? parts.scale : undefined;
    this.outputSize = isInt32(labels) ? classes! : labels.width;
    this.classes = classes;
    this.labelForm = isInt32(labels) ? 'indices' : 'rows';
    this.unnormalized = parts.unnormalized;
    this.weighted = parts.weights !== undefined;
  }

  /**
   * @throws {DataError} for empty data, NaN or infinity, naming the place
   * @throws {ShapeError} if the number of labels, targets or weights is not that of the rows of x, rows differ in length, or
   *   `inputShape` is not the shape of as many numbers
   * @throws {ArgumentError} for labels out of range or not integers, rows of labels that are not a distribution over the
   *   classes, more or less than one of `labels`, `multiLabels` and `targets`, a scale for x that is not bytes, or an
   *   unknown option
   * @throws {DtypeError} for an array that holds no numbers
   */
  static from(options: ClassificationOptions & { readonly labels: ArrayLike<number> }): Dataset<Int32Array>;
  static from(options: MultiLabelOptions | RegressionOptions): Dataset<Matrix>;
  static from(options: ClassificationOptions | MultiLabelOptions | RegressionOptions): Dataset;
  static from(options: ClassificationOptions | MultiLabelOptions | RegressionOptions): Dataset {
    return new Dataset(readParts(options));
  }

  /**
   * Splits the samples at random into two data sets over the same numbers, each in random order. With `shuffle: false` the last
   * ones are the test part.
   *
   * With `stratify`, every class keeps a row in the train part; `warnings` says what that does to the test part.
   *
   * @throws {ArgumentError} for a share outside (0, 1), or `stratify` without `labels` or with `shuffle: false`
   * @throws {DataError} if there is only one sample, or with `stratify` only one of each class
   * @example const { train, test } = digits.split({ test: 0.2, seed: 1, stratify: true });
   */
  split(options: SplitOptions): Split<L> {
    const operation = 'Dataset.split';
    const { share, random } = readSplit(operation, options);
    const stratify = requireFlag(operation, 'stratify', options.stratify ?? false);
    const { rows, kind } = this.parts;
    if (rows.length < 2) throw new DataError({ operation, found: 'the data set has 1 row', expected: 'at least 2' });
    if (stratify && kind !== 'classification') {
      throw new ArgumentError({
        operation,
        found: `stratify is true for ${LABELS_OF[kind]}`,
        expected: 'a data set with labels (one class per row)',
      });
    }
    const testCount = testCountOf(rows.length, share);
    const parts = splitRows(rows, testCount, random, stratify ? { classOf: this.classOfRows() } : undefined);
    if (parts === undefined) {
      throw new DataError({
        operation,
        found: 'every class has one row',
        expected: 'a class of at least 2, one to train on and one to test',
        fix: 'Leave stratify out',
      });
    }
    return { train: this.withRows(parts.train), test: this.withRows(parts.test), warnings: parts.warnings };
  }

  /**
   * The first `n` samples, as a data set over the same numbers.
   *
   * @throws {ArgumentError} unless n is an integer in [1, size]
   */
  take(n: number): Dataset<L> {
    return this.withRows(this.parts.rows.slice(0, requireInteger('Dataset.take', 'n', n, 1, this.size)));
  }

  /**
   * Everything as new arrays: x (N, inputSize), labels, and weights where there are any.
   *
   * @throws {ArgumentError} for `oneHot` without `labels`
   * @throws {DtypeError} for float64 data and dtype float32
   * @example const { x, labels } = train.toTensors({ normalize: true, flatten: true, oneHot: true });
   */
  toTensors(options: ToTensorsOptions & OneHot & Flat): DatasetTensors<Matrix>;
  toTensors(options: ToTensorsOptions & OneHot): DatasetTensors<Matrix, Tensor>;
  toTensors(options?: ToTensorsOptions & { readonly oneHot?: false } & Flat): DatasetTensors<L>;
  toTensors(options?: ToTensorsOptions & { readonly oneHot?: false }): DatasetTensors<L, Tensor>;
  toTensors(options?: ToTensorsOptions): DatasetTensors<Int32Array | Matrix, Tensor>;
  toTensors(options: ToTensorsOptions = {}): DatasetTensors<Int32Array | Matrix, Tensor> {
    const operation = 'Dataset.toTensors';
    const { normalize = true, flatten = true, oneHot = false } = options;
    const dtype =
      checkCreateOptions(operation, options, ['normalize', 'flatten', 'oneHot']) ?? this.parts.x.naturalDtype;
    requireFlag(operation, 'normalize', normalize);
    requireFlag(operation, 'flatten', flatten);
    requireFlag(operation, 'oneHot', oneHot);
    const backend = resolveBackend(options.backend);

    const { kind, x, sampleShape, labels, weights, rows, scale } = this.parts;
    if (oneHot && kind !== 'classification') {
      throw new ArgumentError({
        operation,
        found: `oneHot is true for ${LABELS_OF[kind]}`,
        expected: 'a data set with labels (one class per row)',
      });
    }
    const gather = (from: Rows, shape: readonly number[], factor: number): Tensor => {
      const all = Tensor.zeros([rows.length, ...shape], { dtype, backend });
      const source = from.as(dtype);
      from.requireWhole(source);
      backend.gatherRows(all.data, source, rows, 0, rows.length, from.width, factor);
      return all;
    };
    return {
      x: gather(x, flatten ? [x.width] : sampleShape, normalize ? scale : 1),
      labels: !isInt32(labels)
        ? (gather(labels, [labels.width], 1) as Matrix)
        : oneHot
          ? oneHotRows(this.classOfRows(), this.classes!, { dtype, backend })
          : this.classOfRows(),
      ...(weights === undefined ? {} : { weights: gather(weights, [], 1) as Vector }),
    };
  }

  /** The class of each row; of rows over the classes, the largest entry. */
  private classOfRows(): Int32Array {
    const { labels, rows, x } = this.parts;
    if (!isInt32(labels)) {
      const columns = labels.largestColumns();
      return rows.map((row) => columns[row]!);
    }
    requireWhole('labels', labels, x.count);
    const classes = readLabels('Dataset', 'labels', labels, { classes: this.classes }) as Int32Array; // borrowed: they may have changed
    return rows.map((row) => classes[row]!);
  }

  /** One line: the number of rows, the shape of x, and what is learned. */
  toString(): string {
    const { size, sampleShape, byteScale, kind, outputSize, labelForm, weighted } = this;
    const x = `x ${formatShape(sampleShape)}${byteScale === undefined ? '' : byteScale === 1 ? ' bytes' : ` bytes × ${Number(byteScale.toPrecision(3))}`}`;
    const learned =
      kind === 'classification'
        ? `labels ${labelForm === 'rows' ? 'as rows over' : 'of'} ${outputSize} ${outputSize === 1 ? 'class' : 'classes'}`
        : `${LABELS_OF[kind]} [${outputSize}]`;
    return `Dataset of ${size} ${size === 1 ? 'row' : 'rows'}: ${x}, ${learned}${weighted ? ', weights' : ''}`;
  }

  /** The same rows, each weight times that of the row's class: `factors` has one number for each class. @internal */
  withClassWeights(factors: readonly number[]): Dataset<L> {
    const { labels, weights, x } = this.parts;
    const classOf = isInt32(labels) ? labels : labels.largestColumns();
    const own = weights?.as('float64');
    const data = Float64Array.from({ length: x.count }, (_, row) => (own?.[row] ?? 1) * factors[classOf[row]!]!);
    const weighted = Rows.of('Dataset', 'weights', { data, shape: [x.count], untyped: true }, { column: true });
    return new Dataset<L>({ ...this.parts, weights: weighted });
  }

  /**
   * The same rows in shared memory, as what `Dataset.from` takes: other threads build the data set again without a copy.
   * Numbers that came without a float type become float32.
   *
   * @internal
   */
  share(): SharedDataset {
    const { kind, x, sampleShape, labels, classes, unnormalized, weights, scale, rows } = this.parts;
    const gather = (from: Rows, shape: readonly number[]): TypedValues => {
      const source = from.as(from.naturalDtype);
      const bytes = new SharedArrayBuffer(rows.length * from.width * source.BYTES_PER_ELEMENT);
      const data = isUint8(source)
        ? new Uint8Array(bytes)
        : isFloat32(source)
          ? new Float32Array(bytes)
          : new Float64Array(bytes);
      rows.forEach((row, i) => {
        data.set(source.subarray(row * from.width, (row + 1) * from.width), i * from.width);
      });
      return { data, shape: [rows.length, ...shape] };
    };
    const learned = isInt32(labels)
      ? Object.assign(new Int32Array(new SharedArrayBuffer(4 * rows.length)), this.classOfRows())
      : gather(labels, [labels.width]);
    return {
      x: gather(x, sampleShape),
      [LABELS_OF[kind]]: learned,
      ...(classes === undefined ? {} : { classes }),
      ...(unnormalized ? { unnormalized } : {}),
      ...(weights === undefined ? {} : { weights: gather(weights, [1]) }),
      ...(x.isBytes ? { scale } : {}),
    } as SharedDataset;
  }

  /** `folds` data sets over the same numbers, without a row in common. @internal */
  folds(folds: number, stratify: boolean, random: Random): readonly Dataset<L>[] {
    const classOf = stratify ? this.classOfRows() : undefined;
    return dealFolds(this.parts.rows, classOf, folds, random).map((rows) => this.withRows(rows));
  }

  /** How many rows each class has. @internal */
  classCounts(): Float64Array {
    const counts = new Float64Array(this.classes ?? 0);
    for (const label of this.classOfRows()) counts[label]!++;
    return counts;
  }

  /** These rows of x, as a data set over the same numbers. @internal */
  withRows(rows: Int32Array): Dataset<L> {
    return new Dataset<L>({ ...this.parts, rows });
  }
}

brand(Dataset, 'Dataset');

showAsText(Dataset);

function oneHotRows(classOf: Int32Array, classes: number, options: CreateOptions): Matrix {
  const hot = Tensor.zeros([classOf.length, classes], options);
  classOf.forEach((label, row) => {
    hot.data[row * classes + label] = 1;
  });
  return hot;
}
