import { allocate, type Backend, type Dtype, type Floats, withinMemory } from '../backend/backend.js';
import { ArgumentError } from '../errors.js';
import { isInt32, keepName } from '../identity.js';
import { requireInteger, requireOneOf } from '../options.js';
import type { Random, RandomState } from '../random.js';
import { type Matrix, Tensor } from '../tensor/tensor.js';
import { type AugmentOptions, readAugmentation } from './augmentation.js';
import { Augmenter } from './augmenter.js';
import type { Dataset } from './dataset.js';
import { type DatasetParts, LABELS_OF } from './dataset-parts.js';
import { type RowSource, type Rows, requireWhole } from './rows.js';
import { rowsOfShare, type Share } from './share.js';

/** How rows are drawn into mini-batches, and what the batches hold. */
export interface BatchesOptions {
  /** Rows in a batch; more than the data set has means all of them, except with replacement. */
  readonly batchSize: number;
  /**
   * 'shuffle': each epoch holds every row once, in a new order. 'replacement': each row is drawn from all rows, as in the
   * book. 'inOrder': every row once, in the data set's order, for evaluation in chunks.
   */
  readonly sampling: 'shuffle' | 'replacement' | 'inOrder';
  /** Leave out the last batch of an epoch where it is shorter than the others. Default false. */
  readonly dropLast?: boolean;
  /** Where the order comes from; unused with 'inOrder'. */
  readonly random?: Random;
  /** Change the images of each batch a little: for training only. Needs `augmentRandom`, and samples that are images. */
  readonly augment?: AugmentOptions;
  /** Where the changes come from; unused without `augment`. */
  readonly augmentRandom?: Random;
  /** Gather only this part of each batch, of which other processes gather the other parts. Default: all rows. @internal */
  readonly share?: Share | undefined;
  readonly dtype: Dtype;
  readonly backend: Backend;
}

/** One batch, borrowed: its arrays are overwritten by the next call of `next`. */
export interface Batch<L extends Int32Array | Matrix = Int32Array | Matrix> {
  /** (size, inputSize), scaled. */
  readonly x: Matrix;
  /**
   * `size` class indices, or rows: over the classes (size, classes), of 0 and 1 for each label (size, labels), or the
   * targets of a regression (size, outputSize).
   */
  readonly labels: L;
  /** How much each row counts in the loss, `size` numbers; undefined where the data set has no weights. */
  readonly weights: Floats | undefined;
  /** Rows of this batch: batchSize, or fewer in the last one of an epoch. */
  readonly size: number;
  /**
   * Where these rows are a part of a batch: how many it has, and how many come before them; with the last batch of a pass over a
   * stream, the rows of the pass. @internal
   */
  readonly within?: { readonly before: number; readonly rows: number; readonly passRows?: number };
}

/** A position in the batches, as plain data. The order itself is left out: it is drawn again. */
export interface BatchesState {
  /** Batches of this epoch handed out so far; 0 between epochs. */
  readonly step: number;
  /** The generator at the start of this epoch; undefined for batches in order. */
  readonly random: RandomState | undefined;
  /** The generator of the changes to images, before the next batch; absent without `augment`. */
  readonly augmentRandom?: RandomState;
  /** Rows of an epoch of a stream, once they are known; absent otherwise. */
  readonly rows?: number;
}

/**
 * The batches of a data set, epoch after epoch, in buffers that are allocated once.
 *
 * The order of an epoch depends only on the generator's state at its start, and is drawn as a whole, so that a
 * backend can fetch the next rows ahead.
 *
 * @throws {DtypeError} if the data is not available in `dtype`, {ArgumentError} for a batch size that is not an integer ≥ 1,
 *   a missing generator, or `augment` out of its ranges or for samples that are not images
 */
export class Batches<L extends Int32Array | Matrix = Int32Array | Matrix> {
  static {
    keepName(Batches, 'Batches');
  }

  readonly batchSize: number;
  /** max(1, ⌈N / batchSize⌉); with `dropLast` max(1, ⌊N / batchSize⌋) */
  readonly stepsPerEpoch: number;

  private readonly parts: DatasetParts;
  private readonly options: BatchesOptions;
  private readonly source: RowSource;
  private readonly labelSource: Int32Array | RowSource;
  private readonly weightSource: RowSource | undefined;
  private readonly augmenter: Augmenter | undefined;
  /** The rows of this epoch, as row numbers in the source. */
  private readonly order: Int32Array;
  private readonly full: Batch;
  /** The last batch of an epoch if it is shorter: the leading rows of the same buffers. */
  private readonly last: Batch;
  private stepOfEpoch = 0;
  /** The generator's state from which `order` was drawn. */
  private orderedFrom: RandomState | undefined;

