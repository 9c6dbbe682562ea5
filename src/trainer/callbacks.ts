/** Callbacks that control training: each remembers what it has seen, and a resumed run continues from it. */

import { platform } from '#platform';
import type { Floats } from '../backend/backend.js';
import { ArgumentError, StateError, show } from '../errors.js';
import { keepName } from '../identity.js';
import type { Network } from '../models/network.js';
import { checkOptions, requireInteger, requireNonNegative, requireOneOf, requirePositive } from '../options.js';
import type { Callback, Measured, Training } from './fit-options.js';
import type { EpochRecord } from './history.js';

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

interface MonitorOptions {
  /** The number of the records that is watched. Default 'validationLoss'. */
  readonly monitor?: Monitor;
  /** By how much it must become better to count. Default 0. */
  readonly minDelta?: number;
}

/** Watches one number of the records: the best so far, and for how many records it has not become better. */
class Watch {
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
    if (this.training !== undefined && this.training !== training) {
      throw new StateError({
        operation,
        found: 'this callback belongs to another Trainer',
        expected: 'one of its own for each Trainer',
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

  state(): WatchState {
    return { best: this.best, waited: this.waited };
  }

  restore({ best, waited }: WatchState): void {
    this.best = best;
    this.waited = waited;
  }
}

interface WatchState {
  readonly best: number | null;
  readonly waited: number;
}

/** What `EarlyStopping` takes. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Records without a better one after which the run stops, at least 1. Default 10. */
  readonly patience?: number;
  /** Put back the weights of the best record when the run ends. Default true. */
  readonly restoreBest?: boolean;
}

/** Arrays by the names of the network's parameters and buffers. */
type Weights = Readonly<Record<string, Floats>>;

/**
 * Ends a run that no longer becomes better, and puts back the weights of its best record, whatever ended it: this, another
 * callback, its last step, or a loss that is not finite.
 *
 * An aborted run has not ended: its weights stay, and `fit` continues with them.
 *
 * @example
 * new Trainer(net, { train, validation: 0.2, epochs: 1000, callbacks: [new EarlyStopping({ patience: 5 })] })
 * @throws {ArgumentError} for an unknown monitor, or a patience below 1
 */
export class EarlyStopping implements Callback {
  static {
    keepName(EarlyStopping, 'EarlyStopping');
  }

  private readonly watch: Watch;
  private readonly patience: number;
  private readonly restoreBest: boolean;
  private weights: Weights | null = null;
  private bestStep = 0;

  constructor(options: EarlyStoppingOptions = {}) {
    checkOptions('EarlyStopping', options, ['monitor', 'minDelta', 'patience', 'restoreBest']);
    this.watch = new Watch('EarlyStopping', options);
    this.patience = requireInteger('EarlyStopping', 'patience', options.patience ?? 10, 1);
    this.restoreBest = requireFlag('EarlyStopping', 'restoreBest', options.restoreBest ?? true);
  }

  onAttach(training: Training): void {
    this.watch.attach(training);
  }

  onEpochEnd(record: EpochRecord, { net }: Training): unknown {
    if (this.watch.isBetter(record)) {
      this.bestStep = record.step;
      if (this.restoreBest) this.weights = copyOf(net, this.weights);
      return undefined;
    }
    return this.watch.records < this.patience ? undefined : 'stop';
  }

  onEnd({ net }: Training): void {
    this.watch.restartWaiting(); // a run that is extended has its patience again
    if (this.weights === null) return;
    for (const [name, { data }] of Object.entries({ ...net.params, ...net.buffers })) data.set(this.weights[name]!);
  }

  /** The step of the best record; 0 before the first. */
  get bestAt(): number {
    return this.bestStep;
  }

  state(): unknown {
    return { ...this.watch.state(), bestStep: this.bestStep, weights: this.weights };
  }

  restore(state: unknown): void {
    const { bestStep, weights } = state as { bestStep: number; weights: Weights | null };
    this.watch.restore(state as WatchState);
    this.bestStep = bestStep;
    this.weights = weights && Object.fromEntries(Object.entries(weights).map(([name, data]) => [name, data.slice()]));
  }
}

/** A copy of all that the network holds, in the arrays of an older one. */
function copyOf(net: Network, old: Weights | null): Weights {
  const all = Object.entries({ ...net.params, ...net.buffers });
  if (old === null) return Object.fromEntries(all.map(([name, { data }]) => [name, data.slice()]));
  for (const [name, { data }] of all) old[name]!.set(data);
  return old;
}

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

  state(): unknown {
    return this.watch.state();
  }

  restore(state: unknown): void {
    this.watch.restore(state as WatchState);
  }
}

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

/** What `ModelCheckpoint` takes. */
export interface ModelCheckpointOptions extends MonitorOptions {
  /** Where to write; `{epoch}` in it becomes the number of the epoch. */
  readonly path: string;
  /** 'run' (default): all of it, for `Trainer.resume`. 'network': the network alone, for its `load`. */
  readonly what?: 'run' | 'network';
  /** Epochs from one file to the next. Default 1. */
  readonly everyEpochs?: number;
  /** Write only where `monitor` has become better. Default false. */
  readonly bestOnly?: boolean;
  /** Keep only this many of the run's last files and remove the older ones; needs `{epoch}` in the path. Default: all. */
  readonly keep?: number;
}

/**
 * Writes the run, or the network, after epochs, atomically: a crash leaves the file before whole. Needs `await trainer.fit()`.
 *
 * It is called for a record after all other callbacks, so that a run resumed from the file has missed nothing.
 *
 * @throws {ArgumentError} for an unknown monitor, numbers out of range, or `keep` without `{epoch}` in the path
 * @example
 * new Trainer(net, { train, epochs: 100, callbacks: [new ModelCheckpoint({ path: 'run-{epoch}.safetensors', keep: 3 })] })
 */
export class ModelCheckpoint implements Callback {
  static {
    keepName(ModelCheckpoint, 'ModelCheckpoint');
  }

