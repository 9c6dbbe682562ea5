import type { Batch } from '../data/batches.js';
import type { Ranks, Turn } from '../distributed/ranks.js';
import { DivergenceError, StateError, ZerokaraError } from '../errors.js';
import { isInstance } from '../identity.js';
import type { Evaluation, Evaluator, Network } from '../models/network.js';
import { clipGlobalNorm, clipValue } from '../optim/clipping.js';
import { requireNoPromise } from '../options.js';
import { Clock } from './clock.js';
import { Failing, type NonFinite } from './failing.js';
import type { StepEvent } from './fit-options.js';
import { HistoryRecorder } from './history.js';
import { Snapshots } from './snapshots.js';
import type { ResolvedOptions } from './trainer-options.js';
import { type TrainingRows, trainingRows } from './training-rows.js';
import { learnedState, type Phase, restoreLearned, type TrainingState } from './training-state.js';
import { type Finding, findingsOf, warningOf } from './warnings.js';

/** Where a run may pause: after an update, after a record, after a chunk of an evaluation. */
export type Pause = Turn;

/**
 * A run, piece by piece: each `advance` makes one update, evaluates one chunk of rows, or writes one record, and leaves
 * everything in fields, from which `state` describes the run.
 */
export class Run {
  readonly recorder: HistoryRecorder;
  readonly clock: Clock = new Clock();
  /** What looked wrong when the last fit ended: the history has it in the words of a Trainer. */
  findings: readonly Finding[] = [];

  private readonly rows: TrainingRows;
  private readonly ranks: Ranks;
  private readonly validationEvaluator: Evaluator | undefined;
  private readonly testEvaluator: Evaluator | undefined;
  private readonly snapshots: Snapshots;

  /** What the run does next. */
  private phase: Phase = 'step';
  private stepsDone = 0;
  /** Updates of the whole run, as `stop` and `extend` leave it. */
  private lastStep: number;
  private lastRate = 0;
  /** Results of the evaluations for the next record. */
  private trainEvaluation: Evaluation | undefined;
  private validationEvaluation: Evaluation | undefined;
  private testEvaluation: Evaluation | undefined;
  private failing: Failing | undefined;
  /** What has ended the run, which cannot continue: a loss that is not finite, or what was met on the way to a pause. */
  failure: unknown;

  constructor(
    private readonly net: Network,
    private readonly options: ResolvedOptions,
  ) {
    const { train, validation, test, totalSteps, optimizer, ranks } = options;
    this.ranks = ranks;
    this.rows = trainingRows(net, train, options);
    this.lastStep = totalSteps;
    this.validationEvaluator = validation && ranks.evaluator(validation);
    this.testEvaluator = test && ranks.evaluator(test);
    this.recorder = new HistoryRecorder(totalSteps);
    this.snapshots = new Snapshots(net, optimizer);
  }

  /** Updates made so far. */
  get step(): number {
    return this.stepsDone;
  }

  /** The epoch of the last update, counted from 1; 0 before the first. */
  get epoch(): number {
    return this.epochOf(this.stepsDone);
  }

  /** Updates in an epoch; Infinity while the length of a stream is not known. */
  get stepsPerEpoch(): number {
    return this.rows.stepsPerEpoch;
  }

  /** Whether a non-finite loss has occurred. */
  get isFailing(): boolean {
    return this.failing !== undefined;
  }

  get isComplete(): boolean {
    return this.phase === 'complete';
  }

  /** What is told of the last step. */
  get stepEvent(): StepEvent {
    const { step, epoch, recorder, lastRate } = this;
    return { step, epoch, loss: recorder.lastLoss, learningRate: lastRate };
  }

  /** Updates of the whole run. */
  get totalSteps(): number {
    return this.lastStep;
  }

  /** Whether the last update is the end of the run. */
  get isStopped(): boolean {
    return this.stepsDone === this.lastStep;
  }

  /** Makes the last update the end of the run; an evaluation that has begun is still recorded. */
  stop(): void {
    this.lastStep = this.stepsDone;
    if (this.phase === 'step') this.phase = 'last check';
  }

  /** Moves the end of the run by this many updates. */
  extend(steps: number): void {
    this.lastStep += steps;
    if (this.phase !== 'last check' && this.phase !== 'complete') return;
    if (this.rows.known !== undefined) this.rows.evaluator.restart();
    this.phase = 'step';
  }

  /** What must be awaited before the next `advance`: rows of a stream. Undefined if nothing. */
  arriving(): Promise<void> | undefined {
    return this.rows.arriving(this.phase === 'step' && this.failing === undefined);
  }

  /** Called before a series of `advance` calls: the run can go back to what the network holds now. */
  begin(): void {
    if (this.failing === undefined) this.snapshots.take(this.stepsDone);
    this.clock.start();
  }

  /** Called after the series: what is open is closed. */
  close(): void {
    this.rows.close();
  }

