import { platform } from '#platform';
import { isStream } from '../data/is-stream.js';
import type { Ranks } from '../distributed/ranks.js';
import { ArgumentError, StateError } from '../errors.js';
import { keepName } from '../identity.js';
import { writeFileAtomic } from '../io/atomic-file.js';
import { cannotOpen, cannotWrite } from '../io/no-files.js';
import { copyPlain } from '../io/plain-data.js';
import type { Network } from '../models/network.js';
import type { Optimizer } from '../optim/optimizer.js';
import { checkOptions, requireInteger } from '../options.js';
import { showAsText } from '../show-as-text.js';
import { encodeCheckpoint } from './checkpoint.js';
import { commonSettings } from './common-settings.js';
import { type Callback, checkFitOptions, type FitOptions, type FitSyncOptions, type Measured } from './fit-options.js';
import type { History } from './history.js';
import { descriptionOf, fingerprints, type ResumeOptions, requireSavedData, type SavedData } from './resume-options.js';
import { Run } from './run.js';
import { requireSavedRates } from './saved-optimizer.js';
import { readRun, requireSavable, restoreRun, savedSetup } from './saved-run.js';
import { follow, followSync, Series } from './series.js';
import { requireKnownLength, requireNoStream } from './streamable.js';
import { type ResolvedOptions, resolveOptions, type TrainerOptions } from './trainer-options.js';
import { requireSameArrays } from './training-state.js';
import type { Finding } from './warnings.js';
import { discard } from './watch.js';

/** The place of the callbacks that `fit` is given. */
const FIT: Callback = Object.freeze({});

/** Networks that are being fitted, by any trainer. */
const fitting = new WeakSet<object>();

/**
 * Mini-batch gradient descent: draw a batch, compute its gradient, update the parameters, and again.
 *
 * `fit` works in slices of whole steps and lets the event loop run in between; `predict` may be called meanwhile and sees
 * the last whole step. An aborted run continues with the next `fit`, with the same bits as if it had never stopped.
 *
 * Source: Saito, Deep Learning from Scratch, §4.5.
 *
 * @example
 * const trainer = new Trainer(net, { train, test, epochs: 17, optimizer: new SGD({ learningRate: 0.1 }) });
 * const history = await trainer.fit({ onEpochEnd: ({ epoch, testAccuracy }) => console.log(epoch, testAccuracy) });
 * @throws {ArgumentError} for a net that is not a network, both or neither of `epochs` and `steps`, numbers out of range, or an unknown option
 * @throws {ShapeError} if the rows or classes of a data set do not fit the network, {DtypeError} if its numbers do not
 */
export class Trainer<N extends Network = Network> {
  static {
    keepName(Trainer, 'Trainer');
  }

  readonly net: N;
  readonly seed: number;
  private readonly options: ResolvedOptions;
  private readonly ranks: Ranks;
  private readonly run: Run;
  /** In the order in which they are called; `FIT` stands for those of `fit`. */
  private readonly callbacks: readonly Callback[];
  /** The data that the run began with, once it has been needed. */
  private data: Promise<SavedData> | undefined;
  /** The pending write of the last file: a later save waits for it, so that the latest state is the one that remains. */
  private saving: Promise<unknown> = Promise.resolve();

  constructor(net: N, options: TrainerOptions) {
    const resolved = resolveOptions(net, options);
    this.net = net;
    this.options = resolved;
    this.ranks = resolved.ranks;
    this.seed = resolved.seed;
    this.run = new Run(net, resolved);
    const { called } = resolved;
    this.callbacks = [
      ...called.filter(({ order }) => order !== 'last'),
      FIT,
      ...called.filter(({ order }) => order === 'last'),
    ];
    try {
      for (const callback of called) callback.onAttach?.(this);
    } catch (error) {
      discard(this);
      throw error;
    }
    // Last: a refused call changes nothing.
    if (resolved.train.byteScale !== undefined) net.byteScale ??= resolved.train.byteScale;
  }

  /** Updates in an epoch: max(1, ⌈rows / batchSize⌉); Infinity while the length of a stream is not known. */
  get stepsPerEpoch(): number {
    return this.run.stepsPerEpoch;
  }

  /** Updates made so far. */
  get step(): number {
    return this.run.step;
  }

  /** Updates of the whole run; a callback that stops it and `extend` change them. */
  get totalSteps(): number {
    return this.run.totalSteps;
  }

  /** The rule that updates the parameters. */
  get optimizer(): Optimizer {
    return this.options.optimizer;
  }

  /** The numbers that each record of this run holds. */
  get measured(): readonly Measured[] {
    const { evaluate, evaluateTrain, train, validation, test } = this.options;
    const hasAccuracy = this.net.kind !== 'regression';
    const of = (rows: 'train' | 'validation' | 'test'): readonly Measured[] =>
      hasAccuracy ? [`${rows}Loss`, `${rows}Accuracy`] : [`${rows}Loss`];
    if (evaluate === false) return ['trainLoss', 'learningRate'];
    return [
      ...(isStream(train) || !evaluateTrain ? (['trainLoss'] as const) : of('train')),
      ...(validation === undefined ? [] : of('validation')),
      ...(test === undefined ? [] : of('test')),
      'learningRate',
    ];
  }

