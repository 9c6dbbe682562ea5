/** From a table to a trained network: which rows, which columns, which network, and when to stop. */

import type { Dataset } from '../data/dataset.js';
import { ArgumentError, DataError, show } from '../errors.js';
import type { LayerDescription } from '../layers/layer-types.js';
import type { NetworkDescription } from '../models/description.js';
import { Sequential } from '../models/sequential.js';
import { AdamW } from '../optim/adam-w.js';
import { cosine, type Schedule, warmup } from '../optim/schedules.js';
import { EarlyStopping } from '../trainer/early-stopping.js';
import type { EpochRecord } from '../trainer/epoch-record.js';
import type { FitOptions } from '../trainer/fit-options.js';
import { Trainer } from '../trainer/trainer.js';
import { warningOf } from '../trainer/warnings.js';
import { datasetOfTable } from './encoded-rows.js';
import type { MissingWords } from './missing-words.js';
import { Preprocessor } from './preprocessor.js';
import type { Table } from './table.js';
import { divergingAs } from './table-divergence.js';
import { adviseClasses, divide, featureColumns, rowsWithTarget, targetColumn, wordsOf } from './table-rows.js';
import { ClassNumbers, type ClassTarget, classTarget, type TargetEncoding, valueTarget } from './target-encoding.js';
import { type CheckedOptions, decayOf, sizesOf, type TableTask, type TableTrainOptions } from './training-options.js';
import { limitedColumns, tableWarning } from './training-warnings.js';

/** How a model was trained: the options with all defaults in place. */
export interface TableModelSettings {
  readonly hiddenSizes: readonly number[];
  readonly activation: string;
  readonly dropout: number;
  readonly trainingRows: number;
  readonly validationRows: number;
  /** The most epochs that it could have had. */
  readonly epochs: number;
  readonly batchSize: number;
  /** Where it is highest; it falls from there to 0 along a cosine. */
  readonly learningRate: number;
  /** Epochs in which the rate rises to that; 0: it begins there. */
  readonly warmUpEpochs: number;
  /** Of Adam: the share of the mean gradient, and of the mean square, that a step keeps. */
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
  /** Epochs without a lower validation loss after which training stops; false if it does not. */
  readonly patience: number | false;
  readonly classWeights?: 'balanced' | Readonly<Record<string, number>>;
  readonly imputeNumbers: 'median' | 'mostFrequent' | 'own';
  readonly imputeCategories: 'own' | 'mostFrequent';
  readonly limitOutliers: boolean;
  readonly rareBelow: number;
  readonly embeddingFrom: number;
  readonly seed: number;
}

/** How the training went. */
export interface TableModelHistory {
  /** One record an epoch; of few rows, whose epochs are a few steps, one of every few epochs. Losses of a regression are of standardised targets. */
  readonly epochs: readonly EpochRecord[];
  /** The epoch whose weights the model has. */
  readonly bestEpoch: number;
  /** Whether it ended because the validation loss no longer fell. */
  readonly stoppedEarly: boolean;
  /** Of training, without reading the table. */
  readonly seconds: number;
}

/** What a training gives. */
export interface TrainedTable {
  readonly task: TableTask;
  readonly net: Sequential;
  readonly preprocessor: Preprocessor;
  readonly target: TargetEncoding;
  /** The words that stood for a missing value in the table. */
  readonly missing: MissingWords;
  readonly settings: TableModelSettings;
  readonly history: TableModelHistory;
  readonly warnings: readonly string[];
  /** The rows that were validated on, preprocessed; undefined without any. */
  readonly validation: Dataset | undefined;
}

/** Steps that a record follows at least: to evaluate and copy the weights takes about as long as two. */
const STEPS_OF_RECORD = 4;

