import { platform } from '#platform';
import { ArgumentError, show } from '../errors.js';
import { brand } from '../identity.js';
import { requireWritable } from '../io/atomic-file.js';
import { cannotWrite } from '../io/no-files.js';
import { checkOptions, requireFlag, requireInteger, requireOneOf, requirePath } from '../options.js';
import { showAsText } from '../show-as-text.js';
import type { Callback, Training } from './fit-options.js';
import type { EpochRecord } from './history.js';
import { foreignState, type MonitorOptions, Watch } from './watch.js';

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
 * @throws {ArgumentError} for an unknown monitor, numbers out of range, or `keep` without `{epoch}` in the path; when `fit`
 *   begins, {DataError} for a path that cannot be written
 * @example
 * new Trainer(net, { train, epochs: 100, callbacks: [new ModelCheckpoint({ path: 'run-{epoch}.safetensors', keep: 3 })] })
 */
export class ModelCheckpoint implements Callback {
  static {
    brand(ModelCheckpoint, 'ModelCheckpoint');
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
    const path = this.path.replaceAll('{epoch}', String(epoch + 1));
    return platform.name === 'browser'
      ? Promise.reject(cannotWrite('ModelCheckpoint', path))
      : requireWritable(path, 'ModelCheckpoint');
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
    this.written = written.filter((path) => typeof path === 'string' && this.isOwnPath(path));
  }

  /** Whether it is this path with the number of an epoch in place of `{epoch}`. */
  private isOwnPath(path: string): boolean {
    const parts = this.path.split('{epoch}');
    const epoch = /^[0-9]+/.exec(path.slice(parts[0]!.length))?.[0] ?? '';
    return path === parts.join(epoch);
  }
}

showAsText(ModelCheckpoint);

/** A file that somebody else has removed is gone as well. */
async function removeIfThere(path: string): Promise<void> {
  try {
    await platform.files.remove(path);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
  }
}
