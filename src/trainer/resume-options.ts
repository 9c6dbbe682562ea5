/** What a resumed run must have in common with the one that was saved. */

import type { Dataset } from '../data/dataset.js';
import { ArgumentError, show } from '../errors.js';
import type { Network } from '../models/network.js';
import { namedOptimizer, type OptimizerName, resolveOptimizer } from '../optim/named.js';
import type { Optimizer } from '../optim/optimizer.js';
import type { SavedSetup } from './checkpoint.js';
import { fingerprint, requireSameData } from './fingerprint.js';
import type { LearnedState } from './training-state.js';

export interface ResumeOptions {
  /** The network, of the same layers; what its parameters hold is replaced. */
  readonly net: Network;
  /** The rows that the run began with. */
  readonly train: Dataset;
  /** The test rows that the run began with, if it had any. */
  readonly test?: Dataset;
  /** Needed only for an optimizer of your own, of the kind that the run began with. */
  readonly optimizer?: Optimizer | OptimizerName;
}

/** What data a run is trained on. */
export type SavedData = Pick<SavedSetup, 'train' | 'test'>;

/** Looks at every number of the data sets once. */
export async function fingerprints(
  net: Network,
  { train, test }: { readonly train: Dataset; readonly test: Dataset | undefined },
): Promise<SavedData> {
  return { train: await fingerprint(train, net), test: test && (await fingerprint(test, net)) };
}

/** @throws {ArgumentError} if the data is another than that of the saved run, naming what differs */
export function requireSavedData(operation: string, data: SavedData, saved: SavedData): void {
  requireSameData(operation, 'train', data.train, saved.train);
  if (data.test !== undefined && saved.test !== undefined) requireSameData(operation, 'test', data.test, saved.test);
}

/** @throws {ArgumentError} unless a test set is given where the saved run has one, and only there */
export function requireTest(operation: string, test: Dataset | undefined, saved: SavedData): void {
  if ((test === undefined) === (saved.test === undefined)) return;
  throw new ArgumentError({
    operation,
    found: `test is ${test === undefined ? 'undefined' : 'given'}`,
    expected: `${test === undefined ? 'the test rows' : 'none'}, as in the saved run`,
  });
}

/** The optimizer of a saved run: the one that was given, if it is of the same kind and rate, or a new one of its name. */
export function savedOptimizer(
  operation: string,
  given: unknown,
  name: string,
  { optimizer }: LearnedState,
): Optimizer {
  const resolved = given === undefined ? namedOptimizer(name) : resolveOptimizer(operation, given);
  if (resolved === undefined || (resolved.name ?? '') !== name || resolved.restore === undefined) {
    const saved = name === '' ? 'without a name' : `"${name}"`;
    throw new ArgumentError({
      operation,
      found: `optimizer is ${resolved === undefined ? 'undefined' : resolved.restore === undefined ? 'without restore()' : show(resolved.name)}`,
      expected: `an optimizer of the saved run's kind (${saved}), with state and restore`,
    });
  }
  const saved = optimizer?.numbers['learningRate'];
  if (typeof given === 'object' && saved !== undefined && saved !== resolved.learningRate) {
    throw new ArgumentError({
      operation,
      found: `the optimizer has learning rate ${resolved.learningRate}`,
      expected: `${saved}, as in the saved run`,
      fix: 'Leave the optimizer out to go on with that of the saved run',
    });
  }
  return resolved;
}
