import { platform } from '#platform';
import { Batches } from '../data/batches.js';
import { ArgumentError, DivergenceError, StateError } from '../errors.js';
import type { Evaluation, Evaluator, Network } from '../models/network.js';
import { Random } from '../random.js';
import { Clock } from './clock.js';
import { remedy } from './divergence.js';
import {
  checkFitOptions,
  disregard,
  type FitOptions,
  type FitSyncOptions,
  isThenable,
  waitFor,
} from './fit-options.js';
import { type History, HistoryRecorder } from './history.js';
import { type NumbersOfData, numbersOfData } from './numbers-of-data.js';
import { Recovery } from './recovery.js';
import { Snapshots } from './snapshots.js';
import { type ResolvedOptions, resolveOptions, type TrainerOptions } from './trainer-options.js';
import type { Phase } from './training-state.js';

/** Milliseconds of work before `fit` lets the event loop run: timers and requests wait no longer than this and a step. */
const SLICE = 8;

/** Networks that are being fitted, by any trainer. */
const fitting = new WeakSet<object>();

/** A loss that is not finite, on the way to the error that tells of it. */
interface Failing {
  readonly loss: number;
  /** The step that was not made, or the last one made if its weights give that loss. */
  readonly step: number;
  /** The rows that gave it. */
  readonly rows: 'train' | 'test';
  readonly remedy: string;
  readonly recovery: Recovery;
  readonly cause?: DivergenceError;
}

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
  private readonly snapshots: Snapshots;
  private readonly clock: Clock = new Clock();

  /** What the run does next. */
  private phase: Phase = 'step';
  private stepsDone = 0;
  private lastLoss = Number.NaN;
  /** What the evaluations before the next record gave. */
  private trainEvaluation: Evaluation | undefined;
  private testEvaluation: Evaluation | undefined;
  private failing: Failing | undefined;
  private failure: unknown;

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
    this.snapshots = new Snapshots(net, resolved.optimizer);
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
   * @throws {DivergenceError} if the loss becomes NaN or infinite; the weights are then the newest that are known to give a
   *   finite loss, of those copied when `fit` was called and after each epoch
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
      if (this.failing !== undefined) return this.restoreWeights(this.failing);
      switch (this.phase) {
        case 'step':
          return this.makeStep();
        case 'train evaluation':
          return this.evaluateTrain();
        case 'test evaluation':
          return this.evaluateTest(this.testEvaluator!);
        case 'record':
          return this.record();
        case 'last check':
          return this.checkLastWeights();
        case 'complete':
          return undefined;
      }
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  /** One update, and what comes after it. */
  private makeStep(): Pause {
    const { net, batches, recorder, snapshots } = this;
    const { optimizer, evaluate } = this.options;
    const { x, labels } = batches.next();
    try {
      this.lastLoss = net.lossAndGradient(x, labels);
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      return this.fail({ loss: error.loss, step: this.stepsDone + 1, rows: 'train', cause: error });
    }
    snapshots.prove();
    optimizer.update(net.params, net.grads);
    this.stepsDone++;
    recorder.recordLoss(this.lastLoss);

    const stepOfEpoch = ((this.stepsDone - 1) % this.stepsPerEpoch) + 1;
    const last = this.stepsDone === this.totalSteps;
    const ended = stepOfEpoch === this.stepsPerEpoch || last;
    if (evaluate === 'epochStart' ? stepOfEpoch === 1 : ended) {
      this.phase = evaluate === false ? 'record' : 'train evaluation';
    } else if (last) {
      this.phase = 'last check';
    }
    if (ended) snapshots.take(this.stepsDone);
    return 'step';
  }

  private evaluateTrain(): Pause {
    const evaluation = this.trainEvaluator.next();
    if (evaluation === undefined) return 'chunk';
    if (!Number.isFinite(evaluation.loss))
      return this.fail({ loss: evaluation.loss, step: this.stepsDone, rows: 'train' });
    if (this.snapshots.newestStep === this.stepsDone) this.snapshots.prove();
    this.trainEvaluation = evaluation;
    this.phase = this.testEvaluator === undefined ? 'record' : 'test evaluation';
    return 'chunk';
  }

  private evaluateTest(evaluator: Evaluator): Pause {
    const evaluation = evaluator.next();
    if (evaluation === undefined) return 'chunk';
    if (!Number.isFinite(evaluation.loss))
      return this.fail({ loss: evaluation.loss, step: this.stepsDone, rows: 'test' });
    this.testEvaluation = evaluation;
    this.phase = 'record';
    return 'chunk';
  }

  /** Adds a record of this moment to the history. */
  private record(): Pause {
    const { trainEvaluation: train, testEvaluation: test } = this;
    this.recorder.record({
      epoch: this.epoch,
      step: this.stepsDone,
      ...(train?.accuracy === undefined ? {} : { trainAccuracy: train.accuracy }),
      ...(test === undefined ? {} : { testLoss: test.loss }),
      ...(test?.accuracy === undefined ? {} : { testAccuracy: test.accuracy }),
      seconds: this.clock.lap(),
    });
    this.trainEvaluation = undefined;
    this.testEvaluation = undefined;
    this.phase = this.stepsDone === this.totalSteps ? 'last check' : 'step';
    return 'record';
  }

  /** A run ends with weights that give a finite loss, whatever its last callback did to them. */
  private checkLastWeights(): Pause | undefined {
    if (!this.snapshots.presentIsProven) {
      const evaluation = this.trainEvaluator.next();
      if (evaluation === undefined) return 'chunk';
      if (!Number.isFinite(evaluation.loss))
        return this.fail({ loss: evaluation.loss, step: this.stepsDone, rows: 'train' });
    }
    this.phase = 'complete';
    return undefined;
  }

  /** Begins to go back to weights that give a finite loss; the run ends with an error once they are found. */
  private fail(failure: Omit<Failing, 'recovery' | 'remedy'>): Pause {
    const { train, test, optimizer } = this.options;
    const { net, snapshots } = this;
    const { learningRate } = optimizer;
    const numbers = numbersOfData(failure.rows === 'train' ? train : test!, net);
    const advice = remedy({ name: failure.rows, numbers, net, learningRate, updates: this.stepsDone });
    this.failing = {
      ...failure,
      remedy: advice,
      recovery: new Recovery(snapshots, this.evaluatorOfFiniteRows(numbers, failure.rows)),
    };
    return 'chunk';
  }

  /** Rows that hold NaN give no finite loss with any weights: the others judge. */
  private evaluatorOfFiniteRows({ finiteRows }: NumbersOfData, name: 'train' | 'test'): Evaluator | undefined {
    const { train } = this.options;
    if (name === 'test' || finiteRows.length === train.size) return this.trainEvaluator;
    return finiteRows.length === 0
      ? undefined
      : this.net.evaluator(train.withRows(finiteRows.map((place) => train.parts.rows[place]!)));
  }

  private restoreWeights(failing: Failing): Pause {
    const { recovery, loss, step, rows, cause } = failing;
    const found = recovery.next();
    if (found === undefined) return 'chunk';
    const epoch = Math.ceil(step / this.stepsPerEpoch);
    const { learningRate } = this.options.optimizer;
    const made = step === this.stepsDone;
    const where = `${made ? `after step ${step}` : `at step ${step}`} (epoch ${epoch}, learning rate ${learningRate})`;
    const from = recovery.present.step;
    const weights = from === 0 ? 'the weights are the initial ones' : `the weights are those after step ${from}`;
    throw new DivergenceError(
      loss,
      {
        operation: 'Trainer',
        found: `the loss ${made ? `of ${rows} ` : ''}is ${loss} ${where}`,
        fix: [
          found ? '' : 'No weights of this run give a finite loss, the initial ones neither. ',
          made
            ? `${weights[0]!.toUpperCase()}${weights.slice(1)}. `
            : `Nothing of this step was written, and ${weights}. `,
          failing.remedy,
        ].join(''),
      },
      { cause, at: { step, epoch, learningRate } },
    );
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
    if (this.phase === 'complete') {
      throw new StateError({
        operation,
        found: `this run is complete (${this.stepsDone} of ${this.totalSteps} steps)`,
        fix: 'Make a new Trainer over the same network to train on',
      });
    }
    fitting.add(this.net);
    if (this.failing === undefined) this.snapshots.take(this.stepsDone);
    this.clock.start();
  }

  private end(): void {
    this.clock.stop();
    fitting.delete(this.net);
  }
}