  /** The epoch of the last update, counted from 1; 0 before the first. */
  get epoch(): number {
    return this.run.epoch;
  }

  /** Whether the run is complete; `fit` would then refuse. */
  get isComplete(): boolean {
    return this.run.isComplete;
  }

  /** Losses, records of the epochs and warnings so far. */
  get history(): History {
    return this.run.recorder;
  }

  /** The warnings of the history as data, for callers that give their users other options. @internal */
  get findings(): readonly Finding[] {
    return this.run.findings;
  }

  /**
   * Trains to the end of the run, and lets the event loop run in between.
   *
   * @throws {DivergenceError} if the loss becomes NaN or infinite; the weights are then the newest that are known to give a
   *   finite loss, of those copied when `fit` was called and after each epoch that has a record
   * @throws {StateError} if this network is being fitted already, or this run is complete or has failed
   * @throws `signal.reason` when aborted, also while a callback is awaited, and whatever a callback throws; `fit` may then be
   *   called again to continue. Of the end all callbacks are told: what several of them throw is an AggregateError
   */
  async fit(options: FitOptions = {}): Promise<History> {
    checkFitOptions('Trainer.fit', options, ['signal', 'onStep', 'onEpochEnd']);
    const series = this.begin('Trainer.fit', options);
    try {
      await follow(series.turns());
    } finally {
      this.end();
    }
    return this.history;
  }

  /**
   * Moves the end of the run by this many epochs or updates: a complete or stopped run continues with the next `fit`.
   *
   * @throws {ArgumentError} for both or neither of them, {StateError} if the run has failed, or several ranks are fitting it
   * @example
   * trainer.extend({ epochs: 5 });
   * await trainer.fit();
   */
  extend(options: Extension): void {
    const operation = 'Trainer.extend';
    checkOptions(operation, options, ['epochs', 'steps']);
    const { epochs, steps } = options;
    if ((epochs === undefined) === (steps === undefined)) {
      throw new ArgumentError({
        operation,
        found: `${epochs === undefined ? 'neither epochs nor steps is' : 'epochs and steps are both'} given`,
        expected: 'exactly one of them',
      });
    }
    const more =
      steps === undefined
        ? requireInteger(operation, 'epochs', epochs, 1) * requireKnownLength(operation, this.stepsPerEpoch)
        : requireInteger(operation, 'steps', steps, 1);
    this.requireNotFailed(operation, 'a new Trainer');
    if (fitting.has(this.net) && (this.ranks.share?.count ?? 1) > 1) {
      throw new StateError({
        operation,
        found: 'called while several ranks fit this network',
        expected: 'a call on every rank, between two fits',
        fix: 'Give more epochs, and let a callback return "stop" where they are enough',
      });
    }
    this.run.extend(more);
  }

  /**
   * The same without letting anything else run: for scripts and Workers.
   *
   * @throws {ArgumentError} if a callback returns a promise; otherwise as `fit`
   */
  fitSync(options: FitSyncOptions = {}): History {
    checkFitOptions('Trainer.fitSync', options, ['onStep', 'onEpochEnd']);
    requireNoStream('Trainer.fitSync', this.options.train);
    const series = this.begin('Trainer.fitSync', options);
    try {
      followSync('Trainer.fitSync', series.turns());
    } finally {
      this.end();
    }
    return this.history;
  }

  /**
   * Writes the state of the run into one file, atomically: everything but the data and functions (schedules, callbacks). Of
   * ranks that share a run the first writes it; the others do nothing.
   * `Trainer.resume` is given those again and continues with the same bits. May be called at any time, even in a callback; what is written is the state at the time of the call.
   *
   * @throws {StateError} if this run has failed, the optimizer has no `state`, what a callback or a layer remembers
   *   is not JSON data, or a parameter is not finite, so that there is nothing to continue from; the old file is then kept
   * @throws {DataError} if the file cannot be written
   * @example await trainer.fit({ onEpochEnd: () => trainer.save('run.safetensors') });
   */
  async save(path: string): Promise<void> {
    const operation = 'Trainer.save';
    if (platform.name === 'browser') {
      throw cannotWrite(operation, path, 'toBytes of its net gives the network alone');
    } else {
      this.requireNotFailed(operation, 'one that can continue');
      if (!this.ranks.isFirst) return;
      const live = this.run.state();
      requireSavable(operation, this.net, this.options.optimizer, live);
      // What is recorded does not change, and may be long: it is not copied.
      const { losses, records, ...changing } = live;
      const state = { ...copyPlain(changing), losses, records };
      const network = descriptionOf(this.net);
      const { totalSteps } = this;
      this.data ??= fingerprints(this.net, this.options.given);
      const { data } = this;
      // It is awaited after the file before this one has been written. A stream that could not be read now may be for the next file.
      data.catch(() => {
        if (this.data === data) this.data = undefined;
      });
      const written = this.saving.then(async () => {
        const setup = savedSetup(this.options, totalSteps, await data);
        await writeFileAtomic(path, encodeCheckpoint(operation, { setup, state, network }), operation);
      });
      this.saving = written.catch(() => {});
      return written;
    }
  }

