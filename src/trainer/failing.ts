/** A run whose loss is not finite, on the way to the error that reports it. */

import type { Ranks } from '../distributed/ranks.js';
import { DivergenceError } from '../errors.js';
import { samePlain } from '../io/plain-data.js';
import type { Evaluator, Network } from '../models/network.js';
import { BEFORE_THIS_RUN, remedy } from './divergence.js';
import { type NumbersOfData, numbersOfData } from './numbers-of-data.js';
import { Recovery } from './recovery.js';
import type { Snapshots } from './snapshots.js';
import type { ResolvedOptions } from './trainer-options.js';
import type { TrainingRows } from './training-rows.js';
import { learnedState } from './training-state.js';

/** A loss that is not finite. */
export interface NonFinite {
  readonly loss: number;
  /** The step that was not applied, or the last one applied if its weights give that loss. */
  readonly step: number;
  /** The epoch of that step. */
  readonly epoch: number;
  /** The rows that gave it. */
  readonly rows: 'train' | 'validation' | 'test';
  /** The rate of that step. */
  readonly learningRate: number;
  /** The loss that the last update was made from; NaN before the first. */
  readonly lastLoss: number;
  readonly cause?: DivergenceError;
}

/** What goes back. */
export interface Failed {
  readonly net: Network;
  readonly options: ResolvedOptions;
  readonly ranks: Ranks;
  readonly rows: TrainingRows;
  readonly snapshots: Snapshots;
  /** Updates made so far. */
  readonly step: number;
}

/** Goes back to weights that give a finite loss, and ends with the error that says so. */
export class Failing {
  private readonly recovery: Recovery;
  private readonly remedy: string;
  /** Once such weights are found: the error, given what the weights are. */
  private errorWith: ((weights: string) => DivergenceError) | undefined;

  constructor(
    private readonly run: Failed,
    private readonly found: NonFinite,
  ) {
    const { net, options, ranks, rows, snapshots, step } = run;
    const dataset = found.rows === 'train' ? rows.known! : options[found.rows]!;
    const numbers = numbersOfData(dataset, net);
    this.remedy = remedy({
      name: found.rows,
      numbers,
      net,
      dataset,
      optimizer: options.optimizer,
      learningRate: found.learningRate,
      lastLoss: found.lastLoss,
      rawBytes: dataset.byteScale === 1,
      updates: step,
    });
    this.recovery = new Recovery(snapshots, this.evaluatorOfFiniteRows(numbers));
    if (found.rows !== 'train' || !rows.areSampled) ranks.requireSameFinite(found.rows, numbers.finiteRows);
  }

  /** Rows that hold NaN give no finite loss with any weights: the others decide. */
  private evaluatorOfFiniteRows({ finiteRows }: NumbersOfData): Evaluator | undefined {
    const { net, ranks, rows } = this.run;
    const { known, evaluator, areSampled } = rows;
    const train = known!;
    if (this.found.rows !== 'train' || finiteRows.length === train.size) return evaluator;
    const finite =
      finiteRows.length === 0 ? undefined : train.withRows(finiteRows.map((place) => train.parts.rows[place]!));
    return areSampled ? ranks.sampleEvaluator(finite) : finite && net.evaluator(finite);
  }

  /**
   * Continues to go back, by one chunk of rows.
   *
   * @throws {DivergenceError} once the network holds such weights, or those of the beginning if there are none
   */
  next(): void {
    const isFound = this.recovery.next();
    if (isFound === undefined) return;
    const { loss, step, epoch, rows, learningRate, cause } = this.found;
    const made = step === this.run.step;
    const where = `${made ? `after step ${step}` : `at step ${step}`} (epoch ${epoch}, learning rate ${learningRate})`;
    const from = this.recovery.present.step;
    this.errorWith = (weights) =>
      new DivergenceError(
        loss,
        {
          operation: 'Trainer',
          found: `the loss ${made ? `of ${rows} ` : ''}is ${loss} ${where}`,
          fix: [
            isFound ? '' : `No weights of this run give a finite loss, not even ${BEFORE_THIS_RUN}. `,
            made
              ? `${weights[0]!.toUpperCase()}${weights.slice(1)}. `
              : `Nothing of this step was written, and ${weights}. `,
            this.remedy,
          ].join(''),
        },
        { cause, at: { step, epoch, learningRate } },
      );
    throw this.errorWith(`the weights are ${from === 0 ? BEFORE_THIS_RUN : `those after step ${from}`}`);
  }

  /**
   * The error once the callbacks have been told of the end: the same one, or where they have written into the network, one that
   * says so.
   *
   * @param weights what the weights are then
   */
  afterCallbacks(error: unknown, weights: string): unknown {
    if (this.errorWith === undefined) return error;
    const { net, options } = this.run;
    const { params, buffers } = learnedState(net, options.optimizer);
    const { learned } = this.recovery.present;
    const isUnchanged = samePlain(learned.params, params) && samePlain(learned.buffers, buffers);
    return isUnchanged ? error : this.errorWith(weights);
  }
}
