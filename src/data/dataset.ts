import { resolveBackend } from '../backend/choose/load.js';
import { ArgumentError, DataError, show } from '../errors.js';
import { checkOptions, requireInteger } from '../options.js';
import { Random, resolveSeed } from '../random.js';
import { type CreateOptions, checkCreateOptions } from '../tensor/options.js';
import { Tensor } from '../tensor/tensor.js';
import { type ClassificationOptions, type DatasetParts, type RegressionOptions, readParts } from './dataset-parts.js';
import type { Kind } from './kind.js';
import { detached, Rows } from './rows.js';
import { splitAtRandom, splitByClass } from './split.js';

export type { ClassificationOptions, RegressionOptions } from './dataset-parts.js';

export interface SplitOptions {
  /** The share of the rows that goes into the test part, in (0, 1). */
  readonly test: number;
  /** An integer in [0, 2³²); default a drawn one. */
  readonly seed?: number;
  /** Keep the proportion of the classes in both parts. Default false. */
  readonly stratify?: boolean;
}

/** What `toTensors` returns: `labels` are class indices, one-hot or soft rows, or the targets of a regression. */
export interface DatasetTensors<L extends Int32Array | Tensor = Int32Array | Tensor> {
  readonly x: Tensor;
  readonly labels: L;
}

/** The three switches of the book's `load_mnist`, with its defaults, and where the tensors live. */
export interface ToTensorsOptions extends CreateOptions {
  /** Multiply x by the data set's scale. Default true. */
  readonly normalize?: boolean;
  /** x as (N, inputSize); otherwise in the shape of the samples, e.g. (N, 28, 28). Default true. */
  readonly flatten?: boolean;
  /** Class indices as one-hot rows (N, classes). Default false. */
  readonly oneHot?: boolean;
}

