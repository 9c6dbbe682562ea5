/** What `TableModel.train` takes, and the settings that follow from it: every default is written here. */

import { ACTIVATIONS, type Activation, type Backend } from '../backend/backend.js';
import type { BackendChoice } from '../backend/choose/load.js';
import type { Distributed } from '../distributed/distributed.js';
import { ArgumentError, show } from '../errors.js';
import { isInstance, isNamed } from '../identity.js';
import {
  checkOptions,
  type Elsewhere,
  requireFlag,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  requireShare,
  requireStrings,
} from '../options.js';
import { resolveSeed } from '../random.js';
import { checkFitParts, type FitOptions } from '../trainer/fit-options.js';
import type { Imputation } from './column-statistics.js';
import { Table } from './table.js';

/** What a model of a table predicts: one class for each row, or a number. */
export type TableTask = 'classification' | 'regression';

/** What `TableModel.train` takes. Only `target` is needed. */
export interface TableTrainOptions extends FitOptions {
  /** The column to predict. */
  readonly target: string;
  /** Default: 'regression' for a column of numbers, otherwise 'classification'. */
  readonly task?: TableTask;
  /** Columns that are not used, e.g. an id. */
  readonly ignore?: readonly string[];
  /** Neurons of each hidden layer. Default [64, 32]; an empty list gives a linear model. */
  readonly hiddenSizes?: readonly number[];
  /** Of the hidden layers. Default 'relu'. */
  readonly activation?: Activation;
  /** The share of each hidden layer's outputs that a step sets to 0, in [0, 1). Default 0. */
  readonly dropout?: number;
  /**
   * Rows by which training is stopped and judged: a share of the rows, in (0, 1), or another table. Default 0.1. Rows of a share
   * are drawn by `seed`, the classes in their proportions. false: all rows are trained on, for all epochs.
   */
  readonly validation?: number | Table | false;
  /**
   * Stop when the validation loss has not fallen for this many epochs, and put the best weights back. Default: a third of
   * `epochs` of up to 1,000 training rows, of more a quarter, at least 6. false: all epochs.
   */
  readonly earlyStopping?: { readonly patience: number } | boolean;
  /** The most times that all rows are seen. Default: 50 of up to 500 training rows, 70 of up to 1,000; of more as many as make 4,000 steps, from 20 to 40. */
  readonly epochs?: number;
  /** Rows of a step. Default: 256 of up to 1,000 training rows; of more a power of 2 near 1 in 32 of them, 128 or 256. */
  readonly batchSize?: number;
  /**
   * Of Adam, where it is highest. It falls from there to 0 along a cosine until the last epoch; of up to 1,000 training rows it first
   * rises for a fifth of the epochs. Default 0.03 of up to 1,000 training rows, 0.01 of up to 2,000, else 0.005.
   */
  readonly learningRate?: number;
  /** How much of each weight a step takes away, times the learning rate (AdamW). Default: 1000 ÷ training rows, from 0.01 to 3, or to 0.5 where x is one column. */
  readonly weightDecay?: number;
  /**
   * How much the rows of each class count, by its name; 1 where it is not named. 'balanced': every class counts equally.
   * Default: all rows count equally.
   */
  readonly classWeights?: 'balanced' | Readonly<Record<string, number>>;
  /** What missing cells count as. */
  readonly impute?: Imputation;
  /** Numbers far outside of the middle half of the rows (by 5 times its width) count as at that limit. Default true. */
  readonly limitOutliers?: boolean;
  /**
   * Categories of fewer training rows share one place. Default: 1 in 200 of the training rows, from 2 to 10. 1 keeps all apart.
   */
  readonly rareBelow?: number;
  /** Columns with at least this many categories are embedded: a row of numbers is learned for each. Default 20. */
  readonly embeddingFrom?: number;
  /** Seed of the split, the weights and the order of the rows, an integer in [0, 2³²); drawn when absent. */
  readonly seed?: number;
  /** Default: the backend of `defaultBackend()`. */
  readonly backend?: Backend | BackendChoice;
  /** Processes that share the training, all with the same table and options: each computes its part of every batch. */
  readonly distributed?: Distributed;
}

const OPTION_NAMES = [
  'target',
  'task',
  'ignore',
  'hiddenSizes',
  'activation',
  'dropout',
  'validation',
  'earlyStopping',
  'epochs',
  'batchSize',
  'learningRate',
  'weightDecay',
  'classWeights',
  'impute',
  'limitOutliers',
  'rareBelow',
  'embeddingFrom',
  'seed',
  'backend',
  'distributed',
  'signal',
  'onStep',
  'onEpochEnd',
] as const satisfies readonly (keyof TableTrainOptions)[];

