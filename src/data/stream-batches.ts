import { allocate, type Backend, type Dtype, type Floats } from '../backend/backend.js';
import { ArgumentError } from '../errors.js';
import { isInt32 } from '../identity.js';
import { requireInteger } from '../options.js';
import { Random } from '../random.js';
import type { ImageShape } from '../tensor/shape-types.js';
import { type Matrix, Tensor } from '../tensor/tensor.js';
import type { AugmentOptions } from './augmentation.js';
import type { Augmenter } from './augmenter.js';
import { augmenterOf, type Batch, type BatchesState, leadingRows, stepsOfEpoch } from './batches.js';
import { Dataset } from './dataset.js';
import { RowWindow } from './row-window.js';
import type { Share } from './share.js';
import { beginSlice, isSliceOver, nextSlice } from './slice.js';
import type { ReadStreamOptions } from './stream-options.js';
import type { StreamReader } from './stream-reader.js';
import { StreamShare } from './stream-share.js';

/** What is read of a `DatasetStream`. */
interface BatchedStream {
  readonly kind: 'classification' | 'regression';
  readonly inputSize: number;
  readonly inputShape: ImageShape | undefined;
  readonly outputSize: number;
  readonly classes: number | undefined;
  readonly byteScale: number | undefined;
  readonly rows: number | undefined;
  readonly options: ReadStreamOptions;
  open(window: RowWindow, share?: StreamShare): StreamReader;
  learnRows(operation: string, rows: number): void;
}

/** How the rows of a stream become batches. */
export interface StreamBatchesOptions {
  readonly batchSize: number;
  /** Leave out the last batch of an epoch where it is shorter than the others. */
  readonly dropLast: boolean;
  /** Draws the rows from the window. */
  readonly random: Random;
  readonly augment?: AugmentOptions;
  readonly augmentRandom?: Random;
  /** How much the rows of each class count. */
  readonly classWeights: readonly number[] | undefined;
  /** Read and draw only this part of each batch, of which other processes draw the other parts. Default: all rows. */
  readonly share?: Share | undefined;
  readonly dtype: Dtype;
  readonly backend: Backend;
}

/** The most rows of a sample: one chunk of an evaluation. */
const SAMPLE_ROWS = 250;

/**
 * The batches of a stream, epoch after epoch, drawn from a window over its rows; the same as `Batches` for whoever takes them,
 * but that `arriving` says what to wait for first.
 *
 * The order depends on the generator's state at the start of the epoch and on the order of the rows alone. So a position is
 * that state and a number of batches: a pass that was closed, or saved, is read again from its beginning.
 *
 * Of several processes each has a window over its own rows, and draws from it by a generator of its own, that of the epoch, which all
 * have in common, seeds. So a position is that of all of them, as long as they are as many.
 */
export class StreamBatches {
  readonly batchSize: number;

  private readonly share: StreamShare | undefined;
  private readonly window: RowWindow;
  /** Draws the rows of the open pass. */
  private drawing: Random;
  private readonly augmenter: Augmenter | undefined;
  private readonly full: Batch;
  private readonly last: Map<number, Batch> = new Map();
  private reader: StreamReader | undefined;
  private stepOfEpoch = 0;
  /** Batches that have been drawn from the open pass. */
  private drawn = 0;
  /** The generator's state at the start of this epoch. */
  private drawnFrom: ReturnType<Random['state']>;
  private firstRows: Dataset | undefined;

  constructor(
    private readonly stream: BatchedStream,
    private readonly options: StreamBatchesOptions,
  ) {
    const { batchSize, random, dtype } = options;
    this.batchSize = batchSize;
    const { share } = options;
    this.share = share === undefined || share.count === 1 ? undefined : new StreamShare(share, batchSize);
    const { window } = stream.options;
    this.window = new RowWindow(stream.options, this.share?.windowOf(window) ?? Math.max(window, batchSize), dtype);
    this.drawing = random;
    this.augmenter = augmenterOf(stream, options);
    this.full = this.allocateBatch();
    this.drawnFrom = random.state();
  }

  /** Infinity while the length of a pass is not known. */
  get stepsPerEpoch(): number {
    return this.stepsFor(undefined);
  }