/** @throws {DataError} if the table cannot be learned from, before any training */
export async function trainOnTable(
  operation: string,
  table: Table,
  options: TableTrainOptions,
  checked: CheckedOptions,
): Promise<TrainedTable> {
  const warnings: string[] = [];
  const target = targetColumn(operation, table, options.target);
  const task = options.task ?? (target.kind === 'number' ? 'regression' : 'classification');
  const all = rowsWithTarget(operation, target, table.length, warnings);
  // Before the split, so that a refusal has the figures of the whole table.
  const whole = task === 'classification' ? classTarget(operation, target, all) : valueTarget(operation, target, all);
  if (task === 'regression') adviseClasses(target, all, options, warnings);

  const { train, validation } = divide(operation, { table, target, task, rows: all }, checked);
  // Every class keeps a row in the training part. Mean and deviation are those of this part alone.
  const encoding = 'classes' in whole ? whole : valueTarget(operation, target, train);
  const sizes = sizesOf(train.length, checked);
  const features = featureColumns(operation, table, target.name, checked.ignore);
  const rules = { ...checked, ...sizes, impute: checked.imputeCategories, limitsFar: checked.limitOutliers };
  const { preprocessor, empty } = Preprocessor.fit(operation, features, train, rules);
  for (const name of empty) warnings.push(`Column ${show(name)} has no value in the training rows and is not used`);
  if (checked.limitOutliers) warnings.push(...limitedColumns(features, train, preprocessor));
  if (preprocessor.inputSize === 0) {
    throw new DataError({ operation, found: 'no column is left to learn from', expected: 'at least one with values' });
  }

  const missing = wordsOf(table);
  const weightDecay = decayOf(train.length, preprocessor.inputSize, checked);
  const encoder = { preprocessor, target: encoding, missing };
  const net = Sequential.from(describeNetwork(task, preprocessor, encoding, checked), {
    seed: checked.seed,
    ...(options.backend === undefined ? {} : { backend: options.backend }),
  });
  forgetUnknown(net, preprocessor);
  const trainSet = datasetOfTable(operation, encoder, table, train);
  const validated = validation?.table === table ? operation : `${operation}: validation`;
  const validationSet = validation && datasetOfTable(validated, encoder, validation.table, validation.rows);
  const stepsOfEpoch = Math.ceil(train.length / sizes.batchSize);
  const evaluateEvery = Math.min(Math.ceil(STEPS_OF_RECORD / stepsOfEpoch), sizes.epochs);
  const stopping =
    validation === undefined || sizes.patience === false
      ? undefined
      : new EarlyStopping({ patience: Math.ceil(sizes.patience / evaluateEvery) });
  const trainer = new Trainer(net, {
    train: trainSet,
    ...(validationSet === undefined ? {} : { validation: validationSet }),
    epochs: sizes.epochs,
    batchSize: sizes.batchSize,
    optimizer: new AdamW({
      learningRate: scheduleOf(sizes, stepsOfEpoch),
      beta1: sizes.beta1,
      beta2: sizes.beta2,
      weightDecay,
    }),
    seed: checked.seed,
    ...(options.distributed === undefined ? {} : { distributed: options.distributed }),
    evaluateTrain: false,
    evaluateEvery,
    ...weightsOf(operation, encoding, checked.classWeights),
    callbacks: stopping === undefined ? [] : [stopping],
  });
  const history = await divergingAs(operation, () => trainer.fit(fitOptions(options)));
  for (const finding of trainer.findings) warnings.push(tableWarning(finding, encoder) ?? warningOf(finding));
  const epochs = history.epochs;
  return {
    task,
    net,
    preprocessor,
    target: encoding,
    missing,
    settings: settingsOf(checked, { ...sizes, weightDecay }, train.length, validation?.rows.length ?? 0),
    history: {
      epochs,
      bestEpoch: epochs.find(({ step }) => step === stopping?.bestAt)?.epoch ?? epochs.at(-1)!.epoch,
      stoppedEarly: epochs.at(-1)!.epoch < sizes.epochs,
      seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0),
    },
    warnings,
    validation: validationSet,
  };
}