/** Names of options in other libraries, and what to do here. */
const ELSEWHERE: Elsewhere = {
  label: 'did you mean "target"?',
  y: 'did you mean "target"?',
  hiddenLayerSizes: 'did you mean "hiddenSizes"?',
  hiddenSize: 'give a list as hiddenSizes, e.g. [50]',
  validationSplit: 'give the share as validation, e.g. validation: 0.2',
  validationFraction: 'give the share as validation, e.g. validation: 0.2',
  patience: 'give it as earlyStopping: { patience }',
  optimizer: 'a TableModel trains with AdamW: give learningRate and weightDecay',
  maxIter: 'did you mean "epochs"?',
  alpha: 'did you mean "weightDecay"?',
  randomState: 'did you mean "seed"?',
  classWeight: 'did you mean "classWeights"?',
};

/** The options of a training, checked; what depends on the number of rows is still open. */
export interface CheckedOptions {
  readonly hiddenSizes: readonly number[];
  readonly activation: Activation;
  readonly dropout: number;
  readonly validation: number | Table | false;
  readonly patience: number | false | undefined;
  readonly epochs: number | undefined;
  readonly batchSize: number | undefined;
  readonly learningRate: number | undefined;
  readonly weightDecay: number | undefined;
  readonly classWeights: 'balanced' | Readonly<Record<string, number>> | undefined;
  readonly imputeNumbers: 'median' | 'mostFrequent' | 'own';
  readonly imputeCategories: 'own' | 'mostFrequent';
  readonly limitOutliers: boolean;
  readonly rareBelow: number | undefined;
  readonly embeddingFrom: number;
  readonly ignore: readonly string[];
  readonly seed: number;
}

/** @throws {ArgumentError} for a value out of its range, or an unknown option */
export function checkTrainOptions(operation: string, options: TableTrainOptions): CheckedOptions {
  checkOptions(operation, options, OPTION_NAMES, ELSEWHERE);
  checkFitParts(operation, options);
  const { task, impute = {}, epochs, batchSize, rareBelow } = options;
  if (task !== undefined) requireOneOf(operation, 'task', task, ['classification', 'regression']);
  checkOptions(`${operation}: impute`, impute, ['numbers', 'categories']);
  const whole = (name: string, value: number | undefined): number | undefined =>
    value === undefined ? undefined : requireInteger(operation, name, value, 1);
  const validation = checkValidation(operation, options.validation ?? 0.1);
  const { numbers = 'median', categories = 'own' } = impute;
  const hiddenSizes = checkSizes(operation, options.hiddenSizes ?? [64, 32]);
  const dropout = requireShare(operation, 'dropout', options.dropout ?? 0);
  if (dropout > 0 && hiddenSizes.length === 0) {
    const found = `dropout is ${dropout} and hiddenSizes is []`;
    throw new ArgumentError({ operation, found, expected: 'a hidden layer, whose outputs are dropped' });
  }
  return {
    hiddenSizes,
    activation: requireOneOf(operation, 'activation', options.activation ?? 'relu', ACTIVATIONS),
    dropout,
    validation,
    patience: checkPatience(operation, options.earlyStopping ?? validation !== false, validation),
    epochs: whole('epochs', epochs),
    batchSize: whole('batchSize', batchSize),
    learningRate:
      options.learningRate === undefined ? undefined : requirePositive(operation, 'learningRate', options.learningRate),
    weightDecay:
      options.weightDecay === undefined ? undefined : requireNonNegative(operation, 'weightDecay', options.weightDecay),
    classWeights: checkClassWeights(operation, options.classWeights),
    imputeNumbers: requireOneOf(operation, 'impute.numbers', numbers, ['median', 'mostFrequent', 'own']),
    imputeCategories: requireOneOf(operation, 'impute.categories', categories, ['own', 'mostFrequent']),
    limitOutliers: requireFlag(operation, 'limitOutliers', options.limitOutliers ?? true),
    rareBelow: whole('rareBelow', rareBelow),
    embeddingFrom: requireInteger(operation, 'embeddingFrom', options.embeddingFrom ?? 20, 1),
    ignore: requireStrings(operation, 'ignore', options.ignore ?? []),
    seed: resolveSeed(operation, options.seed ?? seedOf(operation, options.distributed)),
  };
}

