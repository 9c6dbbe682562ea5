import { type Augmentation, type AugmentOptions, readAugmentation } from '../data/augmentation.js';
import { resolveBatchSize, stepsOfEpoch } from '../data/batches.js';
import { Dataset } from '../data/dataset.js';
import type { DatasetStream } from '../data/dataset-stream.js';
import { isStream } from '../data/is-stream.js';
import { requireRowsOfEach } from '../data/stream-share.js';
import type { Distributed } from '../distributed/distributed.js';
import { alone, type Ranks } from '../distributed/ranks.js';
import { ArgumentError, show } from '../errors.js';
import { isNamed } from '../identity.js';
import { requireMatch, requireNetworkValue } from '../models/match.js';
import type { Network } from '../models/network.js';
import { type OptimizerName, resolveOptimizer } from '../optim/named.js';
import type { Optimizer } from '../optim/optimizer.js';
import {
  checkOptions,
  type Elsewhere,
  requireFlag,
  requireInstance,
  requireInteger,
  requireOneOf,
  requirePositive,
} from '../options.js';
import { resolveSeed } from '../random.js';
import { type ClassWeights, classWeightsOf, withClassWeights } from './class-weights.js';
import { type Callback, checkCallbacks } from './fit-options.js';
import { requireEnoughRows } from './smallest-batch.js';
import { requireStreamable } from './streamable.js';
import { holdOut } from './validation.js';

/** When losses and accuracies are measured; see `TrainerOptions.evaluate`. */
export type EvaluateWhen = 'epochEnd' | 'epochStart' | false;

/** How batches are drawn; see `TrainerOptions.sampling`. */
export type Sampling = 'shuffle' | 'replacement';

