/** From a Trainer to what a file holds of its run, and back to the options of a Trainer. */

import { Dataset } from '../data/dataset.js';
import { isStream } from '../data/is-stream.js';
import { DataError, StateError, ZerokaraError } from '../errors.js';
import { isInstance } from '../identity.js';
import type { Network } from '../models/network.js';
import { isOfTheLibrary } from '../optim/named.js';
import type { Optimizer } from '../optim/optimizer.js';
import { checkOptions, requireInstance } from '../options.js';
import { type Checkpoint, readCheckpoint, requireJsonData, type SavedSetup } from './checkpoint.js';
import { type ResumeOptions, requireTest, type SavedData, savedNetwork, savedValidation } from './resume-options.js';
import { kindsOf, requireSavedCallbacks, settingsOf } from './saved-callbacks.js';
import { savedOptimizer, scheduledRates } from './saved-optimizer.js';
import type { ResolvedOptions, TrainerOptions } from './trainer-options.js';
import type { TrainingState } from './training-state.js';

/** @throws {ArgumentError} unless the training rows are given again */
function requireRows(operation: string, train: unknown): void {
  if (isStream(train)) return;
  const fix = 'Give the rows that the run began with';
  requireInstance(operation, 'train', train, Dataset, 'a Dataset or a DatasetStream', fix);
}

/** @throws {StateError} for a run that a file cannot hold, or that has nothing to continue from */
export function requireSavable(operation: string, net: Network, optimizer: Optimizer, state: TrainingState): void {
  if (optimizer.state === undefined) {
    throw new StateError({
      operation,
      found: 'the optimizer has no state()',
      expected: 'state and restore, so that a resumed run continues with the same bits',
      fix: 'An optimizer without memory returns { numbers: {}, tensors: {} }',
    });
  }
  for (const [name, { data }] of Object.entries({ ...net.params, ...net.buffers })) {
    if (data.every(Number.isFinite)) continue;
    throw new StateError({
      operation,
      found: `parameter ${name} holds a number that is not finite`,
      expected: 'weights to continue from',
    });
  }
  const { evaluation } = state;
  if (evaluation !== undefined && !Number.isFinite(evaluation.loss)) {
    throw new StateError({
      operation,
      found: `the loss that is being evaluated is ${evaluation.loss}`,
      expected: 'weights to continue from',
    });
  }
  requireJsonData(operation, state);
}

/** How the run was set up, for its file. */
export function savedSetup(options: ResolvedOptions, totalSteps: number, data: SavedData): SavedSetup {
  const { batchSize, dropLast, sampling, seed, evaluate, evaluateTrain, evaluateEvery, optimizer } = options;
  const { augment, clipGlobalNorm, clipValue, callbacks, given } = options;
  const { validation, classWeights } = given;
  return {
    batchSize,
    dropLast,
    totalSteps,
    sampling,
    seed,
    evaluate,
    evaluateTrain,
    evaluateEvery,
    optimizer: optimizer.name ?? '',
    ownOptimizer: !isOfTheLibrary(optimizer),
    clipGlobalNorm,
    clipValue,
    classWeights,
    augment,
    callbacks: kindsOf(callbacks),
    callbackSettings: settingsOf(callbacks),
    rates: scheduledRates(optimizer, totalSteps),
    validationShare: typeof validation === 'number' ? validation : undefined,
    ...data,
  };
}

/** @throws {DataError} for a state that the run cannot be in, although each part of the file is valid */
export function restoreRun(
  operation: string,
  path: string,
  run: { restore(state: TrainingState): void },
  state: TrainingState,
): void {
  try {
    run.restore(state);
  } catch (error) {
    if (!isInstance(error, ZerokaraError)) throw error;
    throw new DataError({ operation, found: `${path} contradicts itself (${error.message})` }, { cause: error });
  }
}

/** A file of `Trainer.save`, as what makes the Trainer that continues it. */
export interface ReadRun {
  readonly net: Network;
  readonly settings: TrainerOptions;
  readonly checkpoint: Checkpoint;
}

/**
 * @throws {DataError} if the file is missing, damaged, or not written by `trainer.save`
 * @throws {ArgumentError} for another network, optimizer, validation or other callbacks than those of the saved run
 */
export async function readRun(operation: string, path: string, options: ResumeOptions): Promise<ReadRun> {
  checkOptions(operation, options, [
    ...['net', 'train', 'validation', 'test', 'optimizer', 'callbacks', 'distributed', 'layers', 'backend'],
  ]);
  const { train, test, distributed } = options;
  requireRows(operation, train);
  const checkpoint = await readCheckpoint(operation, path);
  const { setup, state } = checkpoint;
  requireTest(operation, test, setup);
  const validation = savedValidation(operation, options.validation, setup);
  const callbacks = requireSavedCallbacks(operation, options.callbacks, setup, state.callbacks);
  const net = savedNetwork(operation, path, options, checkpoint);
  const { batchSize, dropLast, totalSteps: steps, sampling, seed, evaluate, evaluateTrain } = setup;
  const { evaluateEvery, clipGlobalNorm, clipValue, classWeights, augment } = setup;
  const optimizer = savedOptimizer(operation, options.optimizer, setup, state);
  const settings: TrainerOptions = {
    ...{ train, steps, batchSize, dropLast, sampling, seed, evaluate, evaluateEvery, optimizer, callbacks },
    // The file says true of a stream too, of which a Trainer refuses it.
    ...(isStream(train) ? {} : { evaluateTrain }),
    ...(test === undefined ? {} : { test }),
    ...(distributed === undefined ? {} : { distributed }),
    ...(validation === undefined ? {} : { validation }),
    ...(clipGlobalNorm === undefined ? {} : { clipGlobalNorm }),
    ...(clipValue === undefined ? {} : { clipValue }),
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(augment === undefined ? {} : { augment }),
  };
  return { net, settings, checkpoint };
}
