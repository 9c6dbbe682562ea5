/** What the ranks of a run must be given alike, as text to compare: a difference would part them in the middle of the run. */

import { isStream } from '../data/is-stream.js';
import type { Common } from '../distributed/ranks.js';
import type { Network } from '../models/network.js';
import type { Callback } from './fit-options.js';
import { kindsOf, settingsOf } from './saved-callbacks.js';
import type { ResolvedOptions } from './trainer-options.js';

/**
 * @param run where it stands
 * @param callbacks those that all ranks call
 */
export function commonSettings(
  net: Network,
  options: ResolvedOptions,
  run: { readonly totalSteps: number; readonly step: number },
  callbacks: readonly Callback[],
): Common {
  const { train, validation, test, given, optimizer, batchSize, dropLast, sampling } = options;
  const { evaluate, evaluateTrain, evaluateEvery, clipGlobalNorm, clipValue, augment } = options;
  const rows = (dataset: { readonly size: number } | undefined): number => dataset?.size ?? 0;
  const settings = Object.entries({
    'the number of training rows': isStream(train) ? train.rows : train.size,
    'the number of validation rows': rows(validation),
    'the number of test rows': rows(test),
    inputSize: train.inputSize,
    parameters: Object.values(net.params).reduce((sum, { size }) => sum + size, 0),
    dtype: net.dtype,
    l2: net.l2 ?? 0,
    seed: options.seed,
    batchSize,
    totalSteps: run.totalSteps,
    step: run.step,
    dropLast,
    sampling,
    evaluate,
    evaluateTrain,
    evaluateEvery,
    clipGlobalNorm,
    clipValue,
    classWeights: given.classWeights,
    augment,
    optimizer: optimizer.name,
    'the learning rate': optimizer.learningRate,
    'the state of the optimizer': optimizer.state?.().numbers,
  }).map(([name, value]) => ({ name, text: textOf(value) }));
  const kinds = {
    name: 'the list of callbacks that decide',
    text: `[${kindsOf(callbacks).join(', ')}]`,
    fix: 'Give EarlyStopping, ReduceOnPlateau and others with everywhere: true on every rank: each decides by the records, which all ranks have',
  };
  return [...settings, kinds, { name: 'what these callbacks were made with', text: textOf(settingsOf(callbacks)) }];
}

function textOf(value: unknown): string {
  return value === undefined ? 'not given' : JSON.stringify(value);
}