  constructor(dataset: Dataset<L>, options: BatchesOptions) {
    const { dtype } = options;
    const sampling = requireOneOf('Batches', 'sampling', options.sampling, ['shuffle', 'replacement', 'inOrder']);
    if (sampling !== 'inOrder') requireRandom('random', options.random, `sampling "${sampling}"`);
    if (options.augment !== undefined) requireRandom('augmentRandom', options.augmentRandom, 'augment');
    const { size } = dataset;
    this.batchSize = resolveBatchSize('Batches', dataset, options);
    this.stepsPerEpoch = stepsOfEpoch(size, this.batchSize, options.dropLast);
    this.augmenter = augmenterOf(dataset, options);
    this.parts = dataset.parts;
    this.options = options;
    const { x, labels, weights, rows } = this.parts;
    this.source = x.as(dtype);
    this.weightSource = weights?.as(dtype);
    this.labelSource = isInt32(labels) ? labels : labels.as(dtype);
    this.order =
      sampling === 'inOrder'
        ? rows
        : allocateIndices(sampling === 'replacement' ? this.stepsPerEpoch * this.batchSize : size);

    const left = Math.min(this.batchSize, this.order.length - (this.stepsPerEpoch - 1) * this.batchSize);
    const own = this.allocateBatch(Math.max(this.sizeOfPart(this.batchSize), this.sizeOfPart(left)));
    this.full = this.partOf(own, this.batchSize);
    this.last = left === this.batchSize ? this.full : this.partOf(own, left);
  }

  /** The next batch; after the last one of an epoch comes the first of the next. Allocates nothing. */
  next(): Batch<L> {
    if (this.stepOfEpoch === 0) this.drawOrder();
    const start = this.stepOfEpoch * this.batchSize;
    this.stepOfEpoch = (this.stepOfEpoch + 1) % this.stepsPerEpoch;
    const batch = this.stepOfEpoch === 0 ? this.last : this.full;
    this.fill(batch, start);
    return batch as Batch<L>;
  }

  /** Makes the next batch the first of a new epoch. */
  restart(): void {
    this.stepOfEpoch = 0;
  }

  /** The current position: `restore` of it yields the same batches as this object from now on. */
  state(): BatchesState {
    const { stepOfEpoch: step, options, orderedFrom, augmenter } = this;
    const random = step === 0 ? options.random?.state() : orderedFrom;
    return augmenter === undefined ? { step, random } : { step, random, augmentRandom: augmenter.random.state() };
  }

  /**
   * Goes to a position that `state` returned, of these batches or of others over the same data with the same options.
   *
   * @throws {ArgumentError} for a step that an epoch of these batches does not have, or a state of batches whose images are
   *   changed where those of this object are not, or the reverse; nothing is then changed
   */
  restore({ step, random, augmentRandom }: BatchesState): void {
    requireInteger('Batches.restore', 'step', step, 0, this.stepsPerEpoch - 1);
    if ((augmentRandom === undefined) !== (this.augmenter === undefined)) {
      throw new ArgumentError({
        operation: 'Batches.restore',
        found: `augmentRandom is ${augmentRandom === undefined ? 'undefined' : 'given'}`,
        expected: `the state of batches with${this.augmenter === undefined ? 'out' : ''} augment, as these`,
      });
    }
    if (augmentRandom !== undefined) this.augmenter!.random.restore(augmentRandom);
    if (random !== undefined) this.options.random?.restore(random);
    if (step > 0) this.drawOrder();
    this.stepOfEpoch = step;
  }

  private fill({ x, labels, weights, size, within = { before: 0, rows: size } }: Batch, first: number): void {
    const { source, labelSource, weightSource, order, parts } = this;
    const { backend } = this.options;
    const { before, rows } = within;
    const start = first + before;
    parts.x.requireWhole(source);
    backend.gatherRows(x.data, source, order, start, size, parts.x.width, parts.scale);
    this.augmenter?.skip(before);
    this.augmenter?.apply(x.data, size);
    this.augmenter?.skip(rows - before - size);
    if (isInt32(labels)) {
      requireWhole(LABELS_OF[parts.kind], labelSource, parts.x.count);
      for (let i = 0; i < size; i++) labels[i] = labelSource[order[start + i]!]!;
    } else {
      const rows = parts.labels as Rows;
      rows.requireWhole(labelSource as RowSource);
      backend.gatherRows(labels.data, labelSource as RowSource, order, start, size, rows.width, 1);
    }
    if (weights !== undefined) {
      parts.weights!.requireWhole(weightSource!);
      backend.gatherRows(weights, weightSource!, order, start, size, 1, 1);
    }
  }

