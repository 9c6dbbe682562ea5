/** What a search writes into its --checkpoint folder while it goes on. */

import type { Command } from 'commander';
import { DataError } from '../errors.js';
import { isInstance } from '../identity.js';
import type { Trial } from '../index.js';
import { type Flags, refuseOtherWriter, writeFlags } from './saved-flags.js';
import type { SearchFlags } from './search-folder.js';

/** Where trials are kept, and what stands beside them there. */
export interface TrialStoreOptions {
  readonly command: Command;
  /** Without one nothing is written. */
  readonly file: string | undefined;
  readonly flags: SearchFlags;
  /** The digits that the trials are measured on. */
  readonly digits: unknown;
  /** What was measured before. */
  readonly finished: readonly Trial[];
  /** Whether the file may lie in a folder that this machine has not: that of another rank than the first. */
  readonly mayLackFolder?: boolean;
  readonly warn: (warning: string) => void;
}

/**
 * Keeps the trials of a search in a file, which is written anew after each of them, one write after another.
 *
 * A search of hours does not end because the disk is full for a minute: a write that fails is told as a warning, and the next
 * trial writes all again.
 */
export class TrialStore {
  private readonly measured: Map<number, Trial>;
  private last: Promise<unknown> = Promise.resolve();
  /** Whether the file lacks what the last write should have written. */
  private isBehind = false;
  private isTold = false;

  constructor(private readonly options: TrialStoreOptions) {
    this.measured = new Map(options.finished.map((trial) => [trial.trial, trial]));
  }

  /** Takes a trial as it stands, and writes all. What goes wrong is told once, until a write succeeds. */
  async keep(trial: Trial): Promise<void> {
    this.measured.set(trial.trial, trial);
    try {
      await this.write();
    } catch (error) {
      if (!isInstance(error, DataError)) throw error;
      const { mayLackFolder = false, warn } = this.options;
      if (this.isTold || (mayLackFolder && isMissing(error.cause))) return;
      this.isTold = true;
      warn(`${error.complaint.found}; the search goes on, and writes it again after the next trial`);
    }
  }

  /**
   * Writes what there is.
   *
   * @throws {DataError} if it cannot be written, {StateError} while another process writes it
   */
  write(): Promise<void> {
    const { command, file, flags, digits } = this.options;
    if (file === undefined) return Promise.resolve();
    const { resume: _, checkpoint: __, json: ___, ...own } = flags;
    const written = this.last.then(async () => {
      const trials = [...this.measured.values()].sort((a, b) => a.trial - b.trial);
      this.isBehind = true;
      await refuseOtherWriter('search', file);
      await writeFlags(command, file, { flags: own as Flags, more: { digits, trials } });
      this.isBehind = this.isTold = false;
    });
    this.last = written.catch(() => {}); // whatever comes of this write, the next one is made
    return written;
  }

  /**
   * Ends the search: where the last write has failed, it is tried once more.
   *
   * @throws {DataError} if it cannot be written
   */
  async end(): Promise<void> {
    if (this.isBehind) await this.write();
  }
}

function isMissing(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
