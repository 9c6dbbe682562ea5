/** The flags of a command in a file, so that `--resume` continues what they began. */

import { lstat, mkdir, readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { ArgumentError, DataError, StateError, show } from '../errors.js';
import { isInstance } from '../identity.js';
import { requireWritable, writeFileAtomic } from '../io/atomic-file.js';
import { readFile, reasonOf } from '../io/read-file.js';
import { parseNumber } from './numbers.js';
import { otherWriter, thisWriter } from './writer.js';

/** Flags by the names that commander gives them; absent ones are left out. */
export type Flags = Readonly<Record<string, unknown>>;

const FORMAT = 1;

/** What the file of a command holds: its flags, and what the command adds. */
export interface SavedRun {
  readonly flags: Flags;
  readonly more: Readonly<Record<string, unknown>>;
}

/** @throws {DataError} if the file cannot be written */
export async function writeFlags(command: Command, file: string, { flags, more }: SavedRun): Promise<void> {
  const text = JSON.stringify(
    { format: FORMAT, command: command.name(), writer: thisWriter(), flags, ...more },
    null,
    1,
  );
  await writeFileAtomic(file, [new TextEncoder().encode(`${text}\n`)], command.name());
}

/**
 * What a file holds that a new run would replace; undefined only where there is none. Makes its folder where that is missing.
 *
 * @throws {DataError} for a file that the command cannot read, which may be all that is left of hours; or if none can be written there,
 *   {StateError} while another process writes there
 */
export async function readReplaced(command: Command, file: string): Promise<SavedRun | undefined> {
  const operation = command.name();
  const obstacle = await makeFolder(dirname(resolve(file)));
  await requireWritable(file, operation).catch((error: Error) => {
    // Not that it is missing, but why it could not be made.
    if (obstacle === undefined || (error.cause as NodeJS.ErrnoException | undefined)?.code !== 'ENOENT') throw error;
    const found = `${dirname(file)} cannot be made (${reasonOf(obstacle)})`;
    throw new DataError({ operation, found, expected: 'a folder that exists or can be made' }, { cause: obstacle });
  });
  const isThere = await lstat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  if (!isThere) return undefined;
  try {
    return await readFlags(command, file);
  } catch (error) {
    if (!isInstance(error, DataError)) throw error;
    const { operation, found, expected, fix } = error.complaint;
    const other = 'name another folder';
    const complaint = { operation, found, expected: `${expected}, or none` };
    throw new DataError(
      { ...complaint, fix: fix === undefined ? `Move it away, or ${other}` : `${fix}, or ${other}` },
      { cause: error },
    );
  }
}

/**
 * The names in a folder that a run is kept in.
 *
 * @throws {DataError} if it cannot be listed: it may hold a run all the same
 */
export async function namesIn(operation: string, folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const found = `${folder} cannot be listed (${reasonOf(cause)})`;
    throw new DataError({ operation, found, expected: 'a folder whose files may be read' }, { cause });
  }
}

/**
 * One folder after another: by itself, Node 20 tries for ever to make one in /proc, which says that its parent is missing.
 *
 * @returns what stood in the way
 */
async function makeFolder(folder: string): Promise<NodeJS.ErrnoException | undefined> {
  const made = (): Promise<NodeJS.ErrnoException | undefined> =>
    mkdir(folder).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => (error.code === 'EEXIST' ? undefined : error),
    );
  const obstacle = await made();
  if (obstacle?.code !== 'ENOENT' || dirname(folder) === folder) return obstacle;
  return (await makeFolder(dirname(folder))) ?? made();
}

/**
 * @throws {DataError} if the file is missing or no file of this command: it may come from anywhere, {StateError} while another process
 *   writes there
 */
export async function readFlags(command: Command, file: string): Promise<SavedRun> {
  const operation = command.name();
  const expected = `a file written by zerokara ${operation} --checkpoint`;
  const text = new TextDecoder().decode(await readFile(operation, file, expected));
  const refuse = (found: string): never => {
    throw new DataError({ operation, found: `${file} ${found}`, expected });
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    return refuse(`is not JSON (${(cause as Error).message})`);
  }
  const { format, command: name, writer, flags, ...more } = (parsed ?? {}) as Readonly<Record<string, unknown>>;
  if (name === operation && typeof format === 'number' && format > FORMAT) {
    const found = `${file} is of format ${format}, which a newer version of zerokara wrote`;
    throw new DataError({ operation, found, expected: `format ${FORMAT}`, fix: 'Update zerokara to read it' });
  }
  if (format !== FORMAT || name !== operation || typeof flags !== 'object' || flags === null) {
    return refuse(`is of ${name === undefined ? 'something else' : `zerokara ${show(name)}, format ${show(format)}`}`);
  }
  const wrong = Object.entries(flags).find((entry) => !isFlag(command, ...entry));
  if (wrong !== undefined) return refuse(`says that ${wrong[0]} is ${show(wrong[1])}`);
  await refuseWriter(operation, file, writer);
  return { flags: flags as Flags, more };
}

/**
 * Before each write: two runs that begin at the same moment both find their folder free, and the one that was there first ends.
 *
 * @throws {StateError} while another process writes the file
 */
export async function refuseOtherWriter(operation: string, file: string): Promise<void> {
  // Of a file that is missing or cannot be read nothing is known.
  const writer = await readFile(operation, file)
    .then((bytes) => JSON.parse(new TextDecoder().decode(bytes))?.writer)
    .catch(() => undefined);
  await refuseWriter(operation, file, writer);
}

/** @param writer what the file says of the process that writes it */
async function refuseWriter(operation: string, file: string, writer: unknown): Promise<void> {
  const other = await otherWriter(writer);
  if (other === undefined) return;
  throw new StateError({
    operation,
    found: `process ${other} is writing into ${dirname(file)}`,
    expected: 'a folder that no other process writes into',
    fix: 'Wait until it has ended, or name another folder',
  });
}

/** Whether the command has such an option, and it takes such a value; ranges are the library's to check. */
function isFlag(command: Command, name: string, value: unknown): boolean {
  const option = command.options.find((candidate) => candidate.attributeName() === name);
  if (option === undefined) return false;
  if (option.argChoices !== undefined) return option.argChoices.includes(value as string);
  return typeof value === (option.isBoolean() ? 'boolean' : option.parseArg === parseNumber ? 'number' : 'string');
}

/**
 * The flags of a run that continues: the saved ones, and those of `free` as they are given now.
 *
 * @throws {ArgumentError} for another one that is given and differs
 */
export function continuedFlags(command: Command, saved: Flags, free: readonly string[], file: string): Flags {
  const flags: Record<string, unknown> = { ...saved };
  const noun = command.name() === 'train' ? 'run' : command.name();
  for (const option of command.options) {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'cli') continue;
    const value: unknown = command.getOptionValue(name);
    if (!free.includes(name) && saved[name] !== value) {
      throw new ArgumentError({
        operation: command.name(),
        found: `${option.long} is ${show(value)}`,
        expected: `${saved[name] === undefined ? 'none' : show(saved[name])}, as when the ${noun} began (${file})`,
        fix: `Leave it out, or begin a new ${noun} in another folder`,
      });
    }
    flags[name] = value;
  }
  return flags;
}