  /** The same for a stream that is known to have so many rows, if its length is not known here. */
  stepsFor(rows: number | undefined): number {
    return stepsOfEpoch(this.stream.rows ?? rows ?? Number.POSITIVE_INFINITY, this.batchSize, this.options.dropLast);
  }

  /** Up to 250 rows, evenly spaced over the first window; undefined before it has been read. */
  get sample(): Dataset | undefined {
    return this.firstRows;
  }

  /** What must be awaited before `next` can be called; undefined if nothing. */
  arriving(): Promise<void> | undefined {
    return this.isReady() ? undefined : this.arrive();
  }

  /** The next batch; `arriving` must have been undefined just before. */
  next(): Batch {
    if (this.stepOfEpoch === 0) this.drawnFrom = this.options.random.state();
    const rows = this.rowsOfBatch(this.stepOfEpoch);
    const batch = rows === this.batchSize ? this.full : this.shortBatch(rows);
    this.fill(batch, this.draw(batch.size));
    this.stepOfEpoch++;
    const passRows = this.endEpochIfOver();
    const isLastOfPart = passRows !== undefined && this.share !== undefined;
    return isLastOfPart ? { ...batch, within: { ...batch.within!, passRows } } : batch;
  }

  /** Rows of a batch of the epoch, in all processes. */
  private rowsOfBatch(step: number): number {
    const { length = Number.POSITIVE_INFINITY } = this.reader!;
    return Math.min(this.batchSize, length - step * this.batchSize);
  }

  /** Draws the rows of the next batch of the open pass; returns where they are. */
  private draw(size: number): number {
    if (this.drawn === 0) {
      const { random, share } = this.options;
      this.drawing =
        this.share === undefined ? random : new Random((random.integer(2 ** 32) + share!.index) % 2 ** 32, 'order');
    }
    this.drawn++;
    return this.window.draw(size, this.drawing);
  }

  private sizeOf(rows: number): number {
    return this.share?.sizeOf(rows) ?? rows;
  }

  /** The current position; also the length of a pass, once it is known. */
  state(): BatchesState {
    const { stepOfEpoch: step, options, drawnFrom, augmenter, stream } = this;
    return {
      step,
      random: step === 0 ? options.random.state() : drawnFrom,
      ...(augmenter === undefined ? {} : { augmentRandom: augmenter.random.state() }),
      ...(stream.rows === undefined ? {} : { rows: stream.rows }),
    };
  }

  /**
   * Goes to a position that `state` returned.
   *
   * @throws {ArgumentError} for a step that an epoch does not have, another length of the stream, or a state that does not
   *   belong to these options; nothing is then changed
   */
  restore({ step, random, augmentRandom, rows }: BatchesState): void {
    const operation = 'Batches.restore';
    if (rows !== undefined) this.stream.learnRows(operation, rows);
    requireInteger(operation, 'step', step, 0, Math.min(this.stepsPerEpoch - 1, Number.MAX_SAFE_INTEGER));
    if (random === undefined || (augmentRandom === undefined) !== (this.augmenter === undefined)) {
      throw new ArgumentError({
        operation,
        found: `the state has ${random === undefined ? 'no random' : `${augmentRandom === undefined ? 'no' : 'an'} augmentRandom`}`,
        expected: 'the state of batches with the same options',
      });
    }
    this.close();
    if (augmentRandom !== undefined) this.augmenter!.random.restore(augmentRandom);
    this.options.random.restore(random);
    this.drawnFrom = random;
    this.stepOfEpoch = step;
  }

  /** Ends the pass that is open: the source closes its files. The next batch is the same as without. */
  close(): void {
    this.reader?.close();
    this.reader = undefined;
    this.window.clear();
    this.drawn = 0;
    if (this.stepOfEpoch > 0) this.options.random.restore(this.drawnFrom);
  }

  private isReady(): boolean {
    return this.reader !== undefined && this.drawn === this.stepOfEpoch && this.canDraw(this.reader);
  }

  /**
   * Whether the window is as full as the rows allow, and it is known whether the next batch is the last. It is not where a window and a
   * batch are there: a window holds a batch, so another whole one follows (of several processes by `StreamShare.windowOf`).
   */
  private canDraw(reader: StreamReader): boolean {
    this.window.fill();
    reader.resume();
    return reader.length !== undefined || this.window.rows >= this.window.size + this.full.size;
  }

