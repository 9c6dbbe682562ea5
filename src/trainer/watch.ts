import { ArgumentError, StateError, show } from '../errors.js';
import { requireNonNegative, requireOneOf } from '../options.js';
import type { EpochRecord } from './epoch-record.js';
import type { Measured, Training } from './fit-options.js';

/** A number of the records that can become better: losses fall, accuracies rise. */
export type Monitor = Exclude<Measured, 'learningRate'>;

const MONITORS = [
  'trainLoss',
  'trainAccuracy',
  'validationLoss',
  'validationAccuracy',
  'testLoss',
  'testAccuracy',
] as const satisfies readonly Monitor[];

/** What every callback takes that watches a number. */
export interface MonitorOptions {
  /** The number of the records that is watched. Default 'validationLoss'. */
  readonly monitor?: Monitor;
  /** By how much it must become better to count. Default 0. */
  readonly minDelta?: number;
}

/** Trainers that came to nothing after their callbacks had been attached: these are free again. */
const discarded = new WeakSet<object>();

/** For a Trainer that cannot be made, or not resumed: its callbacks may be given to another. */
export function discard(training: object): void {
  discarded.add(training);
}

/** Watches one number of the records: the best so far, and for how many records it has not become better. */
export class Watch {
  readonly monitor: Monitor;
  private readonly minDelta: number;
  private best: number | null = null;
  private waited = 0;
  private training: Training | undefined;

  constructor(
    private readonly operation: string,
    { monitor = 'validationLoss', minDelta = 0 }: MonitorOptions,
  ) {
    this.monitor = requireOneOf(operation, 'monitor', monitor, MONITORS);
    this.minDelta = requireNonNegative(operation, 'minDelta', minDelta);
  }

  /** @throws {ArgumentError} for a run without that number, {StateError} for a second run */
  attach(training: Training): void {
    const { operation, monitor } = this;
    const { training: before } = this;
    if (before !== undefined && before !== training && !discarded.has(before)) {
      throw new StateError({
        operation,
        found: 'this callback belongs to another Trainer',
        expected: 'a separate callback for each Trainer',
      });
    }
    if (!training.measured.includes(monitor)) {
      const known = training.measured.filter((name) => name !== 'learningRate');
      const rows = monitor.replace(/Loss|Accuracy/, '');
      throw new ArgumentError({
        operation,
        found: `monitor is "${monitor}", which this run does not measure`,
        expected: `one of ${known.join(', ')}`,
        fix:
          rows === 'train' || known.length < 2
            ? undefined
            : `Give the Trainer ${rows === 'validation' ? 'validation: 0.2' : rows}`,
      });
    }
    this.training = training;
  }

  /** Takes a record in; whether it is the best so far. */
  isBetter(record: EpochRecord): boolean {
    const value = record[this.monitor]!;
    const sign = this.monitor.endsWith('Loss') ? 1 : -1;
    if (this.best === null || sign * (this.best - value) > this.minDelta) {
      this.best = value;
      this.waited = 0;
      return true;
    }
    this.waited++;
    return false;
  }

  /** Records since the best one, or since `restartWaiting`. */
  get records(): number {
    return this.waited;
  }

  restartWaiting(): void {
    this.waited = 0;
  }

  settings(): Readonly<Record<string, unknown>> {
    return { monitor: this.monitor, minDelta: this.minDelta };
  }

  state(): WatchState {
    return { best: this.best, waited: this.waited };
  }

  /** @throws {ArgumentError} unless `state` returned it */
  restore(state: unknown): void {
    const { best, waited } = (state ?? {}) as Partial<WatchState>;
    const isOwn = (best === null || Number.isFinite(best)) && Number.isSafeInteger(waited) && waited! >= 0;
    if (!isOwn) throw foreignState(this.operation, state);
    this.best = best!;
    this.waited = waited!;
  }
}

/** The error for a state that is not the callback's: a file may hold anything. */
export function foreignState(operation: string, state: unknown): ArgumentError {
  return new ArgumentError({
    operation,
    found: `the state to restore is ${show(state)}`,
    expected: `what ${operation}.state() returned`,
    fix: 'Resume with the callbacks of the saved run, in the same order',
  });
}

/** What a `Watch` remembers. */
export interface WatchState {
  readonly best: number | null;
  readonly waited: number;
}
