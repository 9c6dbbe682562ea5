import { platform } from '#platform';
import { ArgumentError, DataError, StateError, ZerokaraError } from '../errors.js';
import { isInstance, keepName } from '../identity.js';
import { writeFileAtomic } from '../io/atomic-file.js';
import type { Network } from '../models/network.js';
import { checkOptions } from '../options.js';
import { encodeCheckpoint, readCheckpoint, requireJsonData } from './checkpoint.js';
import {
  type Callback,
  checkFitOptions,
  disregard,
  type FitOptions,
  type FitSyncOptions,
  isThenable,
  throwIfAborted,
  waitFor,
} from './fit-options.js';
import type { History } from './history.js';
import { copyPlain } from './plain-data.js';
import {
  descriptionOf,
  fingerprints,
  type ResumeOptions,
  requireSavedCallbacks,
  requireSavedData,
  requireTest,
  type SavedData,
  savedNetwork,
  savedOptimizer,
} from './resume-options.js';
import { type Pause, Run } from './run.js';
import { showAsText } from './show-as-text.js';
import { type ResolvedOptions, resolveOptions, type TrainerOptions } from './trainer-options.js';
import { requireSameArrays } from './training-state.js';

/** Milliseconds of work before `fit` lets the event loop run: timers and requests wait no longer than this and a step. */
const SLICE = 8;

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
 * @throws {ArgumentError} for both or neither of `epochs` and `steps`, numbers out of range, or an unknown option
 * @throws {ShapeError} if the rows or classes of a data set do not fit the network, {DtypeError} if its numbers do not
 */
export class Trainer<N extends Network = Network> {
  static {
    keepName(Trainer, 'Trainer');
  }

  readonly net: N;
  readonly seed: number;
  /** Updates in an epoch: max(1, ⌈rows / batchSize⌉). */
  readonly stepsPerEpoch: number;
  /** Updates in the whole run. */
  readonly totalSteps: number;

  private readonly options: ResolvedOptions;
  private readonly run: Run;
  private failure: unknown;
  /** The data that the run began with, once it has been needed. */
  private data: Promise<SavedData> | undefined;
  /** The pending write of the last file: a later save waits for it, so that the latest state is the one that remains. */
  private saving: Promise<unknown> = Promise.resolve();

  constructor(net: N, options: TrainerOptions) {
    const resolved = resolveOptions(net, options);
    if (resolved.train.byteScale !== undefined) net.byteScale ??= resolved.train.byteScale;
    this.net = net;
    this.options = resolved;
    this.seed = resolved.seed;
    this.stepsPerEpoch = resolved.stepsPerEpoch;
    this.totalSteps = resolved.totalSteps;
    this.run = new Run(net, resolved);
  }