  /**
   * A run that continues from a file of `save`, with the bits of a run that never stopped.
   *
   * The network is built again from its description. The data sets are given again, and must be the same: they are
   * compared by their numbers. Batch size, seed, length and the optimizer's numbers are those of the saved run. Functions are not
   * saved: an optimizer with a schedule, a custom optimizer and the callbacks are given again too.
   *
   * @throws {DataError} if the file is missing, damaged, or not written by `trainer.save`
   * @throws {ArgumentError} for other data, another optimizer, other callbacks or another network than those of the saved run
   * @example
   * const trainer = await Trainer.resume('run.safetensors', { train, test });
   * if (!trainer.isComplete) await trainer.fit();
   */
  static async resume<N extends Network>(
    path: string,
    options: ResumeOptions & { readonly net: N },
  ): Promise<Trainer<N>>;
  static async resume(path: string, options: ResumeOptions): Promise<Trainer>;
  static async resume(path: string, options: ResumeOptions): Promise<Trainer> {
    const operation = 'Trainer.resume';
    if (platform.name === 'browser') {
      throw cannotOpen(operation, path, 'a run of this page, or a network, which load and fromBytes read');
    } else {
      const { net, settings, checkpoint } = await readRun(operation, path, options);
      const trainer = new Trainer(net, settings);
      try {
        const { setup, state } = checkpoint;
        requireSameArrays(operation, net, state);
        trainer.data = fingerprints(net, trainer.options.given);
        requireSavedData(operation, await trainer.data, setup);
        requireSavedRates(operation, trainer.optimizer, setup.rates);
        restoreRun(operation, path, trainer.run, state);
        return trainer;
      } catch (error) {
        discard(trainer);
        throw error;
      }
    }
  }

  private requireNotFailed(operation: string, expected: string): void {
    if (this.run.failure === undefined && !this.run.isFailing) return;
    throw new StateError({ operation, found: 'this run has failed', expected }, { cause: this.run.failure });
  }

  /** All callbacks, with those of a `fit` in their place. */
  private callbacksWith(options: FitOptions): readonly Callback[] {
    const own = this.ranks.isFirst ? options : FIT;
    return this.callbacks.map((callback) => (callback === FIT ? own : callback));
  }

  private begin(operation: string, options: FitOptions): Series {
    if (fitting.has(this.net)) {
      throw new StateError({
        operation,
        found: 'this network is being fitted already',
        expected: 'one fit at a time',
        fix: 'Await the first fit, or abort it',
      });
    }
    if (this.run.failure !== undefined) {
      throw new StateError(
        { operation, found: 'this run has failed', expected: 'a new Trainer' },
        { cause: this.run.failure },
      );
    }
    if (this.isComplete) {
      throw new StateError({
        operation,
        found: `this run is complete (${this.step} of ${this.totalSteps} steps)`,
        fix: 'Move its end with extend({ epochs }) to train on',
      });
    }
    const { signal } = options;
    const callbacks = this.callbacksWith(options);
    const decide = this.callbacks.filter(({ everywhere }) => everywhere === true);
    this.ranks.begin(() => commonSettings(this.net, this.options, this, decide), {
      signal,
      hasOnStep: callbacks.some(({ onStep }) => onStep !== undefined),
      hasOnEpochEnd: callbacks.some(({ onEpochEnd }) => onEpochEnd !== undefined),
    });
    fitting.add(this.net);
    this.run.begin();
    return new Series(operation, this, this.run, this.ranks, callbacks, signal);
  }

  private end(): void {
    fitting.delete(this.net);
    this.run.close();
    if (this.run.failure === undefined) this.run.end();
  }

  /** The state of the run in brief: what test runners and `JSON.stringify` show. */
  toJSON(): object {
    const { seed, step, totalSteps, epoch, stepsPerEpoch, isComplete, history } = this;
    return { seed, step, totalSteps, epoch, stepsPerEpoch, isComplete, history };
  }

  /** One line, which `console.log` shows too. */
  toString(): string {
    const { net, options, step, totalSteps, epoch } = this;
    const validated = options.validation === undefined ? '' : `, ${options.validation.size} validation rows`;
    const { train } = options;
    const trained = isStream(train) ? `a ${train}` : `${train.size} rows`;
    const rows = `${trained}${validated}${options.test === undefined ? '' : ` and ${options.test.size} test rows`}`;
    const where = this.isComplete ? 'complete' : `step ${step} of ${totalSteps}, epoch ${epoch}`;
    return `Trainer of a ${net.constructor.name} on ${rows}: ${where}`;
  }
}

/** By how much `extend` moves the end of a run: epochs or updates. */
export type Extension =
  | { readonly epochs: number; readonly steps?: never }
  | { readonly steps: number; readonly epochs?: never };

showAsText(Trainer);
