import { platform } from '#platform';
import { ArgumentError, show } from '../errors.js';
import { brand } from '../identity.js';
import { requireWritable } from '../io/atomic-file.js';
import { cannotWrite } from '../io/no-files.js';
import { samePlain } from '../io/plain-data.js';
import { checkOptions, requireFlag, requireInteger, requireOneOf, requirePath } from '../options.js';
import { showAsText } from '../show-as-text.js';
import type { EpochRecord } from './epoch-record.js';
import type { Callback, Training } from './fit-options.js';
import { foreignState, type MonitorOptions, Watch, type WatchState } from './watch.js';

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
  /**
   * Keep only this many of the run's last files and remove the older ones; needs `{epoch}` in the path. Default: all. A resumed
   * run looks for them where the path leads to now.
   */
  readonly keep?: number;
}

/**
 * Writes the run, or the network, after epochs, atomically: a crash leaves the file before whole. Needs `await trainer.fit()`.
 *
 * It is called for a record after all other callbacks, so that a run resumed from the file has missed nothing.
 *
 * @throws {ArgumentError} for an unknown monitor, numbers out of range, or `keep` without `{epoch}` in the path; when `fit`
 *   begins, {DataError} for a path that cannot be written
 * @example
 * new Trainer(net, { train, epochs: 100, callbacks: [new ModelCheckpoint({ path: 'run-{epoch}.safetensors', keep: 3 })] })
 */
export class ModelCheckpoint implements Callback {
  static {
    brand(ModelCheckpoint, 'ModelCheckpoint');
  }

  /** A file holds what the others have made of the same record. */
  readonly order = 'last';

  private readonly path: string;
  private readonly what: 'run' | 'network';
  private readonly everyEpochs: number;
  private readonly keep: number;
  private readonly watch: Watch | undefined;
  /** The epochs of the files to keep, oldest first, and of those to be removed; empty where all are kept. */
  private written: readonly number[] = [];

  constructor(options: ModelCheckpointOptions) {
    const operation = 'ModelCheckpoint';
    checkOptions(operation, options, ['path', 'what', 'everyEpochs', 'bestOnly', 'monitor', 'minDelta', 'keep']);
    const { path, what = 'run', everyEpochs = 1, bestOnly = false, keep } = options;
    requirePath(operation, 'path', path);
    this.path = path;
    this.what = requireOneOf(operation, 'what', what, ['run', 'network']);
    this.everyEpochs = requireInteger(operation, 'everyEpochs', everyEpochs, 1);
    this.keep = keep === undefined ? Number.POSITIVE_INFINITY : requireInteger(operation, 'keep', keep, 1);
    if (keep !== undefined && !path.includes('{epoch}')) {
      throw new ArgumentError({
        operation,
        found: `keep is ${keep} for path ${show(path)}`,
        expected: '{epoch} in the path, which gives each epoch its own file',
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

  /** Refuses a path that cannot be written before the first step, not at the first record. */
  onBegin({ epoch }: Training): Promise<void> {
    const path = this.pathOf(epoch + 1);
    return platform.name === 'browser'
      ? Promise.reject(cannotWrite('ModelCheckpoint', path))
      : requireWritable(path, 'ModelCheckpoint');
  }

  onEpochEnd(record: EpochRecord, training: Training): Promise<void> | undefined {
    // Every record is considered, so that the best is the best of all.
    const before = this.watch?.state();
    const better = this.watch?.isBetter(record) ?? true;
    return better && record.epoch % this.everyEpochs === 0 ? this.write(record, training, before) : undefined;
  }

  /** @param before what the watch remembered before this record: without its file it does not count */
  private async write({ epoch }: EpochRecord, training: Training, before: WatchState | undefined): Promise<void> {
    const path = this.pathOf(epoch);
    const isRewritten = this.written.includes(epoch);
    const considered = this.watch?.state();
    // Before it is saved, with those that are removed only after it: the run in the file counts itself, and removes what a crash leaves.
    if (Number.isFinite(this.keep)) this.written = [...this.written.filter((other) => other !== epoch), epoch];
    try {
      await (this.what === 'run' ? training.save(path) : training.net.save(path));
    } catch (error) {
      if (!isRewritten) this.forget(epoch);
      // Unless a fit that did not wait for this file has seen other records.
      if (before !== undefined && samePlain(considered, this.watch!.state())) this.watch!.restore(before);
      throw error;
    }
    while (this.written.length > this.keep) {
      const oldest = this.written[0]!;
      await removeIfThere(this.pathOf(oldest));
      this.forget(oldest);
    }
  }

  private forget(epoch: number): void {
    this.written = this.written.filter((other) => other !== epoch);
  }

  private pathOf(epoch: number): string {
    return this.path.replaceAll('{epoch}', String(epoch));
  }

  /** One line, which `console.log` shows too. */
  toString(): string {
    const best = this.watch === undefined ? '' : `, best ${this.watch.monitor} only`;
    return `ModelCheckpoint: the ${this.what} into ${this.path}${best}`;
  }

  /** Of the path the name of the file alone: the folder may have moved. */
  settings(): Readonly<Record<string, unknown>> {
    const { what, everyEpochs, keep, watch } = this;
    const file = platform.files.nameOf(this.path);
    return { file, what, everyEpochs, keep: Number.isFinite(keep) ? keep : null, ...watch?.settings() };
  }

  state(): unknown {
    return { watch: this.watch?.state() ?? null, written: this.written };
  }

  restore(state: unknown): void {
    const { watch, written } = (state ?? {}) as { watch?: unknown; written?: readonly unknown[] };
    if (watch === undefined || !Array.isArray(written)) throw foreignState('ModelCheckpoint', state);
    if (watch !== null) this.watch?.restore(watch);
    // A file may name anything: only what this callback can have written is ever removed.
    const epochs = written.map((entry) => (typeof entry === 'string' ? this.epochOf(entry) : entry));
    this.written = Number.isFinite(this.keep) ? epochs.filter(isEpoch) : [];
  }

  /** The epoch in a path, of which the folder may have been another: so files of version 0.1 name what was written. */
  private epochOf(file: string): number | undefined {
    const folder = this.path.slice(0, this.path.indexOf('{epoch}')).search(/[^/\\]*$/);
    const end = `/${this.path.slice(folder)}`.replaceAll('\\', '/');
    const isIts = (epoch: string): boolean =>
      `/${file}`.replaceAll('\\', '/').endsWith(end.replaceAll('{epoch}', epoch));
    const epoch = file.match(/[0-9]+/g)?.find(isIts);
    return epoch === undefined ? undefined : Number(epoch);
  }
}

showAsText(ModelCheckpoint);

function isEpoch(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** A file that somebody else has removed is gone as well. */
async function removeIfThere(path: string): Promise<void> {
  try {
    await platform.files.remove(path);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
  }
}