/** A seed that all processes have in common; undefined on one. */
function seedOf(operation: string, distributed: unknown): number | undefined {
  if (distributed === undefined) return undefined;
  // By name: a page that never names the class does without it.
  if (isNamed(distributed, 'Distributed')) return (distributed as Distributed).drawSeed();
  throw new ArgumentError({
    operation,
    found: `distributed is ${show(distributed)}`,
    expected: 'await Distributed.connect()',
  });
}

function checkSizes(operation: string, sizes: unknown): readonly number[] {
  if (Array.isArray(sizes)) return sizes.map((size, i) => requireInteger(operation, `hiddenSizes[${i}]`, size, 1));
  throw new ArgumentError({
    operation,
    found: `hiddenSizes is ${show(sizes)}`,
    expected: 'a list of layer sizes, e.g. [50, 100]',
  });
}

function checkClassWeights(operation: string, weights: unknown): CheckedOptions['classWeights'] {
  if (weights === undefined || weights === 'balanced') return weights;
  if (typeof weights !== 'object' || weights === null || Array.isArray(weights)) {
    const expected = '"balanced", or an object with a number for each class, by its name';
    throw new ArgumentError({ operation, found: `classWeights is ${show(weights)}`, expected });
  }
  for (const [name, weight] of Object.entries(weights)) {
    requireNonNegative(operation, `classWeights[${show(name)}]`, weight);
  }
  return weights as Readonly<Record<string, number>>;
}

function checkValidation(operation: string, validation: unknown): number | Table | false {
  if (validation === false || isInstance(validation, Table)) return validation as Table | false;
  if (typeof validation === 'number' && validation > 0 && validation < 1) return validation;
  throw new ArgumentError({
    operation,
    found: `validation is ${show(validation)}`,
    expected: 'a Table, a share of the rows greater than 0 and less than 1, or false',
  });
}

function checkPatience(operation: string, earlyStopping: unknown, validation: unknown): number | false | undefined {
  if (earlyStopping === false) return false;
  if (validation === false) {
    throw new ArgumentError({
      operation,
      found: 'earlyStopping is given and validation is false',
      expected: 'rows to validate on, by which training is stopped',
    });
  }
  if (earlyStopping === true) return undefined;
  checkOptions(`${operation}: earlyStopping`, earlyStopping, ['patience']);
  const { patience } = earlyStopping as { readonly patience?: unknown };
  return requireInteger(operation, 'earlyStopping.patience', patience, 1);
}

/** The defaults that follow from the number of training rows. */
export function sizesOf(
  rows: number,
  { batchSize, epochs, patience, rareBelow, learningRate }: CheckedOptions,
): {
  readonly batchSize: number;
  readonly epochs: number;
  readonly patience: number | false;
  readonly rareBelow: number;
  readonly learningRate: number;
  readonly warmUpEpochs: number;
  readonly beta1: number;
  readonly beta2: number;
} {
  const isSmall = rows <= 1_000;
  const batch = Math.min(batchSize ?? (isSmall ? 256 : within(128, 2 ** Math.round(Math.log2(rows / 32)), 256)), rows);
  // Few rows are soon seen, in large steps. With a high rate that is risen to, and an Adam that forgets sooner, few steps do: on seven
  // tables of 120 to 900 rows (bench/table-defaults.mjs, 64 splits) 74 of them give 0.763 of accuracy or R² on average, and 106 at the
  // rate 0.02 from the first on, β 0.9 and 0.999, gave 0.765. Of 810 rows 50 epochs give R² 0.927, 70 give 0.931 as before.
  const most = epochs ?? (rows <= 500 ? 50 : isSmall ? 70 : within(20, Math.ceil(4_000 / Math.ceil(rows / batch)), 40));
  return {
    batchSize: batch,
    epochs: most,
    patience: patience ?? Math.max(6, Math.ceil(most / (isSmall ? 3 : 4))),
    rareBelow: rareBelow ?? within(2, Math.ceil(rows / 200), 10),
    warmUpEpochs: isSmall ? Math.floor(most / 5) : 0,
    beta1: isSmall ? 0.8 : 0.9,
    beta2: isSmall ? 0.99 : 0.999,
    learningRate: learningRate ?? (isSmall ? 0.03 : rows <= 2_000 ? 0.01 : 0.005),
  };
}

/**
 * Few rows say little about many weights: on 400 rows of diabetes, at the rate 0.001, a decay of 0.01 gives R² 0.335 and one of 1
 * gives 0.433. About a single column they say enough: bench/one-column.mjs.
 *
 * @param columns of x
 */
export function decayOf(rows: number, columns: number, { weightDecay }: CheckedOptions): number {
  return weightDecay ?? within(0.01, 1000 / rows, columns === 1 ? 0.5 : 3);
}

function within(least: number, value: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