interface CommonOptions {
  /**
   * The rows to learn from. A stream needs `steps`, or `epochs` once its length is known; its records have no train accuracy.
   */
  readonly train: Dataset | DatasetStream;
  /** Held-out rows, on which each record evaluates the network as well. */
  readonly test?: Dataset;
  /**
   * Rows by which training is steered (early stopping, the rate), measured at each record: a data set, or the share of the
   * training rows to hold out, e.g. 0.2. Such a split is drawn by `seed`, with the classes in their proportions.
   */
  readonly validation?: Dataset | number;
  /**
   * The rule that updates the parameters, or its name to use its defaults. Default: `new SGD({ learningRate: 0.1 })`, and for
   * a regression 'adam', whose steps do not grow with the size of the targets.
   */
  readonly optimizer?: Optimizer | OptimizerName;
  /** Rows of a batch; default min(100, rows). With shuffled epochs a larger one means all rows, and the last may be short. */
  readonly batchSize?: number;
  /** Leave out the last batch of an epoch where it is shorter than the others. Default false. */
  readonly dropLast?: boolean;
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
  /**
   * Whether each record evaluates all training rows for its `trainAccuracy`. Default true; of a stream it is false. false saves a forward pass of all of
   * them: records keep `trainLoss`, the mean over the steps, and validation and test rows are evaluated as before.
   */
  readonly evaluateTrain?: boolean;
  /**
   * Epochs from one record to the next, at least 1; the last epoch always has one, also with `evaluate: false`. Default 1. Where an epoch is a few steps, a record
   * of each takes about as long as its steps: all that is measured, and a copy of the weights to go back to.
   */
  readonly evaluateEvery?: number;
  /** Scale the gradients of a step down to this norm √Σ g² where theirs is above it. */
  readonly clipGlobalNorm?: number;
  /** Hold each element of the gradients within [−clipValue, clipValue]. */
  readonly clipValue?: number;
  /**
   * How much the rows of each class count in the loss, times their own weights: one number for each class, or 'balanced',
   * by which every class counts equally and the mean over the rows is 1.
   */
  readonly classWeights?: ClassWeights;
  /**
   * Change the images of each step a little, each by random numbers of its own: shift (pixels), rotate (degrees) and scale
   * (a share), e.g. { shift: 2, rotate: 10, scale: 0.1 }, or mirror some (flip: true). Evaluations see the images as they are. Default: no change.
   */
  readonly augment?: AugmentOptions;
  /**
   * The processes that share the run: each computes its part of every batch, and all keep the same weights. `batchSize` is that
   * of all of them together. Rank 0 alone calls back and writes files.
   */
  readonly distributed?: Distributed;
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

/** The data as it was given: what a saved run is compared by. */
export interface GivenData {
  readonly train: Dataset | DatasetStream;
  readonly validation: Dataset | number | undefined;
  readonly test: Dataset | undefined;
  readonly classWeights: ClassWeights | undefined;
}

/** The options with all defaults in place. */
export interface ResolvedOptions {
  /** The rows of a step, with the weights of their classes. */
  readonly train: Dataset | DatasetStream;
  /** The weights of the classes of a stream, whose rows have none. */
  readonly classWeights: readonly number[] | undefined;
  readonly validation: Dataset | undefined;
  readonly test: Dataset | undefined;
  /** The data sets as they were given, and what was asked of them. */
  readonly given: GivenData;
  readonly dropLast: boolean;
  readonly clipGlobalNorm: number | undefined;
  readonly clipValue: number | undefined;
  readonly augment: Augmentation | undefined;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly totalSteps: number;
  readonly sampling: Sampling;
  readonly seed: number;
  readonly evaluate: EvaluateWhen;
  readonly evaluateTrain: boolean;
  readonly evaluateEvery: number;
  readonly callbacks: readonly Callback[];
  /** Those that this process calls. */
  readonly called: readonly Callback[];
  /** What the run does with other processes, or alone. */
  readonly ranks: Ranks;
}

const OPTION_NAMES = [
  'train',
  'test',
  'validation',
  'optimizer',
  'epochs',
  'steps',
  'batchSize',
  'dropLast',
  'sampling',
  'seed',
  'evaluate',
  'evaluateTrain',
  'evaluateEvery',
  'clipGlobalNorm',
  'clipValue',
  'classWeights',
  'augment',
  'distributed',
  'callbacks',
] as const;

/** Names of options in other libraries, and what to do here. */
const ELSEWHERE: Elsewhere = {
  validationFreq: 'did you mean "evaluateEvery"?',
  validationData: 'did you mean "validation"?',
  validationSplit: 'give the share as validation, e.g. validation: 0.2',
  augmentation: 'did you mean "augment"?',
  classWeight: 'did you mean "classWeights"?',
  clipnorm: 'did you mean "clipGlobalNorm"?',
  learningRate: 'it belongs to the optimizer: optimizer: new SGD({ learningRate })',
  lr: 'it belongs to the optimizer: optimizer: new SGD({ learningRate })',
  shuffle: 'did you mean "sampling"?',
  loss: 'it belongs to the network',
  metrics: 'net.evaluate(dataset, { metrics }) measures them',
  onStep: 'give it to fit: trainer.fit({ onStep })',
  onEpochEnd: 'give it to fit: trainer.fit({ onEpochEnd })',
  signal: 'give it to fit: trainer.fit({ signal })',
};

export function resolveOptions(net: Network, options: TrainerOptions): ResolvedOptions {
  requireNetworkValue('Trainer', 'net is', net);
  checkOptions('Trainer', options, OPTION_NAMES, ELSEWHERE);
  const {
    test,
    epochs,
    steps,
    dropLast = false,
    evaluateTrain = true,
    evaluateEvery = 1,
    classWeights,
    clipGlobalNorm,
    clipValue,
  } = options;
  if (isStream(options.train)) requireStreamable(net, options.train, options);
  else requireDataset(net, 'train', options.train);
  if (options.validation !== undefined && typeof options.validation !== 'number') {
    requireDataset(net, 'validation', options.validation);
  }
  if (test !== undefined) requireDataset(net, 'test', test);
  if ((epochs === undefined) === (steps === undefined)) {
    throw new ArgumentError({
      operation: 'Trainer',
      found: `${epochs === undefined ? 'neither epochs nor steps is' : 'epochs and steps are both'} given`,
      expected: 'exactly one of them',
    });
  }
  const ranks = ranksOf(net, options);
  const seed = options.seed === undefined ? ranks.drawSeed() : resolveSeed('Trainer', options.seed);
  const { train, validation, classWeights: streamWeights } = divide(options, seed);
  requireFlag('Trainer', 'dropLast', dropLast);
  requireFlag('Trainer', 'evaluateTrain', evaluateTrain);
  requireInteger('Trainer', 'evaluateEvery', evaluateEvery, 1);
  if (clipGlobalNorm !== undefined) requirePositive('Trainer', 'clipGlobalNorm', clipGlobalNorm);
  if (clipValue !== undefined) requirePositive('Trainer', 'clipValue', clipValue);
  const augment =
    options.augment === undefined
      ? undefined
      : readAugmentation('Trainer', options.augment, {
          name: 'train',
          inputShape: train.inputShape,
          inputSize: train.inputSize,
        });
  const sampling = requireOneOf('Trainer', 'sampling', options.sampling ?? 'shuffle', ['shuffle', 'replacement']);
  const { inputSize, outputSize } = train;
  const rows = isStream(train) ? (train.rows ?? Number.POSITIVE_INFINITY) : train.size;
  const wanted = options.batchSize ?? Math.min(100, rows);
  const batchSize = resolveBatchSize('Trainer', { size: rows, inputSize, outputSize }, { batchSize: wanted, sampling });
  if (isStream(train) && ranks.share !== undefined)
    requireRowsOfEach('Trainer', Math.min(batchSize, rows), ranks.share);
  requireEnoughRows(net, { rows, batchSize, isLastKept: sampling === 'shuffle' && !dropLast, ranks });
  const stepsPerEpoch = stepsOfEpoch(rows, batchSize, dropLast && sampling === 'shuffle');
  const totalSteps =
    steps === undefined
      ? requireInteger('Trainer', 'epochs', epochs, 1) * stepsPerEpoch
      : requireInteger('Trainer', 'steps', steps, 1);
  const evaluate = options.evaluate ?? 'epochEnd';
  if (evaluate !== false) requireOneOf('Trainer', 'evaluate', evaluate, ['epochEnd', 'epochStart']);
  const callbacks = checkCallbacks('Trainer', options.callbacks ?? []);
  return {
    train,
    classWeights: streamWeights,
    validation,
    test,
    given: { train: options.train, validation: options.validation, test, classWeights },
    dropLast,
    clipGlobalNorm,
    clipValue,
    augment,
    optimizer: resolveOptimizer('Trainer', options.optimizer ?? defaultOptimizer(net)),
    batchSize,
    totalSteps,
    sampling,
    seed,
    evaluate,
    evaluateTrain,
    evaluateEvery,
    callbacks,
    called: ranks.isFirst ? callbacks : callbacks.filter(({ everywhere }) => everywhere === true),
    ranks,
  };
}

/** The processes that share the run. */
function ranksOf(net: Network, { distributed, train }: TrainerOptions): Ranks {
  if (distributed === undefined) return alone(net);
  // By name: a page that never names the class does without it.
  if (!isNamed(distributed, 'Distributed')) {
    throw new ArgumentError({
      operation: 'Trainer',
      found: `distributed is ${show(distributed)}`,
      expected: 'await Distributed.connect()',
    });
  }
  if (isStream(train) && distributed.deterministic) {
    throw new ArgumentError({
      operation: 'Trainer',
      found: 'train is a DatasetStream, and the ranks are deterministic',
      expected: 'a Dataset: which rows of a stream a batch has depends on the number of ranks',
      fix: 'Connect without deterministic',
    });
  }
  return distributed.ranks(net);
}

/** What is learned from and what is held out of it, with the weights of the classes. */
function divide(
  { train, validation, classWeights }: TrainerOptions,
  seed: number,
): Pick<ResolvedOptions, 'train' | 'validation' | 'classWeights'> {
  if (isStream(train)) {
    const weights = classWeights === undefined ? undefined : classWeightsOf('Trainer', train, classWeights);
    return { train, validation: validation as Dataset | undefined, classWeights: weights };
  }
  const divided = holdOut('Trainer', train, validation, seed);
  if (classWeights === undefined) return { ...divided, classWeights };
  return { ...divided, train: withClassWeights('Trainer', divided.train, classWeights), classWeights: undefined };
}

/** The gradient of a squared error has no bound: SGD at its usual rate diverged with 12 of 50 seeds on standardised diabetes data. */
function defaultOptimizer({ kind }: Network): OptimizerName {
  return kind === 'regression' ? 'adam' : 'sgd';
}

function requireDataset(net: Network, name: string, dataset: unknown): void {
  const fix = 'Make one with Dataset.from({ x, labels })';
  requireMatch('Trainer', name, net, requireInstance('Trainer', name, dataset, Dataset, 'a Dataset', fix));
}
