import { platform } from '#platform';
import { Batches } from '../data/batches.js';
import { ArgumentError, DivergenceError, StateError } from '../errors.js';
import type { Evaluation, Evaluator, Network } from '../models/network.js';
import { Random } from '../random.js';
import {
  checkFitOptions,
  disregard,
  type FitOptions,
  type FitSyncOptions,
  isThenable,
  waitFor,
} from './fit-options.js';
import { type History, HistoryRecorder } from './history.js';
import { Snapshot } from './snapshot.js';
import { type ResolvedOptions, resolveOptions, type TrainerOptions } from './trainer-options.js';

/** Milliseconds of work before `fit` lets the event loop run: timers and requests wait no longer than this and a step. */
const SLICE = 8;

/** Networks that are being fitted, by any trainer. */
const fitting = new WeakSet<object>();

/** What a run does next. */
type Phase = 'step' | 'train evaluation' | 'test evaluation' | 'record';

/** Where a run may pause: after an update, after a record, after a chunk of an evaluation. */
type Pause = 'step' | 'record' | 'chunk';

/**
 * Mini-batch gradient descent: draw a batch, compute its gradient, update the parameters, and again.
 *
 * `fit` works in slices of whole steps and lets the event loop run in between; `predict` may be called meanwhile and sees
 * the last whole step. An aborted run goes on with the next `fit`, with the same bits as if it had never stopped.
 *
 * Source: Saito, Deep Learning from Scratch, §4.5.
 *
 * @example
 * const trainer = new Trainer(net, { train, test, epochs: 17, optimizer: new SGD({ learningRate: 0.1 }) });
 * const history = await trainer.fit({ onEpochEnd: ({ epoch, testAccuracy }) => console.log(epoch, testAccuracy) });
 * @throws {ArgumentError} for both or neither of `epochs` and `steps`, numbers out of range, or an unknown option
 * @throws {ShapeError} if the rows or classes of a data set do not fit the network, {DtypeError} if its numbers do not
 */
export class Trainer {
  readonly net: Network;
  readonly seed: number;
  /** Updates of an epoch: max(1, ⌈rows / batchSize⌉). */
  readonly stepsPerEpoch: number;
  /** Updates of the whole run. */
  readonly totalSteps: number;

  private readonly options: ResolvedOptions;
  private readonly batches: Batches;
  private readonly trainEvaluator: Evaluator;
  private readonly testEvaluator: Evaluator | undefined;
  private readonly recorder: HistoryRecorder;
  private readonly snapshot: Snapshot;

  /** What the run does next. */
  private phase: Phase = 'step';
  private stepsDone = 0;
  private lastLoss = Number.NaN;
  /** What the evaluations before the next record gave. */
  private trainEvaluation: Evaluation | undefined;
  private testEvaluation: Evaluation | undefined;
  private failure: unknown;
  /** Milliseconds of training since the last record, without the present slice of it. */
  private elapsed = 0;
  private resumedAt = 0;

  constructor(net: Network, options: TrainerOptions) {
    const resolved = resolveOptions(net, options);
    this.net = net;
    this.options = resolved;
    this.seed = resolved.seed;
    this.stepsPerEpoch = resolved.stepsPerEpoch;
    this.totalSteps = resolved.totalSteps;
    this.batches = new Batches(resolved.train, {
      batchSize: resolved.batchSize,
      sampling: resolved.sampling,
      random: new Random(resolved.seed, 'order'),
      dtype: net.dtype,
      backend: net.backend,
    });
    this.trainEvaluator = net.evaluator(resolved.train);
    this.testEvaluator = resolved.test === undefined ? undefined : net.evaluator(resolved.test);
    this.recorder = new HistoryRecorder(resolved.totalSteps);
    this.snapshot = new Snapshot(net.params);
  }

  /** Updates made so far. */
  get step(): number {
    return this.stepsDone;
  }

  /** The epoch of the last update, counted from 1; 0 before the first. */
  get epoch(): number {
    return Math.ceil(this.stepsDone / this.stepsPerEpoch);
  }

  get history(): History {
    return this.recorder;
  }

