/** The files that a command writes at its end: refused before its work begins, if they cannot or must not be written. */

import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { ArgumentError, DataError } from '../errors.js';
import { isInstance } from '../identity.js';
import { requireWritable } from '../io/atomic-file.js';
import { jsonPathOf } from '../io/json-path.js';

export interface OutputFlags {
  readonly save?: string;
  readonly report?: string;
}

/**
 * @param inputs the files that the command reads
 * @throws {ArgumentError} if one would replace another or an input, {DataError} for one that cannot be written
 */
export async function requireOutputs(
  operation: string,
  { save, report }: OutputFlags,
  inputs: readonly string[],
): Promise<void> {
  if (save !== undefined) await requireOutput(operation, `--save ${save}`, save, inputs);
  if (report === undefined) return;
  for (const file of [report, jsonPathOf(report)]) {
    if (save !== undefined && (await realPathOf(save)) === (await realPathOf(file))) {
      const expected = 'another file than --save';
      throw new ArgumentError({ operation, found: `--report ${report} writes ${file}`, expected });
    }
    await requireOutput(operation, `--report ${report}`, file, inputs);
  }
}

/**
 * @param flag the flag with its value, for the message
 * @throws {ArgumentError} if `file` is one of the inputs, {DataError} if it cannot be written
 */
export async function requireOutput(
  operation: string,
  flag: string,
  file: string,
  inputs: readonly string[],
): Promise<void> {
  const path = await realPathOf(file);
  for (const input of inputs) {
    if ((await realPathOf(input)) !== path) continue;
    const expected = 'another file than the one that is read';
    throw new ArgumentError({ operation, found: `${flag} would replace ${input}`, expected });
  }
  await requireWritable(file, operation);
}

/** The path without links: of a file that is not there yet, by its folder. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const folder = await realpath(dirname(path)).catch(() => resolve(dirname(path)));
    return join(folder, basename(path));
  }
}

/**
 * Saves what took long to make. Where its place cannot be written any more, the disk being full, it goes into a new folder for
 * temporary files, and the error says where it is.
 *
 * @throws {DataError} if `path` cannot be written
 */
export async function saveSomewhere(path: string, save: (path: string) => Promise<void>): Promise<void> {
  try {
    await save(path);
  } catch (error) {
    if (!isInstance(error, DataError)) throw error;
    const { operation, found, expected, fix } = error.complaint;
    if (fix !== undefined) throw error; // the file is there
    const folder = await mkdtemp(join(tmpdir(), 'zerokara-')).catch(() => undefined);
    if (folder === undefined) throw error;
    const elsewhere = join(folder, basename(path));
    try {
      await save(elsewhere);
    } catch {
      await rm(folder, { recursive: true, force: true }).catch(() => {});
      throw error;
    }
    throw new DataError(
      {
        operation,
        found,
        expected,
        fix: `It was saved as ${elsewhere}, which is safe until the system cleans up there`,
      },
      { cause: error },
    );
  }
}
