/** The rows that a run learns from, in memory or read as it goes. */

import type { Augmentation } from '../data/augmentation.js';
import { type Batch, Batches, type BatchesState } from '../data/batches.js';
import type { Dataset } from '../data/dataset.js';
import type { DatasetStream } from '../data/dataset-stream.js';
import { isStream } from '../data/is-stream.js';
import type { StreamBatches } from '../data/stream-batches.js';
import type { Evaluator, Network } from '../models/network.js';
import { Random } from '../random.js';
import type { ResolvedOptions } from './trainer-options.js';

/** Batches, and the rows that stand for all where a loss is confirmed or something is to be found out about them. */
export interface TrainingRows {
  /** Infinity while the length of a stream is not known. */
  readonly stepsPerEpoch: number;
  /** Whether every record evaluates all rows. */
  readonly areEvaluated: boolean;
  /** All rows, or some of a stream; undefined before these have been read. */
  readonly known: Dataset | undefined;
  /** Whether there are more rows than the known ones. */
  readonly areSampled: boolean;
  /** Of the known rows. There must be some. */
  readonly evaluator: Evaluator;
  /** What must be awaited before the next piece of the run; undefined if nothing. */
  arriving(isStep: boolean): Promise<void> | undefined;
  /** The next batch. Nothing may be arriving. */
  next(): Batch;
  state(): BatchesState;
  restore(state: BatchesState): void;
  /** `stepsPerEpoch` of batches that are in this state. */
  stepsPerEpochOf(state: BatchesState): number;
  /** Closes what is open; the next batch is the same as without. */
  close(): void;
}

type RowsOptions = Pick<
  ResolvedOptions,
  'batchSize' | 'dropLast' | 'sampling' | 'seed' | 'classWeights' | 'evaluateTrain' | 'augment' | 'ranks'
>;

export function trainingRows(net: Network, train: Dataset | DatasetStream, options: RowsOptions): TrainingRows {
  const { batchSize, seed, augment } = options;
  const { dtype, backend } = net;
  const common = {
    batchSize,
    random: new Random(seed, 'order'),
    ...(augment === undefined ? {} : { augment, augmentRandom: new Random(seed, 'augmentation') }),
    dtype,
    backend,
  };
  return isStream(train) ? new StreamedRows(train, common, options) : new HeldRows(train, common, options);
}

type Common = {
  readonly batchSize: number;
  readonly random: Random;
  readonly augment?: Augmentation;
  readonly augmentRandom?: Random;
} & Pick<Network, 'dtype' | 'backend'>;

class HeldRows implements TrainingRows {
  readonly areEvaluated: boolean;
  readonly areSampled = false;
  readonly evaluator: Evaluator;
  private readonly batches: Batches;

  constructor(
    readonly known: Dataset,
    common: Common,
    { sampling, dropLast, evaluateTrain, ranks }: RowsOptions,
  ) {
    this.areEvaluated = evaluateTrain;
    const { share } = ranks;
    this.batches = new Batches(known, { ...common, sampling, dropLast: dropLast && sampling === 'shuffle', share });
    this.evaluator = ranks.evaluator(known);
  }

  get stepsPerEpoch(): number {
    return this.batches.stepsPerEpoch;
  }

  arriving(): undefined {
    return undefined;
  }

  next(): Batch {
    return this.batches.next();
  }

  state(): BatchesState {
    return this.batches.state();
  }

  restore(state: BatchesState): void {
    this.batches.restore(state);
  }

  stepsPerEpochOf(): number {
    return this.batches.stepsPerEpoch;
  }

  close(): void {}
}

class StreamedRows implements TrainingRows {
  readonly areEvaluated = false;
  readonly areSampled = true;
  private readonly batches: StreamBatches;
  private sampleEvaluator: Evaluator | undefined;

  constructor(
    stream: DatasetStream,
    common: Common,
    private readonly options: RowsOptions,
  ) {
    const { dropLast, classWeights } = options;
    this.batches = stream.batches({ ...common, dropLast, classWeights, share: options.ranks.share });
  }

  get stepsPerEpoch(): number {
    return this.batches.stepsPerEpoch;
  }

  get known(): Dataset | undefined {
    return this.batches.sample;
  }

  get evaluator(): Evaluator {
    this.sampleEvaluator ??= this.options.ranks.sampleEvaluator(this.known)!;
    return this.sampleEvaluator;
  }

  arriving(isStep: boolean): Promise<void> | undefined {
    return isStep || this.known === undefined ? this.batches.arriving() : undefined;
  }

  next(): Batch {
    return this.batches.next();
  }

  state(): BatchesState {
    return this.batches.state();
  }

  restore(state: BatchesState): void {
    this.batches.restore(state);
  }

  stepsPerEpochOf({ rows }: BatchesState): number {
    return this.batches.stepsFor(rows);
  }

  close(): void {
    this.batches.close();
  }
}