  private drawOrder(): void {
    const { order, parts, options } = this;
    const { rows } = parts;
    this.orderedFrom = options.random?.state();
    if (options.sampling === 'replacement') {
      for (let i = 0; i < order.length; i++) order[i] = rows[options.random!.integer(rows.length)]!;
    } else if (options.sampling === 'shuffle') {
      order.set(rows); // always from the same start, so that the generator's state alone decides
      options.random!.shuffle(order);
    }
  }

  /** How many of a batch of so many rows are gathered here. */
  private sizeOfPart(rows: number): number {
    const { start, end } = rowsOfShare(rows, this.options.share ?? WHOLE);
    return end - start;
  }

  /** The buffers that hold what is gathered here of a batch of so many rows. */
  private partOf(own: Batch, rows: number): Batch {
    const { share } = this.options;
    const part = leadingRows(own, this.sizeOfPart(rows));
    return share === undefined ? part : { ...part, within: { before: rowsOfShare(rows, share).start, rows } };
  }

  private allocateBatch(size: number): Batch {
    const { parts } = this;
    const { dtype, backend } = this.options;
    const buffer = (width: number): Matrix =>
      new Tensor(allocate(dtype, size * width, 'Batches'), [size, width], backend);
    const { labels, weights } = parts;
    return {
      x: buffer(parts.x.width),
      labels: isInt32(labels) ? allocateIndices(size) : buffer(labels.width),
      weights: weights === undefined ? undefined : allocate(dtype, size, 'Batches'),
      size,
    };
  }
}

function requireRandom(name: string, random: Random | undefined, use: string): void {
  if (random !== undefined) return;
  throw new ArgumentError({ operation: 'Batches', found: `${name} is undefined`, expected: `a Random for ${use}` });
}

/** What changes the images of the batches; undefined without `augment`. */
export function augmenterOf(
  { inputShape, inputSize, byteScale = 1 }: Pick<Dataset, 'inputShape' | 'inputSize' | 'byteScale'>,
  { augment, augmentRandom, dtype }: Pick<BatchesOptions, 'augment' | 'augmentRandom' | 'dtype'>,
): Augmenter | undefined {
  if (augment === undefined) return undefined;
  const augmentation = readAugmentation('Batches', augment, { name: 'the data set', inputShape, inputSize });
  // As in gatherRows: the factor is rounded to the dtype, then the product.
  const round = dtype === 'float32' ? Math.fround : (value: number): number => value;
  const background = round(round(byteScale) * augmentation.background);
  return new Augmenter(augmentation, inputShape!, background, augmentRandom!);
}

/** Batches of an epoch over `rows` rows, the last short one among them unless it is dropped. */
export function stepsOfEpoch(rows: number, batchSize: number, dropLast = false): number {
  return Math.max(1, dropLast ? Math.floor(rows / batchSize) : Math.ceil(rows / batchSize));
}

/** The share of a process that has every row. */
const WHOLE: Share = Object.freeze({ index: 0, count: 1 });

/** Arrays have fewer than 2³¹ elements, because the backends count in 32 bits. */
const MOST_ELEMENTS = 2 ** 31 - 1;

/**
 * The batch size: as requested, but no more than there are rows, unless rows are drawn with replacement.
 *
 * @throws {ArgumentError} unless `batchSize` is an integer of at least 1 whose batches fit into arrays
 */
export function resolveBatchSize(
  operation: string,
  dataset: Pick<Dataset, 'size' | 'inputSize' | 'outputSize'>,
  { batchSize, sampling }: { readonly batchSize: unknown; readonly sampling: BatchesOptions['sampling'] },
): number {
  const wanted = requireInteger(operation, 'batchSize', batchSize, 1);
  if (sampling !== 'replacement') return Math.min(wanted, dataset.size);
  const widest = Math.max(dataset.inputSize, dataset.outputSize);
  return requireInteger(operation, 'batchSize', wanted, 1, Math.floor(MOST_ELEMENTS / widest));
}

function allocateIndices(n: number): Int32Array {
  return withinMemory('Batches', 'int32', n, () => new Int32Array(n));
}

/** The first `size` rows of a batch's buffers, as a batch. */
export function leadingRows(batch: Batch, size: number): Batch {
  return size === batch.size ? batch : rowsOfBatch(batch, 0, size);
}

/** Rows of a batch's buffers, as a batch: from `start` up to `end`, which is not one of them. */
export function rowsOfBatch({ x, labels, weights }: Batch, start: number, end: number): Batch {
  const rows = ({ data, shape, backend }: Matrix): Matrix =>
    new Tensor(data.subarray(start * shape[1]!, end * shape[1]!), [end - start, shape[1]!], backend);
  return {
    x: rows(x),
    labels: isInt32(labels) ? labels.subarray(start, end) : rows(labels),
    weights: weights?.subarray(start, end),
    size: end - start,
  };
}
