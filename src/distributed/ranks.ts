/**
 * What a run does together with other processes, the ranks: the only place where the Trainer meets them. A run of one process
 * has the same collaborator, which does nothing more (`alone`).
 */

import type { Batch } from '../data/batches.js';
import type { Dataset } from '../data/dataset.js';
import type { Share } from '../data/share.js';
import type { Layer } from '../layers/layer.js';
import type { Evaluator, Network } from '../models/network.js';
import type { Optimizer } from '../optim/optimizer.js';
import { resolveSeed } from '../random.js';

/** Where a run pauses: after an update, a record, a chunk of an evaluation. */
export type Turn = 'step' | 'record' | 'chunk';

/** What the callbacks of this rank came to: the run goes on, stops, or one has thrown. */
export type Outcome = 'on' | 'stop' | 'failed';

/** What all ranks must have in common before they begin: the same settings, in the same order, with the same texts. */
export type Common = readonly {
  /** In messages. */
  readonly name: string;
  readonly text: string;
  /** What to do if it differs. Default: to give every rank the same. */
  readonly fix?: string;
}[];

/** What calls back, and what may abort, in the series of steps that begins. */
export interface Listeners {
  readonly signal: { readonly aborted: boolean } | undefined;
  readonly hasOnStep: boolean;
  readonly hasOnEpochEnd: boolean;
}

export interface Ranks {
  /** Whether this process is the one that calls back and writes files. */
  readonly isFirst: boolean;
  /** The part of each batch that this process computes; undefined: all of it. */
  readonly share: Share | undefined;
  /** The fewest rows from which a pass of this layer computes, of a batch of so many. */
  smallestPart(rows: number, layer: Layer): number;
  /** A seed where none was given: the same on all ranks that have drawn as many. */
  drawSeed(): number;
  /**
   * Before a series of steps: all begin with the weights of the first.
   *
   * @throws {ArgumentError} if what they have in common differs, naming the ranks
   */
  begin(common: () => Common, listeners: Listeners): void;
  /** Something has failed on this rank alone: the run ends with it in what the ranks exchange next. One process throws it at once. */
  fail(error: unknown): void;
  /** Whether it has: until then this rank does what the others do, as far as it can. */
  readonly hasFailed: boolean;
  /** Whether the failure of a rank has ended the run, which cannot continue. */
  readonly isBroken: boolean;
  /**
   * The loss of the whole batch; the network's gradients and buffers become those of the whole batch.
   *
   * @param batch undefined if this rank has failed to get its part
   */
  lossAndGradient(batch: Batch | undefined): number;
  /** Evaluates a data set, each rank a part of it. */
  evaluator(dataset: Dataset): Evaluator;
  /** Evaluates rows of which each rank has its own, if it has any; undefined if there can be none. */
  sampleEvaluator(own: Dataset | undefined): Evaluator | undefined;
  /**
   * After a loss that is not finite: rows that hold NaN decide how a run goes back, so all must have the same.
   *
   * @param rows places of the rows that hold finite numbers alone
   * @throws {ArgumentError} if they differ, naming the ranks
   */
  requireSameFinite(dataset: string, rows: Int32Array): void;
  /** Whether any rank aborts here: on several ranks, by the last exchange. */
  anyAborts(own: boolean): boolean;
  /**
   * After the callbacks of the beginning: the rate becomes that of the first rank.
   *
   * @throws {StateError} if a callback of another rank has thrown, naming the rank
   */
  afterBegin(own: Outcome, optimizer: Optimizer): void;
  /**
   * After the callbacks of a pause: whether the run stops here. The rate becomes that of the first rank.
   *
   * @throws {StateError} if a callback of another rank has thrown, and after a record if the weights are not equal to the bit,
   *   naming the ranks
   */
  anyStops(turn: Turn, own: Outcome, optimizer: Optimizer): boolean;
  /**
   * After the callbacks of the end.
   *
   * @throws {StateError} if a callback of another rank has thrown, naming the rank
   */
  afterEnd(own: Outcome): void;
}

/** One process, with nobody to ask. */
export function alone(net: Network): Ranks {
  return {
    isFirst: true,
    share: undefined,
    smallestPart: (rows) => rows,
    drawSeed: () => resolveSeed('Trainer', undefined),
    begin() {},
    fail(error) {
      throw error;
    },
    hasFailed: false,
    isBroken: false,
    lossAndGradient: (batch) => {
      const { x, labels, weights } = batch!;
      return net.lossAndGradient(x, labels, weights);
    },
    evaluator: (dataset) => net.evaluator(dataset),
    sampleEvaluator: (own) => own && net.evaluator(own),
    requireSameFinite() {},
    anyAborts: (own) => own,
    afterBegin() {},
    anyStops: (_, own) => own === 'stop',
    afterEnd() {},
  };
}
