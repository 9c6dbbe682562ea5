import { ArgumentError, StateError } from '../errors.js';
import { keepName } from '../identity.js';
import { checkOptions, requireInteger, requireNonNegative, requirePositive } from '../options.js';
import { showAsText } from '../show-as-text.js';
import type { EpochRecord } from './epoch-record.js';
import type { Callback, Training } from './fit-options.js';
import { type MonitorOptions, Watch } from './watch.js';

/** What `ReduceOnPlateau` takes. */
export interface ReduceOnPlateauOptions extends MonitorOptions {
  /** Records without a better one after which the rate is reduced, at least 1. Default 5. */
  readonly patience?: number;
  /** What the rate is multiplied by, in (0, 1). Default 0.1. */
  readonly factor?: number;
  /** The rate goes no lower. Default 0. */
  readonly minRate?: number;
}

/**
 * Multiplies the learning rate by `factor` when a number of the records no longer becomes better.
 *
 * @throws {ArgumentError} for an unknown monitor, or numbers out of range; {StateError} for an optimizer with a schedule
 * @example new Trainer(net, { train, validation: 0.2, epochs: 100, callbacks: [new ReduceOnPlateau({ patience: 3 })] })
 */
export class ReduceOnPlateau implements Callback {
  static {
    keepName(ReduceOnPlateau, 'ReduceOnPlateau');
  }

  /** All ranks have the records by which it decides. */
  readonly everywhere = true;

  private readonly watch: Watch;
  private readonly patience: number;
  private readonly factor: number;
  private readonly minRate: number;

  constructor(options: ReduceOnPlateauOptions = {}) {
    const operation = 'ReduceOnPlateau';
    checkOptions(operation, options, ['monitor', 'minDelta', 'patience', 'factor', 'minRate']);
    this.watch = new Watch(operation, options);
    this.patience = requireInteger(operation, 'patience', options.patience ?? 5, 1);
    this.factor = requirePositive(operation, 'factor', options.factor ?? 0.1);
    if (this.factor >= 1) {
      throw new ArgumentError({ operation, found: `factor is ${this.factor}`, expected: 'a number less than 1' });
    }
    this.minRate = requireNonNegative(operation, 'minRate', options.minRate ?? 0);
  }

  onAttach(training: Training): void {
    this.watch.attach(training);
    setRate(training, training.optimizer.learningRate); // a schedule refuses it
  }

  onEpochEnd(record: EpochRecord, training: Training): void {
    if (this.watch.isBetter(record) || this.watch.records < this.patience) return;
    this.watch.restartWaiting();
    const { learningRate } = training.optimizer;
    const reduced = Math.max(learningRate * this.factor, this.minRate);
    if (reduced > 0 && reduced < learningRate) setRate(training, reduced);
  }

  /** One line, which `console.log` shows too. */
  toString(): string {
    return `ReduceOnPlateau: ${this.watch.monitor}, patience ${this.patience}, factor ${this.factor}`;
  }

  settings(): Readonly<Record<string, unknown>> {
    return { ...this.watch.settings(), patience: this.patience, factor: this.factor, minRate: this.minRate };
  }

  state(): unknown {
    return this.watch.state();
  }

  restore(state: unknown): void {
    this.watch.restore(state);
  }
}

showAsText(ReduceOnPlateau);

function setRate({ optimizer }: Training, rate: number): void {
  try {
    (optimizer as { learningRate: number }).learningRate = rate;
  } catch (error) {
    throw new StateError(
      {
        operation: 'ReduceOnPlateau',
        found: 'the learning rate of the optimizer cannot be set',
        expected: 'an optimizer whose rate is a number',
        fix: 'Leave its schedule or this callback out',
      },
      { cause: error },
    );
  }
}
