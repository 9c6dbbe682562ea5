/** The folder of `zerokara train --checkpoint`: the flags of a run, and its states after the last epochs. */

import { join } from 'node:path';
import type { Command } from 'commander';
import { ArgumentError, DataError } from '../errors.js';
import { type Flags, namesIn, readFlags, readReplaced, writeFlags } from './saved-flags.js';

/** Where the run is written after an epoch, for ModelCheckpoint. */
export function statePath(folder: string): string {
  return join(folder, 'epoch-{epoch}.safetensors');
}

export function flagsPath(folder: string): string {
  return join(folder, 'train.json');
}

/** A run that a folder holds. */
export interface StoredRun {
  readonly flags: Flags;
  /** Updates that the run had to make when it began: what a schedule that ends with it counts by. */
  readonly steps: number;
  /** The state after the last epoch; undefined if the run ended before its first record. */
  readonly state: string | undefined;
}

/**
 * Makes the folder if it is missing, and tries that files can be written into it.
 *
 * @throws {DataError} if it cannot be written into, or holds a train.json that no run of this version has left, {ArgumentError} if it
 *   holds the states of a run, {StateError} while another process writes into it
 */
export async function requireFreeFolder(command: Command, folder: string): Promise<void> {
  const operation = command.name();
  await readReplaced(command, flagsPath(folder)); // flags alone, of a run that ended before its first state, may go
  const state = await newestState(operation, folder);
  if (state === undefined) return;
  throw new ArgumentError({
    operation,
    found: `${folder} holds a run already (${state})`,
    expected: 'a folder without one',
    fix: 'Continue that run with --resume, or name another folder',
  });
}

/** @throws {DataError} if the folder holds no run */
export async function readRun(command: Command, folder: string): Promise<StoredRun> {
  const file = flagsPath(folder);
  const { flags, more } = await readFlags(command, file);
  const { steps } = more;
  if (typeof steps !== 'number' || !Number.isSafeInteger(steps) || steps < 1 || typeof flags['seed'] !== 'number') {
    throw new DataError({
      operation: command.name(),
      found: `${file} lacks the steps or the seed of the run`,
      expected: 'a file written by zerokara train --checkpoint',
    });
  }
  const state = await newestState(command.name(), folder);
  return { flags, steps, state: state && join(folder, state) };
}

/**
 * What `readRun` reads again.
 *
 * @throws {StateError} if another process has begun to write into the folder in the meantime
 */
export async function writeRun(command: Command, folder: string, flags: Flags, steps: number): Promise<void> {
  await readReplaced(command, flagsPath(folder));
  await writeFlags(command, flagsPath(folder), { flags, more: { steps } });
}

/** The name of the state with the highest epoch. */
async function newestState(operation: string, folder: string): Promise<string | undefined> {
  const names = await namesIn(operation, folder);
  const epochOf = (name: string): number => Number(/^epoch-([0-9]+)\.safetensors$/.exec(name)?.[1] ?? Number.NaN);
  return names
    .filter((name) => epochOf(name) >= 0)
    .sort((a, b) => epochOf(a) - epochOf(b))
    .at(-1);
}
