/** Commands of the program in this process, for what they refuse: a process of its own loads the library anew for each. */
import { type Command, CommanderError } from 'commander';
import { vi } from 'vitest';
import { evaluateCommand } from '../../src/cli/evaluate.js';
import { exportCommand } from '../../src/cli/export.js';
import { inspectCommand } from '../../src/cli/inspect.js';
import { predictCommand } from '../../src/cli/predict.js';
import { trainCommand } from '../../src/cli/train.js';
import { ZerokaraError } from '../../src/errors.js';

const COMMANDS: Readonly<Record<string, () => Command>> = {
  train: trainCommand,
  evaluate: evaluateCommand,
  predict: predictCommand,
  inspect: inspectCommand,
  export: exportCommand,
};

/**
 * Runs a command in `folder` that must end with a mistake in its input.
 *
 * @returns what it prints until then, and the line that the program (src/cli/zerokara.ts) makes of the mistake
 * @throws {Error} if it ends well, or anything else than a mistake ends it
 */
export async function refusedCommand(
  folder: string,
  name: string,
  ...args: string[]
): Promise<{ stdout: string; stderr: string }> {
  const stdout: string[] = [];
  const stderr: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void stdout.push(`${line}\n`));
  const error = vi.spyOn(console, 'error').mockImplementation((line: string) => void stderr.push(`${line}\n`));
  const before = process.cwd();
  process.chdir(folder);
  try {
    await COMMANDS[name]!()
      .exitOverride()
      .configureOutput({ writeErr: (text) => void stderr.push(text) })
      .parseAsync(args, { from: 'user' });
  } catch (mistake) {
    if (mistake instanceof ZerokaraError) stderr.push(`zerokara: ${mistake.message}\n`);
    else if (!(mistake instanceof CommanderError)) throw mistake;
    return { stdout: stdout.join(''), stderr: stderr.join('') };
  } finally {
    process.chdir(before);
    log.mockRestore();
    error.mockRestore();
  }
  throw new Error(`zerokara ${[name, ...args].join(' ')} was not refused`);
}
