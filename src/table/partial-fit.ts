import type { Dataset } from '../data/dataset.js';
import { beginSlice, isSliceOver, nextSlice } from '../data/slice.js';
import { StateError } from '../errors.js';
import { isInstance } from '../identity.js';
import type { Sequential } from '../models/sequential.js';
import { AdamW } from '../optim/adam-w.js';
import { checkOptions, requireInteger, requirePositive } from '../options.js';
import { resolveSeed } from '../random.js';
import { type AbortSignalLike, checkFitParts } from '../trainer/fit-options.js';
import { Trainer } from '../trainer/trainer.js';
import { divergingAs } from './table-divergence.js';
import { isWorseThanAGuess, ruined } from './training-warnings.js';

/** What `TableModel.partialFit` takes. */
export interface PartialFitOptions {
  /**
   * Of Adam. Default: a quarter of the training's highest rate, a sixth of one that it rose to; then that of the last call that
   * resolved.
   */
  readonly learningRate?: number;
  /** Rows of a step. Default 32. */
  readonly batchSize?: number;
  /** Seed of the order of the rows, an integer in [0, 2³²). Default: that of the model's training. */
  readonly seed?: number;
  /** Stops it between two steps: the call rejects with `signal.reason`, and the model keeps what it has learned by then. */
  readonly signal?: AbortSignalLike;
}

/** What a `partialFit` did. */
export interface PartialFitResult {
  /** Rows that were learned from: those with a target. */
  readonly rows: number;
  /** The mean loss of these rows before. Of a regression, as in `history`, it is half the squared error of the standardised target. */
  readonly lossBefore: number;
  /** The same afterwards. Far above `lossBefore`, the learning rate was too large. */
  readonly loss: number;
}

/** Adam over the calls of one model. */
export class PartialFits {
  private optimizer: AdamW | undefined;
  private isRunning = false;
  private warning: string | undefined;

  constructor(
    private readonly usualRate: number,
    private readonly usualSeed: number,
  ) {}

  /** What looked wrong at the end of the last call. */
  get warnings(): readonly string[] {
    return this.warning === undefined ? [] : [this.warning];
  }

  /**
   * Checks the options, and returns what goes once through the rows of a data set.
   *
   * @throws {StateError} while another call learns
   */
  prepare(
    operation: string,
    options: PartialFitOptions,
  ): (net: Sequential, train: Dataset) => Promise<PartialFitResult> {
    checkOptions(operation, options, ['learningRate', 'batchSize', 'seed', 'signal']);
    checkFitParts(operation, options);
    const { learningRate, signal } = options;
    if (learningRate !== undefined) requirePositive(operation, 'learningRate', learningRate);
    const batchSize = requireInteger(operation, 'batchSize', options.batchSize ?? 32, 1);
    const seed = resolveSeed(operation, options.seed ?? this.usualSeed);
    if (this.isRunning) throw fittedAlready(operation, 'this model learns from the rows of another call');
    return async (net, train) => {
      this.isRunning = true;
      try {
        const lossBefore = await lossOf(net, train, signal);
        await this.atRate(learningRate, async (optimizer) => {
          const trainer = new Trainer(net, { train, epochs: 1, batchSize, optimizer, seed, evaluate: false });
          await fitAs(operation, trainer, signal);
        });
        const loss = await lossOf(net, train);
        const { learningRate: rate } = this.optimizer!;
        // What was ruined is told until it has been learned again.
        this.warning = !isWorseThanAGuess(net, loss)
          ? undefined
          : loss > 2 * lossBefore
            ? ruined({ rows: train.size, lossBefore, loss, learningRate: rate })
            : this.warning;
        return { rows: train.size, lossBefore, loss };
      } finally {
        this.isRunning = false;
      }
    };
  }

  /** Learns at this rate, which the next call begins with; unless this one did not go through. */
  private async atRate(rate: number | undefined, learn: (optimizer: AdamW) => Promise<void>): Promise<void> {
    // Without decay: what it once was made small by, it should keep.
    this.optimizer ??= new AdamW({ learningRate: this.usualRate, weightDecay: 0 });
    const { optimizer } = this;
    const before = optimizer.learningRate;
    optimizer.learningRate = rate ?? before;
    try {
      await learn(optimizer);
    } catch (error) {
      optimizer.learningRate = before;
      throw error;
    }
  }
}

/** Errors name the call, not the Trainer that makes the steps. */
async function fitAs(operation: string, trainer: Trainer, signal: AbortSignalLike | undefined): Promise<void> {
  try {
    await divergingAs(operation, () => trainer.fit(signal === undefined ? {} : { signal }));
  } catch (error) {
    // A Trainer of the caller's own may have the network.
    if (!isInstance(error, StateError) || error.complaint.operation !== 'Trainer.fit') throw error;
    throw fittedAlready(operation, "the model's network is being fitted already", error);
  }
}

function fittedAlready(operation: string, found: string, cause?: unknown): StateError {
  const fix = 'Await the first, or abort it by its signal';
  return new StateError({ operation, found, expected: 'one training at a time', fix }, { cause });
}

/** The mean loss of the rows. The event loop runs in between. */
async function lossOf(net: Sequential, rows: Dataset, signal?: AbortSignalLike): Promise<number> {
  const evaluator = net.evaluator(rows);
  beginSlice();
  for (;;) {
    if (signal?.aborted === true) throw signal.reason;
    const evaluation = evaluator.next();
    if (evaluation !== undefined) return evaluation.loss;
    if (isSliceOver()) await nextSlice();
  }
}