  /** Called after the series; what looks wrong by then goes into the history. */
  end(): void {
    this.clock.stop();
    const last = this.recorder.lastRecord;
    const { known } = this.rows;
    if (this.failing !== undefined || last === undefined || known === undefined || this.options.evaluate === false)
      return;
    try {
      this.findings = findingsOf(this.net, known, last, { areSampled: this.rows.areSampled });
      this.recorder.warnings = this.findings.map(warningOf);
    } catch (error) {
      // The data has been taken away since: a warning must not replace how the fit ended. The next fit reports it.
      if (!isInstance(error, ZerokaraError)) throw error;
    }
  }

  /** Continues to the next pause; undefined at the end of the run. What it throws is the failure of the run. */
  advance(): Pause | undefined {
    try {
      return this.continue();
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  private continue(): Pause | undefined {
    if (this.failing !== undefined) {
      this.failing.next();
      return 'chunk';
    }
    switch (this.phase) {
      case 'step':
        return this.makeStep();
      case 'train evaluation':
        return this.evaluateTrain();
      case 'validation evaluation':
        return this.evaluateHeldOut('validation', this.validationEvaluator!);
      case 'test evaluation':
        return this.evaluateHeldOut('test', this.testEvaluator!);
      case 'record':
        return this.record();
      case 'last check':
        return this.checkLastWeights();
      case 'complete':
        return undefined;
    }
  }

  /** One update, and what comes after it. */
  private makeStep(): Pause {
    const { net, rows, ranks, recorder, snapshots } = this;
    const { optimizer, evaluate, evaluateEvery, clipGlobalNorm: norm, clipValue: bound } = this.options;
    const batch = this.nextBatch();
    let loss: number;
    try {
      loss = ranks.lossAndGradient(batch);
    } catch (error) {
      if (!isInstance(error, DivergenceError)) throw error;
      return this.fail({ loss: error.loss, step: this.stepsDone + 1, rows: 'train', cause: error });
    }
    snapshots.prove();
    const { learningRate } = optimizer; // afterwards a schedule gives the rate of the next update
    try {
      if (bound !== undefined) clipValue(net.grads, bound);
      if (norm !== undefined) clipGlobalNorm(net.grads, norm);
      requireNoPromise('Trainer', 'optimizer.update', optimizer.update(net.params, net.grads, net.decayed));
    } catch (error) {
      ranks.fail(error);
    }
    this.stepsDone++;
    this.lastRate = learningRate;
    recorder.recordLoss(loss);

    const { stepsPerEpoch } = rows;
    const stepOfEpoch = ((this.stepsDone - 1) % stepsPerEpoch) + 1;
    const last = this.stepsDone === this.lastStep;
    const ended = last || (stepOfEpoch === stepsPerEpoch && this.epoch % evaluateEvery === 0);
    if (evaluate === 'epochStart' ? stepOfEpoch === 1 && (this.epoch - 1) % evaluateEvery === 0 : ended) {
      this.phase = evaluate === false ? 'record' : rows.areEvaluated ? 'train evaluation' : this.phaseAfter('train');
    } else if (last) {
      this.phase = 'last check';
    }
    if (ended) snapshots.take(this.stepsDone);
    return 'step';
  }

  /** Undefined if there is none on this rank alone. */
  private nextBatch(): Batch | undefined {
    const { rows, ranks } = this;
    if (ranks.hasFailed) return undefined;
    try {
      return rows.next();
    } catch (error) {
      ranks.fail(error);
      return undefined;
    }
  }

  private evaluateTrain(): Pause {
    const evaluation = this.rows.evaluator.next();
    if (evaluation === undefined) return 'chunk';
    if (!Number.isFinite(evaluation.loss))
      return this.fail({ loss: evaluation.loss, step: this.stepsDone, rows: 'train' });
    if (this.snapshots.newestStep === this.stepsDone) this.snapshots.prove();
    this.trainEvaluation = evaluation;
    this.phase = this.phaseAfter('train');
    return 'chunk';
  }

  private evaluateHeldOut(rows: 'validation' | 'test', evaluator: Evaluator): Pause {
    const evaluation = evaluator.next();
    if (evaluation === undefined) return 'chunk';
    if (!Number.isFinite(evaluation.loss)) return this.fail({ loss: evaluation.loss, step: this.stepsDone, rows });
    if (rows === 'test') this.testEvaluation = evaluation;
    else this.validationEvaluation = evaluation;
    this.phase = this.phaseAfter(rows);
    return 'chunk';
  }

  /** The evaluation that comes after that of these rows, or the record. */
  private phaseAfter(rows: 'train' | 'validation' | 'test'): Phase {
    if (rows === 'train' && this.validationEvaluator !== undefined) return 'validation evaluation';
    return rows !== 'test' && this.testEvaluator !== undefined ? 'test evaluation' : 'record';
  }

  /** Adds a record of the current state to the history. */
  private record(): Pause {
    const { trainEvaluation: train, validationEvaluation: validation, testEvaluation: test } = this;
    this.recorder.record({
      epoch: this.epoch,
      step: this.stepsDone,
      trainAccuracy: train?.accuracy,
      validationLoss: validation?.loss,
      validationAccuracy: validation?.accuracy,
      testLoss: test?.loss,
      testAccuracy: test?.accuracy,
      learningRate: this.lastRate,
      seconds: this.clock.lap(),
    });
    this.trainEvaluation = undefined;
    this.validationEvaluation = undefined;
    this.testEvaluation = undefined;
    this.phase = this.stepsDone === this.lastStep ? 'last check' : 'step';
    return 'record';
  }

  /** A run ends with weights that give a finite loss, regardless of what its last callback did to them. */
  private checkLastWeights(): Pause | undefined {
    if (!this.snapshots.presentIsProven) {
      const evaluation = this.rows.evaluator.next();
      if (evaluation === undefined) return 'chunk';
      if (!Number.isFinite(evaluation.loss))
        return this.fail({ loss: evaluation.loss, step: this.stepsDone, rows: 'train' });
    }
    this.phase = 'complete';
    return undefined;
  }

  /** Starts to go back to weights that give a finite loss; the run ends with an error once they are found. */
  private fail(found: Omit<NonFinite, 'epoch' | 'learningRate' | 'lastLoss'>): Pause {
    const { net, options, ranks, rows, snapshots, stepsDone: step } = this;
    this.failing = new Failing(
      { net, options, ranks, rows, snapshots, step },
      {
        ...found,
        epoch: this.epochOf(found.step),
        learningRate: found.step === step ? this.lastRate : options.optimizer.learningRate,
        lastLoss: this.recorder.lastLoss,
      },
    );
    return 'chunk';
  }

  /** The callbacks have been told of the failure: makes it say what the weights are then, where they have written any. */
  failAfterCallbacks(weights: string): void {
    this.failure = this.failing?.afterCallbacks(this.failure, weights) ?? this.failure;
  }

  /** Everything that the run is made of. The arrays are live: copy them to keep them. */
  state(): TrainingState {
    const { net, options, recorder, phase } = this;
    const { losses, records, warnings } = recorder;
    return {
      step: this.stepsDone,
      phase,
      order: this.rows.state(),
      evaluation: this.presentEvaluator?.state(),
      trainEvaluation: this.trainEvaluation,
      validationEvaluation: this.validationEvaluation,
      testEvaluation: this.testEvaluation,
      learningRate: this.lastRate,
      losses,
      records,
      warnings,
      callbacks: options.callbacks.map((callback, i) =>
        requireNoPromise('Trainer', `callbacks[${i}].state`, callback.state?.() ?? null),
      ),
      seconds: this.clock.elapsed,
      ...learnedState(net, options.optimizer),
    };
  }

  /**
   * Restores the position of another run with the same setup. The network is written last, once everything else is valid.
   *
   * @throws {StateError} or {ArgumentError} for a state that no run with this setup can be in
   */
  restore(state: TrainingState): void {
    this.requirePossible(state);
    this.rows.restore(state.order);
    this.stepsDone = state.step;
    this.phase = state.phase;
    this.trainEvaluation = state.trainEvaluation;
    this.validationEvaluation = state.validationEvaluation;
    this.testEvaluation = state.testEvaluation;
    this.lastRate = state.learningRate;
    if (state.evaluation !== undefined) this.presentEvaluator?.restore(state.evaluation);
    this.recorder.restore(state);
    const { callbacks, called } = this.options;
    callbacks.forEach((callback, i) => {
      if (state.callbacks[i] === null || !called.includes(callback)) return;
      requireNoPromise('Trainer', `callbacks[${i}].restore`, callback.restore?.(state.callbacks[i]));
    });
    this.clock.restart(state.seconds);
    restoreLearned(this.net, this.options.optimizer, state);
  }

  private requirePossible({ step, phase, order }: TrainingState): void {
    const totalSteps = this.lastStep;
    const stepsPerEpoch = this.rows.stepsPerEpochOf(order);
    const refuse = (found: string, expected: string): never => {
      throw new StateError({ operation: 'Trainer', found, expected });
    };
    if (order.step !== step % stepsPerEpoch) {
      refuse(`batch ${order.step} of the epoch comes after step ${step}`, `batch ${step % stepsPerEpoch}`);
    }
    if (phase === 'test evaluation' && this.testEvaluator === undefined)
      refuse('test rows are evaluated', 'a test set');
    if (phase === 'validation evaluation' && this.validationEvaluator === undefined)
      refuse('validation rows are evaluated', 'validation rows');
    const isOver = phase === 'last check' || phase === 'complete';
    if (isOver !== (step === totalSteps) && (isOver || phase === 'step')) {
      refuse(`the phase is "${phase}" after ${step} of ${totalSteps} steps`, 'a phase for that step');
    }
  }

  /** The epoch of an update, counted from 1; 0 for the state before the first. */
  private epochOf(step: number): number {
    return step === 0 ? 0 : Math.floor((step - 1) / this.rows.stepsPerEpoch) + 1;
  }

  /** The evaluator of the current phase. */
  private get presentEvaluator(): Evaluator | undefined {
    switch (this.phase) {
      case 'train evaluation':
      case 'last check':
        // A sample is one chunk: its evaluation is never under way.
        return this.rows.areSampled ? undefined : this.rows.evaluator;
      case 'validation evaluation':
        return this.validationEvaluator;
      case 'test evaluation':
        return this.testEvaluator;
      default:
        return undefined;
    }
  }
}