  private readonly path: string;
  private readonly what: 'run' | 'network';
  private readonly everyEpochs: number;
  private readonly keep: number;
  private readonly watch: Watch | undefined;
  private written: string[] = [];

  constructor(options: ModelCheckpointOptions) {
    const operation = 'ModelCheckpoint';
    checkOptions(operation, options, ['path', 'what', 'everyEpochs', 'bestOnly', 'monitor', 'minDelta', 'keep']);
    const { path, what = 'run', everyEpochs = 1, bestOnly = false, keep } = options;
    if (typeof path !== 'string' || path === '') {
      throw new ArgumentError({ operation, found: `path is ${show(path)}`, expected: 'the path of a file' });
    }
    this.path = path;
    this.what = requireOneOf(operation, 'what', what, ['run', 'network']);
    this.everyEpochs = requireInteger(operation, 'everyEpochs', everyEpochs, 1);
    this.keep = keep === undefined ? Number.POSITIVE_INFINITY : requireInteger(operation, 'keep', keep, 1);
    if (keep !== undefined && !path.includes('{epoch}')) {
      throw new ArgumentError({
        operation,
        found: `keep is ${keep} for path ${show(path)}`,
        expected: '{epoch} in the path, which makes a file of its own for each epoch',
      });
    }
    if (requireFlag(operation, 'bestOnly', bestOnly)) this.watch = new Watch(operation, options);
    else if (options.monitor !== undefined || options.minDelta !== undefined) {
      throw new ArgumentError({
        operation,
        found: `${options.monitor === undefined ? 'minDelta' : 'monitor'} is given without bestOnly`,
        expected: 'bestOnly: true with it',
      });
    }
  }

  onAttach(training: Training): void {
    this.watch?.attach(training);
  }

  onEpochEnd(record: EpochRecord, training: Training): Promise<void> | undefined {
    // Every record is considered, so that the best is the best of all.
    const better = this.watch?.isBetter(record) ?? true;
    return better && record.epoch % this.everyEpochs === 0 ? this.write(record, training) : undefined;
  }

  private async write({ epoch }: EpochRecord, training: Training): Promise<void> {
    const path = this.path.replaceAll('{epoch}', String(epoch));
    this.written = [...this.written.filter((other) => other !== path), path];
    const old = this.written.splice(0, Math.max(0, this.written.length - this.keep));
    await (this.what === 'run' ? training.save(path) : training.net.save(path));
    for (const file of old) await removeIfThere(file);
  }

  state(): unknown {
    return { watch: this.watch?.state() ?? null, written: this.written };
  }

  restore(state: unknown): void {
    const { watch, written } = state as { watch: WatchState | null; written: readonly string[] };
    if (watch !== null) this.watch?.restore(watch);
    this.written = [...written];
  }
}

/** A file that somebody else has removed is gone as well. */
async function removeIfThere(path: string): Promise<void> {
  try {
    await platform.files.remove(path);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
  }
}

function requireFlag(operation: string, name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'true or false' });
}