  /**
   * Trains to the end of the run, letting the event loop breathe.
   *
   * @throws {DivergenceError} if the loss becomes NaN or infinite; the weights are then those of the last snapshot, taken
   *   when `fit` was called and after each epoch
   * @throws {StateError} if this network is being fitted already, or this run is complete or has failed
   * @throws `signal.reason` when aborted, and whatever a callback throws; `fit` may then be called again to go on
   */
  async fit(options: FitOptions = {}): Promise<History> {
    checkFitOptions('Trainer.fit', options, ['signal', 'onStep', 'onEpochEnd']);
    this.begin('Trainer.fit');
    try {
      let sliceEnd = platform.now() + SLICE;
      for (;;) {
        if (options.signal?.aborted === true) throw options.signal.reason;
        const pause = this.advance();
        if (pause === undefined) return this.recorder;
        const pending = this.notify(pause, options);
        if (isThenable(pending)) await waitFor(pending, options.signal);
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
    try {
      for (;;) {
        const pause = this.advance();
        if (pause === undefined) return this.recorder;
        const pending = this.notify(pause, options);
        if (!isThenable(pending)) continue;
        disregard(pending);
        throw new ArgumentError({
          operation: 'Trainer.fitSync',
          found: `${pause === 'step' ? 'onStep' : 'onEpochEnd'} returned a promise`,
          expected: 'a callback that is not async',
          fix: 'Use await trainer.fit(…)',
        });
      }
    } finally {
      this.end();
    }
  }

  /** Works on to the next pause; undefined at the end of the run. */
  private advance(): Pause | undefined {
    try {
      switch (this.phase) {
        case 'step':
          return this.stepsDone === this.totalSteps ? undefined : this.makeStep();
        case 'train evaluation':
          return this.evaluateTrain();
        case 'test evaluation':
          return this.evaluateTest(this.testEvaluator!);
        case 'record':
          return this.record();
      }
    } catch (error) {
      this.failure = error instanceof DivergenceError ? this.diverged(error) : error;
      throw this.failure;
    }
  }

  /** One update, and what comes after it. */
  private makeStep(): Pause {
    const { net, batches, recorder } = this;
    const { optimizer, evaluate } = this.options;
    const { x, labels } = batches.next();
    this.lastLoss = net.lossAndGradient(x, labels);
    optimizer.update(net.params, net.grads);
    this.stepsDone++;
    recorder.recordLoss(this.lastLoss);

    const stepOfEpoch = ((this.stepsDone - 1) % this.stepsPerEpoch) + 1;
    const ended = stepOfEpoch === this.stepsPerEpoch;
    if (evaluate === 'epochStart' ? stepOfEpoch === 1 : ended || this.stepsDone === this.totalSteps) {
      this.phase = evaluate === false ? 'record' : 'train evaluation';
    }
    if (ended) this.snapshot.take(this.stepsDone);
    return 'step';
  }

  private evaluateTrain(): Pause {
    this.trainEvaluation = this.trainEvaluator.next();
    if (this.trainEvaluation !== undefined)
      this.phase = this.testEvaluator === undefined ? 'record' : 'test evaluation';
    return 'chunk';
  }

  private evaluateTest(evaluator: Evaluator): Pause {
    this.testEvaluation = evaluator.next();
    if (this.testEvaluation !== undefined) this.phase = 'record';
    return 'chunk';
  }

  /** Adds a record of this moment to the history. */
  private record(): Pause {
    const { trainEvaluation: train, testEvaluation: test } = this;
    const now = platform.now();
    const seconds = (this.elapsed + now - this.resumedAt) / 1000;
    this.elapsed = 0;
    this.resumedAt = now;
    this.recorder.epochs.push({
      epoch: this.epoch,
      step: this.stepsDone,
      trainLoss: this.recorder.takeMeanLoss(),
      ...(train?.accuracy === undefined ? {} : { trainAccuracy: train.accuracy }),
      ...(test === undefined ? {} : { testLoss: test.loss }),
      ...(test?.accuracy === undefined ? {} : { testAccuracy: test.accuracy }),
      seconds,
    });
    this.trainEvaluation = undefined;
    this.testEvaluation = undefined;
    this.phase = 'step';
    return 'record';
  }

  /** Tells the callback of this pause, if there is one; what it returned. */
  private notify(pause: Pause, { onStep, onEpochEnd }: FitOptions): unknown {
    switch (pause) {
      case 'step':
        return onStep?.({ step: this.stepsDone, epoch: this.epoch, loss: this.lastLoss });
      case 'record':
        return onEpochEnd?.(this.recorder.epochs.at(-1)!);
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
    if (this.phase === 'step' && this.stepsDone === this.totalSteps) {
      throw new StateError({
        operation,
        found: `this run is complete (${this.stepsDone} of ${this.totalSteps} steps)`,
        fix: 'Make a new Trainer over the same network to train on',
      });
    }
    fitting.add(this.net);
    this.snapshot.take(this.stepsDone);
    this.resumedAt = platform.now();
  }

  private end(): void {
    this.elapsed += platform.now() - this.resumedAt;
    fitting.delete(this.net);
  }

  /** Goes back to the last snapshot and says where the run failed. */
  private diverged(cause: DivergenceError): DivergenceError {
    this.snapshot.restore();
    const step = this.stepsDone + 1;
    const epoch = Math.ceil(step / this.stepsPerEpoch);
    const { learningRate } = this.options.optimizer;
    return new DivergenceError(
      cause.loss,
      {
        operation: 'Trainer',
        found: `the loss is ${cause.loss} at step ${step} (epoch ${epoch}, learning rate ${learningRate})`,
        fix: `Nothing of this step was written, and the weights are those after step ${this.snapshot.step}. Use a smaller learning rate`,
      },
      { cause, at: { step, epoch, learningRate } },
    );
  }
}