  /** Updates made so far. */
  get step(): number {
    return this.run.step;
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

  /**
   * Trains to the end of the run, and lets the event loop run in between.
   *
   * @throws {DivergenceError} if the loss becomes NaN or infinite; the weights are then the newest that are known to give a
   *   finite loss, of those copied when `fit` was called and after each epoch
   * @throws {StateError} if this network is being fitted already, or this run is complete or has failed
   * @throws `signal.reason` when aborted, and whatever a callback throws; `fit` may then be called again to continue
   */
  async fit(options: FitOptions = {}): Promise<History> {
    checkFitOptions('Trainer.fit', options, ['signal', 'onStep', 'onEpochEnd']);
    this.begin('Trainer.fit');
    const callbacks = [...this.options.callbacks, options]; // walked by index: an iterator per step would be garbage
    try {
      let sliceEnd = platform.now() + SLICE;
      for (;;) {
        throwIfAborted(options.signal);
        const pause = this.advance();
        if (pause === undefined) return this.history;
        for (let i = 0; i < callbacks.length; i++) {
          const pending = this.notify(pause, callbacks[i]!);
          if (!isThenable(pending)) continue;
          await waitFor(pending, options.signal);
          throwIfAborted(options.signal);
        }
        if (platform.now() >= sliceEnd) {
          await platform.eventLoopTurn();
          sliceEnd = platform.now() + SLICE;
        }
      }
    } finally {
      this.end();
    }
  }

  /**
   * The same without letting anything else run: for scripts and Workers.
   *
   * @throws {ArgumentError} if a callback returns a promise; otherwise as `fit`
   */
  fitSync(options: FitSyncOptions = {}): History {
    checkFitOptions('Trainer.fitSync', options, ['onStep', 'onEpochEnd']);
    this.begin('Trainer.fitSync');
    const callbacks = [...this.options.callbacks, options];
    try {
      for (;;) {
        const pause = this.advance();
        if (pause === undefined) return this.history;
        for (let i = 0; i < callbacks.length; i++) {
          const pending = this.notify(pause, callbacks[i]!);
          if (!isThenable(pending)) continue;
          disregard(pending);
          throw new ArgumentError({
            operation: 'Trainer.fitSync',
            found: `${pause === 'step' ? 'onStep' : 'onEpochEnd'} returned a promise`,
            expected: 'a callback that is not async',
            fix: 'Use await trainer.fit(…)',
          });
        }
      }
    } finally {
      this.end();
    }
  }

  /**
   * Writes everything that the run is made of into one file, atomically: `Trainer.resume` continues from it with the same
   * bits. May be called at any time, even in a callback; what is written is the state at the time of the call.
   *
   * @throws {StateError} if this run has failed, the optimizer has no `state`, what a callback or a layer remembers
   *   is not JSON data, or a parameter is not finite, so that there is nothing to continue from; the old file is then kept
   * @throws {DataError} if the file cannot be written
   * @example await trainer.fit({ onEpochEnd: () => trainer.save('run.safetensors') });
   */
  async save(path: string): Promise<void> {
    const operation = 'Trainer.save';
    this.requireSavable(operation);
    const live = this.run.state();
    requireJsonData(operation, live);
    const state = copyPlain(live);
    const network = descriptionOf(this.net);
    this.data ??= fingerprints(this.net, this.options);
    const { data } = this;
    disregard(data); // it is awaited after the file before this one has been written
    const written = this.saving.then(async () => {
      const { batchSize, sampling, seed, evaluate, totalSteps, optimizer } = this.options;
      const setup = {
        batchSize,
        totalSteps,
        sampling,
        seed,
        evaluate,
        optimizer: optimizer.name ?? '',
        ...(await data),
      };
      await writeFileAtomic(path, encodeCheckpoint(operation, { setup, state, network }), operation);
    });
    this.saving = written.catch(() => {});
    return written;
  }

  /**
   * A run that continues from a file of `save`, with the bits of a run that never stopped.
   *
   * The network is built again from its description. The data sets are given again, and must be the same: they are
   * compared by their numbers. Batch size, seed, length and learning rate are those of the saved run.
   *
   * @throws {DataError} if the file is missing, damaged, or not written by `trainer.save`
   * @throws {ArgumentError} for other data, another optimizer or another network than those of the saved run
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
    checkOptions(operation, options, ['net', 'train', 'test', 'optimizer', 'callbacks', 'layers', 'backend']);
    const { train, test } = options;
    const checkpoint = await readCheckpoint(operation, path);
    const { setup, state } = checkpoint;
    requireTest(operation, test, setup);
    const callbacks = requireSavedCallbacks(operation, options.callbacks, state.callbacks);
    const net = savedNetwork(operation, path, options, checkpoint);
    const { batchSize, totalSteps: steps, sampling, seed, evaluate } = setup;
    const optimizer = savedOptimizer(operation, options.optimizer, setup.optimizer, state);
    const trainer = new Trainer(net, {
      ...{ train, steps, batchSize, sampling, seed, evaluate, optimizer, callbacks },
      ...(test === undefined ? {} : { test }),
    });
    requireSameArrays(operation, net, state);
    trainer.data = fingerprints(net, trainer.options);
    requireSavedData(operation, await trainer.data, setup);
    try {
      trainer.run.restore(state);
    } catch (error) {
      if (!isInstance(error, ZerokaraError)) throw error;
      throw new DataError({ operation, found: `${path} contradicts itself (${error.message})` }, { cause: error });
    }
    return trainer;
  }

  private requireSavable(operation: string): void {
    if (this.failure !== undefined || this.run.isFailing) {
      throw new StateError(
        { operation, found: 'this run has failed', expected: 'one that can continue' },
        { cause: this.failure },
      );
    }
    if (this.options.optimizer.state === undefined) {
      throw new StateError({
        operation,
        found: 'the optimizer has no state()',
        expected: 'state and restore, so that a resumed run continues with the same bits',
        fix: 'An optimizer without memory returns { numbers: {}, tensors: {} }',
      });
    }
    for (const [name, { data }] of Object.entries({ ...this.net.params, ...this.net.buffers })) {
      if (data.every(Number.isFinite)) continue;
      throw new StateError({
        operation,
        found: `parameter ${name} holds a number that is not finite`,
        expected: 'weights to continue from',
      });
    }
  }

  /** Works on to the next pause; undefined at the end of the run. */
  private advance(): Pause | undefined {
    try {
      return this.run.advance();
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  /** Calls the callback for this pause, if there is one; returns its result. */
  private notify(pause: Pause, callback: Callback): unknown {
    switch (pause) {
      case 'step':
        return callback.onStep?.({ step: this.step, epoch: this.epoch, loss: this.run.lastLoss });
      case 'record':
        return callback.onEpochEnd?.(this.history.epochs.at(-1)!);
      case 'chunk':
        return undefined;
    }
  }

  private begin(operation: string): void {
    if (fitting.has(this.net)) {
      throw new StateError({
        operation,
        found: 'this network is being fitted already',
        expected: 'one fit at a time',
        fix: 'Await the first fit, or abort it',
      });
    }
    if (this.failure !== undefined) {
      throw new StateError(
        { operation, found: 'this run has failed', expected: 'a new Trainer' },
        { cause: this.failure },
      );
    }
    if (this.isComplete) {
      throw new StateError({
        operation,
        found: `this run is complete (${this.step} of ${this.totalSteps} steps)`,
        fix: 'Make a new Trainer over the same network to train on',
      });
    }
    fitting.add(this.net);
    this.run.begin();
  }

  private end(): void {
    fitting.delete(this.net);
    if (this.failure === undefined) this.run.end();
  }

  /** The state of the run in brief: what test runners and `JSON.stringify` show. */
  toJSON(): object {
    const { seed, step, totalSteps, epoch, stepsPerEpoch, isComplete, history } = this;
    return { seed, step, totalSteps, epoch, stepsPerEpoch, isComplete, history };
  }

  /** One line, which `console.log` shows too. */
  toString(): string {
    const { net, options, step, totalSteps, epoch } = this;
    const rows = `${options.train.size} rows${options.test === undefined ? '' : ` and ${options.test.size} test rows`}`;
    const where = this.isComplete ? 'complete' : `step ${step} of ${totalSteps}, epoch ${epoch}`;
    return `Trainer of a ${net.constructor.name} on ${rows}: ${where}`;
  }
}

showAsText(Trainer);