/**
 * Samples x with their labels (classification) or targets (regression), from which batches are drawn.
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
export class Dataset {
  /** @internal */
  readonly parts: DatasetParts;

  private constructor(parts: DatasetParts) {
    this.parts = parts;
  }

  /**
   * @throws {DataError} for empty data, NaN or infinity, naming the place
   * @throws {ShapeError} if labels or targets are not as many as the rows of x, or rows differ in length
   * @throws {ArgumentError} for labels out of range or not integers, both or neither of `labels` and `targets`, or an
   *   unknown option
   * @throws {DtypeError} for an array that holds no numbers
   */
  static from(options: ClassificationOptions | RegressionOptions): Dataset {
    return new Dataset(readParts(options));
  }

  /** What the samples are to be answered with, by the option that named it: `labels` or `targets`. */
  get kind(): Kind {
    return this.parts.classes === undefined ? 'regression' : 'classification';
  }

  /** The number of samples. */
  get size(): number {
    return this.parts.rows.length;
  }

  /** Numbers in one sample. */
  get inputSize(): number {
    return this.parts.x.width;
  }

  /** The number of classes; undefined for a regression. */
  get classes(): number | undefined {
    return this.parts.classes;
  }

  /** What a network for this data must put out for each sample: the number of classes, or of target values. */
  get outputSize(): number {
    return this.parts.classes ?? (this.parts.labels as Rows).width;
  }

  /** The shape of one sample as it was given, e.g. [28, 28]. */
  get sampleShape(): readonly number[] {
    return this.parts.x.sampleShape;
  }

  /**
   * Divides the samples at random into two data sets over the same numbers, each in random order.
   *
   * @throws {ArgumentError} for a share outside (0, 1), or `stratify` without class indices
   * @throws {DataError} if there is only one sample
   * @example const { train, test } = digits.split({ test: 0.2, seed: 1, stratify: true });
   */
  split(options: SplitOptions): { train: Dataset; test: Dataset } {
    const operation = 'Dataset.split';
    checkOptions(operation, options, ['test', 'seed', 'stratify']);
    const { test: share, stratify = false } = options;
    if (typeof share !== 'number' || !(share > 0 && share < 1)) {
      throw new ArgumentError({
        operation,
        found: `test is ${show(share)}`,
        expected: 'a share greater than 0 and less than 1',
      });
    }
    requireFlag(operation, 'stratify', stratify);
    const random = new Random(resolveSeed(operation, options.seed), 'split');
    const { rows, labels } = this.parts;
    if (rows.length < 2) throw new DataError({ operation, found: 'the data set has 1 row', expected: 'at least 2' });
    if (stratify && !(labels instanceof Int32Array)) {
      throw new ArgumentError({
        operation,
        found: `stratify is true for ${this.classes === undefined ? 'a regression' : 'soft labels'}`,
        expected: 'class indices',
      });
    }
    // Neither part is ever empty.
    const testCount = Math.min(Math.max(Math.round(rows.length * share), 1), rows.length - 1);
    const parts =
      stratify && labels instanceof Int32Array
        ? splitByClass(
            rows,
            rows.map((row) => labels[row]!),
            testCount,
            random,
          )
        : splitAtRandom(rows, testCount, random);
    return { train: this.withRows(parts.train), test: this.withRows(parts.test) };
  }

  /**
   * The first `n` samples, as a data set over the same numbers.
   *
   * @throws {ArgumentError} unless n is an integer in [1, size]
   */
  take(n: number): Dataset {
    return this.withRows(this.parts.rows.slice(0, requireInteger('Dataset.take', 'n', n, 1, this.size)));
  }

  /**
   * Everything as two new arrays: x (N, inputSize) and labels.
   *
   * @throws {ArgumentError} for `oneHot` where there are no class indices
   * @throws {DtypeError} for float64 data and dtype float32
   * @example const { x, labels } = train.toTensors({ normalize: true, flatten: true, oneHot: true });
   */
  toTensors(options: ToTensorsOptions & { readonly oneHot: true }): DatasetTensors<Tensor>;
  toTensors(options?: ToTensorsOptions): DatasetTensors;
  toTensors(options: ToTensorsOptions = {}): DatasetTensors {
    const operation = 'Dataset.toTensors';
    const { normalize = true, flatten = true, oneHot = false } = options;
    const dtype =
      checkCreateOptions(operation, options, ['normalize', 'flatten', 'oneHot']) ?? this.parts.x.naturalDtype;
    requireFlag(operation, 'normalize', normalize);
    requireFlag(operation, 'flatten', flatten);
    requireFlag(operation, 'oneHot', oneHot);
    const backend = resolveBackend(options.backend);

    const { x, labels, rows, scale } = this.parts;
    const gather = (from: Rows, shape: readonly number[], factor: number): Tensor => {
      const all = Tensor.zeros([rows.length, ...shape], { dtype, backend });
      backend.gatherRows(all.data, from.as(dtype), rows, 0, rows.length, from.width, factor);
      return all;
    };
    const gathered = gather(x, flatten ? [x.width] : x.sampleShape, normalize ? scale : 1);
    if (labels instanceof Rows) {
      if (oneHot) {
        throw new ArgumentError({
          operation,
          found: `oneHot is true for ${this.classes === undefined ? 'a regression' : 'soft labels'}`,
          expected: 'class indices',
        });
      }
      return { x: gathered, labels: gather(labels, [labels.width], 1) };
    }
    if (labels.length === 0) throw detached('labels');
    const indices = rows.map((row) => labels[row]!);
    if (!oneHot) return { x: gathered, labels: indices };
    const hot = Tensor.zeros([rows.length, this.classes!], { dtype, backend });
    indices.forEach((label, row) => {
      hot.data[row * this.classes! + label] = 1;
    });
    return { x: gathered, labels: hot };
  }

  /** @internal The data set of these rows of x. */
  withRows(rows: Int32Array): Dataset {
    return new Dataset({ ...this.parts, rows });
  }
}

function requireFlag(operation: string, name: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'true or false' });
}
