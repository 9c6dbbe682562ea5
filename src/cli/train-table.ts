/** `zerokara train TABLE --target COLUMN`. */

import type { Command } from 'commander';
import { ArgumentError } from '../errors.js';
import { TableModel, type TableTrainOptions } from '../index.js';
import { jsonPathOf } from '../io/json-path.js';
import { resolveSeed } from '../random.js';
import { checkTrainOptions } from '../table/training-options.js';
import { isAbortedElsewhere } from '../trainer/abort.js';
import { evaluationLines } from './evaluation-text.js';
import { flagOf, warningInFlags } from './flag-errors.js';
import { exitStatus, interruptible } from './interruption.js';
import { formatCount, formatCounted, formatSeconds } from './numbers.js';
import { requireOutputs, saveSomewhere } from './outputs.js';
import { type CommandRanks, commonSeed, isFirst } from './ranks.js';
import { inputOf } from './table-input.js';
import { type PartFlags, partsOf, readWithTarget } from './table-parts.js';
import { tableReport } from './table-report.js';

/** The flags of `train` that go with a table. */
export interface TableFlags extends PartFlags {
  readonly target?: string;
  readonly hiddenSizes?: readonly number[];
  readonly activation?: 'relu' | 'sigmoid' | 'tanh';
  readonly dropout?: number;
  readonly epochs?: number;
  readonly batchSize: number;
  readonly learningRate?: number;
  readonly weightDecay?: number;
  readonly validation?: number;
  readonly earlyStopping?: number;
  readonly classWeights?: 'balanced';
  readonly seed?: number;
  readonly backend: 'auto' | 'native' | 'wasm' | 'js';
  readonly save?: string;
  readonly report?: string;
  readonly json?: true;
}

/** Only with a table, and with a table only beside the flags of both. */
const OF_TABLES = [
  'target',
  'task',
  'test',
  'ignore',
  'missing',
  'delimiter',
  'decimal',
  'header',
  'hiddenSizes',
  'json',
];
const OF_BOTH = [
  ...['activation', 'dropout', 'epochs', 'batchSize', 'learningRate', 'weightDecay', 'validation', 'earlyStopping'],
  ...['classWeights', 'seed', 'backend', 'save', 'report', 'threads', 'deterministic'],
];

/** @throws {ArgumentError} for a flag of tables without one, or of digits with a table */
export function requireFlagsOf(command: Command, table: string | undefined): void {
  const given = command.options
    .map((option) => option.attributeName())
    .filter((name) => command.getOptionValueSource(name) === 'cli');
  const known = [...OF_TABLES, ...OF_BOTH];
  const wrong = given.find((name) => (table === undefined ? OF_TABLES.includes(name) : !known.includes(name)));
  if (wrong === undefined) return;
  throw new ArgumentError({
    operation: 'train',
    found: `${flagOf(wrong)} is given ${table === undefined ? 'without a table' : `with the table ${table}`}`,
    expected:
      table === undefined
        ? 'the file of one first: zerokara train data.csv --target COLUMN'
        : 'it for digits only, which are trained on without a table',
  });
}

export async function trainTable(
  command: Command,
  file: string,
  flags: TableFlags,
  ranks: CommandRanks,
): Promise<void> {
  const { target, test } = flags;
  if (target === undefined) {
    throw new ArgumentError({
      operation: 'train',
      found: `${file} is given without --target`,
      expected: 'the name of the column to predict: --target COLUMN',
    });
  }
  if (!(test > 0 && test < 1)) {
    throw new ArgumentError({
      operation: 'train',
      found: `--test is ${test}`,
      expected: 'a share greater than 0 and less than 1',
    });
  }
  const seed = resolveSeed('train', commonSeed('train', flags.seed, ranks).seed);
  const prints = isFirst(ranks);
  const chosen = { ...optionsOf(command, flags), target, seed };
  checkTrainOptions('train', chosen);
  if (prints) await requireOutputs('train', flags, [file]);
  const input = inputOf('train', file, ranks?.size);
  const parts = partsOf(await readWithTarget(input, target, flags), target, flags, seed);
  const say = (line: string): void => {
    if (prints) (flags.json === true ? console.error : console.log)(line);
  };
  const warn = (warning: string): void => {
    if (prints) console.error(`warning: ${warning}`);
  };
  say(
    `data: ${formatCounted(parts.train.length, 'row')} to learn, ${formatCount(parts.test.length)} held out, from ${input.name}`,
  );
  for (const warning of parts.warnings) warn(warning);

  await interruptible(
    async (interruption) => {
      const options = { ...chosen, signal: interruption.signal, onEpochEnd: showEpoch };
      const shared = ranks === undefined ? {} : { distributed: ranks };
      const model = await TableModel.train(parts.train, { ...options, ...shared }).catch((error: unknown) => {
        const cause = interruption.cause ?? (isAbortedElsewhere(error) ? 'SIGTERM' : undefined);
        if (cause === undefined) throw error;
        process.exitCode = exitStatus(cause);
        return undefined;
      });
      if (model === undefined) return say('interrupted: nothing was saved');
      if (!prints) return;
      const evaluation = model.evaluate(parts.test);
      for (const warning of model.warnings) warn(warningInFlags(warning));
      const { epochs, seconds } = model.history;
      say(
        `network: ${formatCounted(model.columns.length, 'column')}, hidden layers of ${model.settings.hiddenSizes.join(', ') || 'none'}, seed ${seed}`,
      );
      say(
        `trained: ${formatCounted(epochs.at(-1)?.epoch ?? 0, 'epoch')} in ${formatSeconds(seconds)}, backend ${model.net.backend.name}`,
      );
      if (flags.save !== undefined) {
        await saveSomewhere(flags.save, (place) => model.save(place));
        say(`saved to ${flags.save}`);
      }
      if (flags.report !== undefined) {
        // Only now: it brings a plotting library along.
        const { writeReport } = await import('../report/index.js');
        await writeReport(flags.report, await tableReport(model, input.name, parts));
        say(`report in ${flags.report}, its numbers in ${jsonPathOf(flags.report)}`);
      }
      const { task, settings } = model;
      const warnings = [...parts.warnings, ...model.warnings].map(warningInFlags);
      if (flags.json === true) console.log(JSON.stringify({ target, task, evaluation, settings, warnings }, null, 2));
      else console.log(`held out: ${evaluationLines(evaluation).join('\n')}`);
    },
    () => {},
  );
}

/** What was given; the rest is for the model to choose. */
function optionsOf(command: Command, flags: TableFlags): Omit<TableTrainOptions, 'target'> {
  const given = (name: keyof TableFlags): boolean => command.getOptionValueSource(name) === 'cli';
  const names = ['hiddenSizes', 'activation', 'dropout', 'epochs', 'batchSize', 'learningRate', 'weightDecay'] as const;
  const chosen = [...names, 'task', 'validation', 'classWeights'] as const;
  return {
    ...Object.fromEntries(chosen.filter(given).map((name) => [name, flags[name]])),
    ...(flags.earlyStopping === undefined ? {} : { earlyStopping: { patience: flags.earlyStopping } }),
    backend: flags.backend,
  };
}

/** At most every tenth epoch has a line. */
function showEpoch({
  epoch,
  trainLoss,
  validationLoss,
}: {
  epoch: number;
  trainLoss: number;
  validationLoss?: number;
}): void {
  if (epoch !== 1 && epoch % 10 !== 0) return;
  const held = validationLoss === undefined ? '' : `, validation loss ${validationLoss.toFixed(4)}`;
  console.error(`epoch ${epoch}: loss ${trainLoss.toFixed(4)}${held}`);
}