  /** Opens a pass where none is, draws the batches again that were drawn before, and waits for the rows of the next. */
  private async arrive(): Promise<void> {
    this.reader ??= this.stream.open(this.window, this.share);
    const { reader } = this;
    beginSlice();
    for (;;) {
      while (!this.canDraw(reader)) {
        if (reader.failure !== undefined) throw reader.failure.cause;
        await reader.change();
        if (reader !== this.reader) return;
      }
      this.firstRows ??= this.sampleOfWindow();
      if (this.drawn === this.stepOfEpoch) return;
      this.draw(this.sizeOf(this.rowsOfBatch(this.drawn)));
      if (!isSliceOver()) continue;
      await nextSlice();
      if (reader !== this.reader) return;
    }
  }

  /** After the last batch of an epoch the next one belongs to a new pass. @returns then, the rows of the pass */
  private endEpochIfOver(): number | undefined {
    const { batchSize, options, stepOfEpoch } = this;
    const rows = this.reader?.length;
    if (rows === undefined || rows - stepOfEpoch * batchSize >= (options.dropLast ? batchSize : 1)) return undefined;
    this.stream.learnRows('DatasetStream', rows);
    this.stepOfEpoch = 0;
    this.close();
    return rows;
  }

  private fill({ x, labels, weights, size, within }: Batch, start: number): void {
    const { window, stream } = this;
    const { backend, classWeights } = this.options;
    const { inputSize, outputSize, byteScale = 1 } = stream;
    const { members, learned } = window;
    backend.gatherRows(x.data, window.x, members, start, size, inputSize, byteScale);
    const { before, rows } = within!;
    this.augmenter?.skip(before);
    this.augmenter?.apply(x.data, size);
    this.augmenter?.skip(rows - before - size);
    if (isInt32(labels)) {
      for (let i = 0; i < size; i++) labels[i] = learned[members[start + i]!]!;
      if (weights !== undefined) for (let i = 0; i < size; i++) weights[i] = classWeights![labels[i]!]!;
    } else {
      backend.gatherRows(labels.data, learned as Floats, members, start, size, outputSize, 1);
    }
  }

  /** The rows that stand for all others where some must be looked at: to find what is wrong, and that a loss is finite. */
  private sampleOfWindow(): Dataset {
    const { window, stream } = this;
    const { inputSize, inputShape, outputSize, byteScale, classes } = stream;
    const { members, x, learned, held } = window;
    const count = Math.min(SAMPLE_ROWS, held);
    const pick = <A extends Floats | Int32Array | Uint8Array>(from: A, width: number): A => {
      const into = from.slice(0, count * width) as A;
      for (let i = 0; i < count; i++) {
        const slot = members[Math.floor((i * held) / count)]!;
        into.set(from.subarray(slot * width, (slot + 1) * width), i * width);
      }
      return into;
    };
    const rows = {
      x: { data: pick(x, inputSize), shape: [count, inputSize] },
      ...(inputShape === undefined ? {} : { inputShape }),
      ...(byteScale === undefined ? {} : { scale: byteScale }),
    };
    return isInt32(learned)
      ? Dataset.from({ ...rows, labels: pick(learned, 1), classes: classes! })
      : Dataset.from({ ...rows, targets: { data: pick(learned, outputSize), shape: [count, outputSize] } });
  }

  private shortBatch(rows: number): Batch {
    let batch = this.last.get(rows);
    if (batch === undefined) {
      batch = this.partOf(leadingRows(this.full, this.sizeOf(rows)), rows);
      this.last.set(rows, batch);
    }
    return batch;
  }

  /** A batch with its place in that of all processes. */
  private partOf(batch: Batch, rows: number): Batch {
    return { ...batch, within: { before: this.share?.before(rows) ?? 0, rows } };
  }

  private allocateBatch(): Batch {
    const { stream, batchSize } = this;
    const size = this.sizeOf(batchSize);
    const { dtype, backend, classWeights } = this.options;
    const operation = 'Batches';
    const buffer = (width: number): Matrix =>
      new Tensor(allocate(dtype, size * width, operation), [size, width], backend);
    const own = {
      x: buffer(stream.inputSize),
      labels: stream.kind === 'classification' ? new Int32Array(size) : buffer(stream.outputSize),
      weights: classWeights === undefined ? undefined : allocate(dtype, size, operation),
      size,
    };
    return this.partOf(own, batchSize);
  }
}