/** The rate of each step: up in equal steps, if there is a warm-up, then down a cosine. */
function scheduleOf(
  { learningRate, warmUpEpochs, epochs }: ReturnType<typeof sizesOf>,
  stepsOfEpoch: number,
): Schedule {
  const after = cosine({ initial: learningRate, steps: stepsOfEpoch * (epochs - warmUpEpochs) });
  return warmUpEpochs === 0 ? after : warmup({ steps: stepsOfEpoch * warmUpEpochs, after });
}

function describeNetwork(
  task: TableTask,
  { inputSize, quantities, vocabularySize, columns }: Preprocessor,
  target: TargetEncoding,
  { hiddenSizes, activation, dropout }: CheckedOptions,
): NetworkDescription {
  const largest = columns.reduce(
    (most, { encoding }) =>
      encoding.kind !== 'number' && encoding.form === 'embedding' ? Math.max(most, encoding.categories.length) : most,
    0,
  );
  const embedding: LayerDescription = {
    type: 'embedding',
    ...(quantities === 0 ? {} : { quantities }),
    vocabularySize,
    outputSize: Math.min(16, Math.ceil(Math.sqrt(largest + 1))),
    weightInitStd: 0.1,
  };
  const hidden = hiddenSizes.flatMap((outputSize): LayerDescription[] => [
    { type: 'affine', outputSize, activation },
    ...(dropout === 0 ? [] : [{ type: 'dropout', ratio: dropout } as const]),
  ]);
  const outputSize = 'classes' in target ? target.classes.length : 1;
  return {
    input: inputSize,
    layers: [...(vocabularySize === 0 ? [] : [embedding]), ...hidden, { type: 'affine', outputSize }],
    task,
  };
}

/** A category that no row had adds nothing, rather than the noise of its initial weights. */
function forgetUnknown(net: Sequential, { columns }: Preprocessor): void {
  for (const { encoding, firstPlace } of columns) {
    if (encoding.kind === 'number' || encoding.form !== 'embedding' || encoding.rare > 0) continue;
    const { data, shape } = net.params['W1']!;
    const start = (firstPlace + encoding.categories.length) * shape[1]!;
    data.fill(0, start, start + shape[1]!);
  }
}

function weightsOf(
  operation: string,
  target: TargetEncoding,
  weights: CheckedOptions['classWeights'],
): { readonly classWeights?: 'balanced' | readonly number[] } {
  if (weights === undefined) return {};
  if (!('classes' in target)) {
    throw new ArgumentError({ operation, found: 'classWeights is given for a regression', expected: 'it for classes' });
  }
  if (weights === 'balanced') return { classWeights: weights };
  const numbers = new ClassNumbers(target as ClassTarget);
  for (const name of Object.keys(weights)) numbers.numberOf(operation, () => 'classWeights', name);
  return { classWeights: target.classes.map((name) => (Object.hasOwn(weights, name) ? weights[name]! : 1)) };
}

function fitOptions({ signal, onStep, onEpochEnd }: TableTrainOptions): FitOptions {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(onStep === undefined ? {} : { onStep }),
    ...(onEpochEnd === undefined ? {} : { onEpochEnd }),
  };
}

function settingsOf(
  checked: CheckedOptions,
  sizes: ReturnType<typeof sizesOf> & { readonly weightDecay: number },
  trainingRows: number,
  validationRows: number,
): TableModelSettings {
  const { hiddenSizes, activation, dropout, classWeights } = checked;
  const { imputeNumbers, imputeCategories, limitOutliers, embeddingFrom, seed } = checked;
  const { epochs, batchSize, patience, rareBelow, learningRate, warmUpEpochs, beta1, beta2, weightDecay } = sizes;
  return {
    hiddenSizes,
    activation,
    dropout,
    trainingRows,
    validationRows,
    epochs,
    batchSize,
    learningRate,
    warmUpEpochs,
    beta1,
    beta2,
    weightDecay,
    patience,
    ...(classWeights === undefined ? {} : { classWeights }),
    imputeNumbers,
    imputeCategories,
    limitOutliers,
    rareBelow,
    embeddingFrom,
    seed,
  };
}
