/** Messages in the words of the command line: the library names its options, users have written flags. */

import type { Command } from 'commander';
import { ArgumentError, DataError } from '../errors.js';
import { isInstance } from '../identity.js';
import { shellWord } from './shell-word.js';

/** The flag behind an option of the library, where the names differ by more than their spelling. */
const RENAMED: Readonly<Record<string, string>> = {
  clipGlobalNorm: '--clip-norm',
  synchronizeBatchNormalization: '--synchronize-batch-norm',
  patience: '--early-stopping',
  ratio: '--dropout',
  dir: '--data',
};

/** The operations that only `--schedule` calls: their numbers are parts of its text. */
const SCHEDULES = ['cosine', 'stepDecay', 'exponentialDecay', 'warmup'];

/** `batchSize` as `--batch-size`. */
export function flagOf(option: string): string {
  return RENAMED[option] ?? `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Phrases of the library about what no flag sets, and what holds on the command line. */
const PHRASES: Readonly<Record<string, string>> = {
  'Use dropLast: true, or another batchSize': 'Use another --batch-size',
  'a Dataset, or a share of the training rows greater than 0 and less than 1': 'a share greater than 0 and less than 1',
  'a Table, a share of the rows greater than 0 and less than 1, or false': 'a share greater than 0 and less than 1',
  "Leave task out, or give task: 'classification'": 'Leave --task out, or give --task classification',
  "Leave task out, or give task: 'regression', to predict its numbers":
    'Leave --task out, or give --task regression, to predict its numbers',
};

/** A warning of a run, its remedy in the words of the command line. */
export function warningInFlags(warning: string): string {
  return warning
    .replace("give the Trainer classWeights: 'balanced'", 'use --class-weights balanced')
    .replace("Train with classWeights: 'balanced'", 'Use --class-weights balanced')
    .replace('another learningRate', 'another --learning-rate')
    .replace('a smaller learningRate', 'a smaller --learning-rate')
    .replace('a smaller weightDecay', 'a smaller --weight-decay')
    .replace('more epochs', 'more --epochs')
    .replace("train with task: 'classification'", 'use --task classification');
}

/**
 * The same error in the words of the command line, where it is about a flag.
 *
 * @param options what the command takes, by the names that commander gives them
 * @example SGD: learningRate is -1; expected …   becomes   train: --learning-rate is -1; expected …
 */
export function inFlags(command: string, options: readonly string[], error: unknown): unknown {
  if (isInstance(error, DataError)) return dataErrorInFlags(command, options, error);
  if (!isInstance(error, ArgumentError)) return error;
  const { operation, found, expected, fix } = error.complaint;
  const known = [...options, ...Object.keys(RENAMED)];
  const flagsIn = (text: string, word: RegExp): string =>
    text.replace(word, (name) => (known.includes(name) ? flagOf(name) : name));
  // `batchSize` is a name anywhere, `steps` only as the subject: elsewhere it is English.
  const inWords = (text: string | undefined): string | undefined =>
    text && (PHRASES[text] ?? flagsIn(text, /\b[a-z]+[A-Z]\w*/g));
  // A user has not counted the layers of the flags; those of a file they have.
  const own =
    operation === 'Sequential.from'
      ? found.replace(/^layer \d+ \(\w+\): /, '')
      : found.replace(/^earlyStopping\.patience(?= is )/, 'patience');
  const subject = own.replace(/^\w+( and \w+)?(?= (is|are|names) )/, (names) => flagsIn(names, /\w+/g));
  const told = SCHEDULES.includes(operation) ? `--schedule: ${found}` : inWords(subject)!;
  if (told === found && isOwn(command, operation)) return error;
  return new ArgumentError(
    { operation: command, found: told, expected: inWords(expected), fix: inWords(fix) },
    { cause: error },
  );
}

/** An action of a command whose errors are told in its flags. */
export function toldInFlags<A extends readonly unknown[]>(
  action: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    try {
      await action(...args);
    } catch (error) {
      const command = args.at(-1) as Command; // commander gives it last
      throw inFlags(
        command.name(),
        command.options.map((option) => option.attributeName()),
        error,
      );
    }
  };
}

/** Whether the name of an operation is not that of another command, whose code this one uses. */
function isOwn(command: string, operation: string): boolean {
  return operation === command || operation !== 'train';
}

/** The operations by which commands read files of tables and models. A user of the command has not called them. */
const OF_FILES = /^Table(Model)?\./;

/** Only advice about data names options. */
function dataErrorInFlags(command: string, options: readonly string[], error: DataError): DataError {
  const { operation, found, expected, fix } = error.complaint;
  const told = fix && (PHRASES[fix] ?? adviceInFlags(fix, options));
  if (told === fix && isOwn(command, operation) && !OF_FILES.test(operation)) return error;
  return new DataError({ operation: command, found, expected, fix: told }, { cause: error });
}

/** Advice about the options of `Table.read`. What no flag of the command says, as the kind of a column, is left out. */
function adviceInFlags(fix: string, options: readonly string[]): string | undefined {
  const plain = fix
    .replace(/; (or take every word as a category|if the column holds names): columns: \{.*\}$/, '')
    .replace(/^If the column holds names: columns: \{.*\}$/, '')
    .replace(/\bdecimal: "(.)"/, '--decimal $1')
    .replace(/\bheader: false$/, '--no-header')
    .replace(/^Give its format: format: "(\w+)"$/, 'Give the file a name that ends with .$1');
  const [, before, option, list] = /^(.*: )(ignore|missing): (\[.*\])$/.exec(plain) ?? [];
  if (list === undefined) return plain === '' ? undefined : plain;
  const words = options.includes(option!) ? namesIn(list) : undefined;
  // Of several pieces of advice the others hold without it.
  return words === undefined ? /^(.*); [^;]*$/.exec(before!)?.[1] : `${before}${flagOf(option!)} ${words}`;
}

/** Names as a flag takes them, in quotes where a shell needs them; undefined for names that none takes. */
function namesIn(list: string): string | undefined {
  let names: string[];
  try {
    names = JSON.parse(list);
  } catch {
    return undefined; // too many or too long to be shown
  }
  if (names.some((name) => name.includes(','))) return undefined;
  return shellWord(names.join(','));
}
