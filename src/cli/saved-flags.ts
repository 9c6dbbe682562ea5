/** The flags of a command in a file, so that `--resume` continues what they began. */

import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { ArgumentError, DataError, show } from '../errors.js';
import { writeFileAtomic } from '../io/atomic-file.js';
import { readFile } from '../io/read-file.js';
import { parseNumber } from './numbers.js';

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
  const text = JSON.stringify({ format: FORMAT, command: command.name(), flags, ...more }, null, 1);
  await writeFileAtomic(file, [new TextEncoder().encode(`${text}\n`)], command.name());
}

/** Makes the folder where it is missing; what stands in the way, the first attempt to write there tells. */
export async function makeFolderOf(file: string): Promise<void> {
  await makeFolder(dirname(resolve(file)));
}

/** One folder after another: by itself, Node 20 tries for ever to make one in /proc, which says that its parent is missing. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' || dirname(folder) === folder) return;
    await makeFolder(dirname(folder));
    await mkdir(folder).catch(() => {});
  }
}

/** @throws {DataError} if the file is missing or no file of this command: it may come from anywhere */
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
  const { format, command: name, flags, ...more } = (parsed ?? {}) as Readonly<Record<string, unknown>>;
  if (format !== FORMAT || name !== operation || typeof flags !== 'object' || flags === null) {
    return refuse(`is of ${name === undefined ? 'something else' : `zerokara ${show(name)}, format ${show(format)}`}`);
  }
  const wrong = Object.entries(flags).find((entry) => !isFlag(command, ...entry));
  return wrong === undefined ? { flags: flags as Flags, more } : refuse(`says that ${wrong[0]} is ${show(wrong[1])}`);
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
