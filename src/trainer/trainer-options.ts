import { resolveBatchSize } from '../data/batches.js';
import { Dataset } from '../data/dataset.js';
import { ArgumentError } from '../errors.js';
import { requireMatch } from '../models/match.js';
import type { Network } from '../models/network.js';
import { type OptimizerName, resolveOptimizer } from '../optim/named.js';
import type { Optimizer } from '../optim/optimizer.js';
import { checkOptions, type Elsewhere, requireInstance, requireInteger, requireOneOf } from '../options.js';
import { resolveSeed } from '../random.js';
import { type Callback, checkCallbacks } from './fit-options.js';
import { requireEnoughRows } from './smallest-batch.js';

/** When losses and accuracies are measured; see `TrainerOptions.evaluate`. */
export type EvaluateWhen = 'epochEnd' | 'epochStart' | false;

/** How batches are drawn; see `TrainerOptions.sampling`. */
export type Sampling = 'shuffle' | 'replacement';

interface CommonOptions {
  /** The rows to learn from. */
  readonly train: Dataset;
  /** Held-out rows, on which each record evaluates the network as well. */
  readonly test?: Dataset;
  /** The rule that updates the parameters, or its name to use its defaults. Default: `new SGD({ learningRate: 0.1 })`. */
  readonly optimizer?: Optimizer | OptimizerName;
  /** Rows of a batch; default min(100, rows). With shuffled epochs a larger one means all rows, and the last may be short. */
  readonly batchSize?: number;
  /** 'shuffle' (default): each epoch sees every row once, in a new order. 'replacement': each batch is drawn afresh, as in the book. */
  readonly sampling?: Sampling;
  /** Seed of the order of the rows, an integer in [0, 2³²); drawn when absent and readable as `trainer.seed`. */
  readonly seed?: number;
  /**
   * Measure after each epoch (default), after the first update of each epoch (as the book's figures are), or not at all.
   * Unless the last measurement has seen the final weights, one pass over the training rows at the end confirms that they
   * give a finite loss.
   */
  readonly evaluate?: EvaluateWhen;
  /** What follows the run: called in this order, before the callbacks of `fit`, and saved with the run. */
  readonly callbacks?: readonly Callback[];
}

/** The length of a run: exactly one of `epochs` and `steps`. */
type RunLength =
  | {
      /** How many times all rows are seen. */
      readonly epochs: number;
      readonly steps?: never;
    }
  | {
      /** How many updates are made. */
      readonly steps: number;
      readonly epochs?: never;
    };

/** What a `Trainer` takes: the data, the length of the run (epochs or steps), and how it proceeds. */
export type TrainerOptions = CommonOptions & RunLength;

/** The options with all defaults in place. */
export interface ResolvedOptions {
  readonly train: Dataset;
  readonly test: Dataset | undefined;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly sampling: Sampling;
  readonly seed: number;
  readonly evaluate: EvaluateWhen;
  readonly callbacks: readonly Callback[];
}

const OPTION_NAMES = [
  'train',
  'test',
  'optimizer',
  'epochs',
  'steps',
  'batchSize',
  'sampling',
  'seed',
  'evaluate',
  'callbacks',
] as const;

/** Names of options in other libraries, and what to do here. */
const ELSEWHERE: Elsewhere = {
  validation: 'did you mean "test"?',
  validationData: 'did you mean "test"?',
  learningRate: 'it belongs to the optimizer: optimizer: new SGD({ learningRate })',
  lr: 'it belongs to the optimizer: optimizer: new SGD({ learningRate })',
  shuffle: 'did you mean "sampling"?',
  onStep: 'give it to fit: trainer.fit({ onStep })',
  onEpochEnd: 'give it to fit: trainer.fit({ onEpochEnd })',
  signal: 'give it to fit: trainer.fit({ signal })',
};

export function resolveOptions(net: Network, options: TrainerOptions): ResolvedOptions {
  checkOptions('Trainer', options, OPTION_NAMES, ELSEWHERE);
  const { train, test, epochs, steps } = options;
  requireDataset(net, 'train', train);
  if (test !== undefined) requireDataset(net, 'test', test);
  if ((epochs === undefined) === (steps === undefined)) {
    throw new ArgumentError({
      operation: 'Trainer',
      found: `${epochs === undefined ? 'neither epochs nor steps is' : 'epochs and steps are both'} given`,
      expected: 'exactly one of them',
    });
  }
  const sampling = requireOneOf('Trainer', 'sampling', options.sampling ?? 'shuffle', ['shuffle', 'replacement']);
  const wanted = options.batchSize ?? Math.min(100, train.size);
  const batchSize = resolveBatchSize('Trainer', train, { batchSize: wanted, sampling });
  requireEnoughRows(net, { rows: train.size, batchSize, isLastKept: sampling === 'shuffle' });
  const stepsPerEpoch = Math.max(1, Math.ceil(train.size / batchSize));
  const totalSteps =
    steps === undefined
      ? requireInteger('Trainer', 'epochs', epochs, 1) * stepsPerEpoch
      : requireInteger('Trainer', 'steps', steps, 1);
  const evaluate = options.evaluate ?? 'epochEnd';
  if (evaluate !== false) requireOneOf('Trainer', 'evaluate', evaluate, ['epochEnd', 'epochStart']);
  return {
    train,
    test,
    optimizer: resolveOptimizer('Trainer', options.optimizer ?? 'sgd'),
    batchSize,
    stepsPerEpoch,
    totalSteps,
    sampling,
    seed: resolveSeed('Trainer', options.seed),
    evaluate,
    callbacks: checkCallbacks('Trainer', options.callbacks ?? []),
  };
}

function requireDataset(net: Network, name: string, dataset: unknown): void {
  const fix = 'Make one with Dataset.from({ x, labels })';
  requireMatch('Trainer', name, net, requireInstance('Trainer', name, dataset, Dataset, 'a Dataset', fix));
}
