/** The folder of `zerokara search --checkpoint`: the flags of a search, and what it has measured. */

import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { ArgumentError, DataError, show } from '../errors.js';
import { isInstance } from '../identity.js';
import type { Trial } from '../index.js';
import { usualOptimizer } from './digit-net.js';
import { type CommandRanks, isFirst } from './ranks.js';
import { continuedFlags, namesIn, readFlags, readReplaced, type SavedRun } from './saved-flags.js';
import type { DrawnName } from './search-space.js';
import type { TrainFlags } from './training-run.js';

/** The options as commander passes them: ranges as they were written. */
export interface SearchFlags extends Readonly<Partial<Record<DrawnName, string>>> {
  readonly data?: string;
  readonly limit?: number;
  readonly trials: number;
  readonly epochs: number;
  readonly rungs: number;
  readonly factor: number;
  readonly validation: number;
  readonly parallel?: number;
  readonly batchNorm?: boolean;
  readonly schedule?: string;
  readonly classWeights?: 'balanced';
  readonly net?: string;
  readonly backend: TrainFlags['backend'];
  readonly seed?: number;
  readonly checkpoint?: string;
  readonly resume?: true;
  readonly json?: true;
}

/** The flags that a search may continue with as they are given then. */
const FREE = ['trials', 'parallel', 'data', 'json', 'checkpoint', 'resume'];

/** What a search has, and goes on from. */
export interface SearchPlan {
  readonly flags: SearchFlags;
  readonly file: string | undefined;
  readonly finished: readonly Trial[];
  /** The digits that the trials have been measured on. */
  readonly digits: unknown;
}

/**
 * Reads the stored search, or makes sure that there is none. Nothing in the folder is changed.
 *
 * @throws {ArgumentError} for flags that contradict the stored search, {DataError} for a folder without one or with damaged files
 */
export async function searchPlanOf(command: Command, given: SearchFlags, ranks?: CommandRanks): Promise<SearchPlan> {
  const { checkpoint, resume } = given;
  const file = checkpoint === undefined ? undefined : join(checkpoint, 'search.json');
  const refuse = (found: string, expected: string, fix?: string): never => {
    throw new ArgumentError({ operation: 'search', found, expected, fix });
  };
  if (resume !== true) {
    if (file !== undefined && isFirst(ranks)) {
      if ((await readReplaced(command, file)) !== undefined) {
        const fix = 'Continue it with --resume, or name another folder';
        refuse(`${file} holds a search already`, 'a folder without one', fix);
      }
    }
    const flags = { ...given, optimizer: given.optimizer ?? usualOptimizer(given.net) };
    return { flags, file, finished: [], digits: undefined };
  }
  if (file === undefined) {
    return refuse(
      '--resume is given without --checkpoint',
      'the folder of the search to continue: --checkpoint FOLDER',
    );
  }
  const { flags: saved, more } = await readFlags(command, file);
  const flags = continuedFlags(command, saved, FREE, file) as unknown as SearchFlags;
  const before = saved['trials'] as number;
  if (flags.trials !== before && (flags.trials < before || flags.rungs > 1)) {
    const why =
      flags.rungs > 1
        ? `${before}, as when the search began: a rung ends with its trials`
        : `at least ${before}, as when the search began`;
    refuse(`--trials is ${flags.trials}`, `${why} (${file})`);
  }
  const finished = await withParts(command, file, { flags: saved, more });
  return { flags, file, finished, digits: more['digits'] };
}

/** The file in which another rank than the first keeps what it has measured, beside that of the search. */
export function partOf(file: string | undefined, ranks: CommandRanks): string | undefined {
  return file === undefined || ranks === undefined ? undefined : join(dirname(file), `search.rank-${ranks.rank}.json`);
}

/** Removes what other ranks had measured in a search that is no longer there: a new one is about to be written. */
export async function removeParts(file: string): Promise<void> {
  for (const part of await partsOf(file)) await rm(part, { force: true });
}

async function partsOf(file: string): Promise<readonly string[]> {
  const folder = dirname(file);
  const names = await namesIn('search', folder);
  return names.filter((name) => /^search\.rank-\d+\.json$/.test(name)).map((name) => join(folder, name));
}

/** The trials of the search, with those that other ranks had measured when it ended before the first knew of them. */
async function withParts(command: Command, file: string, saved: SavedRun): Promise<readonly Trial[]> {
  const { flags, more } = saved;
  const trials = trialsOf(file, saved);
  const parts = await partsOf(file);
  if (parts.length === 0) return trials;
  const measured = new Map(trials.map((trial) => [trial.trial, trial]));
  for (const part of parts) {
    const own = await readPart(command, part);
    const isSame = own.flags['seed'] === flags['seed'] && same(own.more['digits'], more['digits']);
    for (const trial of isSame ? own.trials : []) {
      if (trial.scores.length > (measured.get(trial.trial)?.scores.length ?? 0)) measured.set(trial.trial, trial);
    }
  }
  return [...measured.values()].sort((a, b) => a.trial - b.trial);
}

/** What another rank has measured, which the search can do without. */
async function readPart(command: Command, file: string): Promise<SavedRun & { readonly trials: readonly Trial[] }> {
  try {
    const saved = await readFlags(command, file);
    return { ...saved, trials: trialsOf(file, saved) };
  } catch (error) {
    if (!isInstance(error, DataError)) throw error;
    const { operation, found, expected } = error.complaint;
    const fix = 'Remove it: trials that it alone holds are measured again';
    throw new DataError({ operation, found, expected, fix }, { cause: error });
  }
}

/** @throws {DataError} unless the file holds a list of trials, each once; whether they are those of the search, the search finds out */
function trialsOf(file: string, { more }: SavedRun): readonly Trial[] {
  const { trials } = more;
  const refuse = (name: string, value: string, expected: string): never => {
    throw new DataError({ operation: 'search', found: `${file} says that ${name} is ${value}`, expected });
  };
  if (!Array.isArray(trials)) return refuse('trials', show(trials), 'a list of trials');
  const places = new Map<number, number>();
  for (const [i, value] of (trials as readonly unknown[]).entries()) {
    if (!isTrial(value)) return refuse(`trials[${i}]`, show(value), 'a trial, with its number and its scores');
    const before = places.get(value.trial);
    if (before !== undefined) {
      return refuse(`trials[${i}]`, `trial ${value.trial}, as trials[${before}] is`, 'each trial once');
    }
    places.set(value.trial, i);
  }
  return trials as readonly Trial[];
}

function isTrial(value: unknown): value is Trial {
  const { trial, scores } = (value ?? {}) as Partial<Readonly<Record<keyof Trial, unknown>>>;
  return Number.isSafeInteger(trial) && Array.isArray(scores);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
