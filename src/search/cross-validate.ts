import { Dataset } from '../data/dataset.js';
import { ArgumentError } from '../errors.js';
import { requireNetworkValue } from '../models/match.js';
import type { EvaluateOptions, Evaluation, Network } from '../models/network.js';
import type { OptimizerName } from '../optim/named.js';
import type { Optimizer } from '../optim/optimizer.js';
import { checkOptions, requireFlag, requireFunction, requireInstance, requireInteger } from '../options.js';
import { Random, resolveSeed } from '../random.js';
import type { Callback } from '../trainer/fit-options.js';
import { Trainer } from '../trainer/trainer.js';
import type { TrainerOptions } from '../trainer/trainer-options.js';

type Shared = Pick<
  TrainerOptions,
  'batchSize' | 'dropLast' | 'sampling' | 'clipGlobalNorm' | 'clipValue' | 'classWeights' | 'augment'
>;

/** How a network is trained on each fold and measured. */
export interface CrossValidateOptions extends Shared, EvaluateOptions {
  /** Into how many parts the rows are dealt; each is held out once. Default 5. */
  readonly folds?: number;
  /** Deal the classes out alike. Default true for a data set with labels. */
  readonly stratify?: boolean;
  /** Seed of the folds, and of each network and its training. Drawn when absent. */
  readonly seed?: number;
  /** How often the rows of the other folds are seen. */
  readonly epochs: number;
  /** A name, or a function that makes an optimizer for each fold: it remembers what it has updated. */
  readonly optimizer?: OptimizerName | (() => Optimizer);
  /** Makes the callbacks of each fold. Its records know the training rows and the share that `validation` holds out. */
  readonly callbacks?: () => readonly Callback[];
  /** The share of the training rows of each fold by which callbacks steer; needs `callbacks`. */
  readonly validation?: number;
}

/** What the folds gave. */
export interface CrossValidation {
  readonly seed: number;
  /** What `evaluate` gave of each fold when it was held out. */
  readonly folds: readonly Evaluation[];
  /** The mean over the folds of each number, by its name. */
  readonly mean: Readonly<Record<string, number>>;
  /** The standard deviation over the folds of each number, with folds − 1 in the denominator. */
  readonly deviation: Readonly<Record<string, number>>;
}

const NAMES = [
  ...['folds', 'stratify', 'seed', 'epochs', 'optimizer', 'callbacks', 'validation', 'metrics'],
  ...['batchSize', 'dropLast', 'sampling', 'clipGlobalNorm', 'clipValue', 'classWeights', 'augment'],
];

/**
 * Trains a network on all folds but one and measures it on that one, for each fold.
 *
 * @param makeNetwork makes a network with initial weights of this seed; each fold has one of its own
 * @throws {ArgumentError} for fewer than 2 folds or more than rows, a `makeNetwork` that returns no network or
 *   the same one twice, `validation` without `callbacks`, or what the Trainer refuses
 * @example
 * const { mean } = await crossValidate((seed) => new TwoLayerNet({ inputSize: 4, hiddenSize: 8, outputSize: 3, seed }), iris, {
 *   epochs: 50, optimizer: 'adam', seed: 1,
 * });
 * mean.accuracy   // 0.96
 */
export async function crossValidate(
  makeNetwork: (seed: number) => Network,
  dataset: Dataset,
  options: CrossValidateOptions,
): Promise<CrossValidation> {
  const operation = 'crossValidate';
  requireFunction(operation, 'makeNetwork', makeNetwork);
  requireInstance(operation, 'dataset', dataset, Dataset, 'a Dataset');
  checkOptions(operation, options, NAMES);
  const { folds = 5, stratify = dataset.kind === 'classification', optimizer, callbacks, metrics, ...rest } = options;
  const count = requireInteger(operation, 'folds', folds, 2, dataset.size);
  if (requireFlag(operation, 'stratify', stratify) && dataset.kind !== 'classification') {
    const found = `stratify is true for a ${dataset.kind} data set`;
    throw new ArgumentError({ operation, found, expected: 'it for labels, one class a row' });
  }
  if (optimizer !== undefined && typeof optimizer !== 'string') {
    requireFunction(operation, 'optimizer', optimizer, 'a name, or a function that makes an optimizer for each fold');
  }
  if (callbacks !== undefined)
    requireFunction(operation, 'callbacks', callbacks, 'a function that makes those of a fold');
  if (options.validation !== undefined && callbacks === undefined) {
    throw new ArgumentError({
      operation,
      found: 'validation is given without callbacks',
      expected: 'callbacks that steer by it, or no validation: each fold is measured on the rows that it holds out',
    });
  }
  const seed = resolveSeed(operation, options.seed);
  const parts = dataset.folds(count, stratify, new Random(seed, 'split'));

  const evaluations: Evaluation[] = [];
  const nets: Network[] = [];
  for (const [fold, held] of parts.entries()) {
    const others = parts.filter((part) => part !== held).flatMap((part) => [...part.parts.rows]);
    const own = (seed + fold) % 2 ** 32;
    const net = makeNetwork(own);
    requireNetworkValue(operation, 'makeNetwork returned', net);
    if (nets.includes(net)) {
      throw new ArgumentError({
        operation,
        found: `makeNetwork returned the network of fold ${nets.indexOf(net) + 1} again for fold ${fold + 1}`,
        expected: 'a new network for each fold: this one has been trained on the rows that are held out now',
      });
    }
    nets.push(net);
    const trainer = new Trainer(net, {
      ...rest,
      train: dataset.withRows(Int32Array.from(others)),
      seed: own,
      evaluate: callbacks === undefined ? false : 'epochEnd',
      ...(optimizer === undefined ? {} : { optimizer: typeof optimizer === 'string' ? optimizer : optimizer() }),
      ...(callbacks === undefined ? {} : { callbacks: callbacks() }),
    });
    await trainer.fit();
    evaluations.push(net.evaluate(held, metrics === undefined ? {} : { metrics }));
  }
  return { seed, folds: evaluations, ...summary(evaluations) };
}

/** Mean and deviation of what every fold has as a number. */
function summary(folds: readonly Evaluation[]): Pick<CrossValidation, 'mean' | 'deviation'> {
  const [mean, deviation]: [Record<string, number>, Record<string, number>] = [{}, {}];
  for (const name of Object.keys(folds[0]!) as (keyof Evaluation)[]) {
    const values = folds.map((fold) => fold[name]).filter((value) => typeof value === 'number');
    if (values.length < folds.length) continue;
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    mean[name] = average;
    deviation[name] = Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1));
  }
  return { mean, deviation };
}
