/** The networks of chapter 6 on digits, and the loop of the book that trains them. */

import type { Dataset } from '../../src/data/dataset.js';
import type { LayerDescription } from '../../src/layers/layer-types.js';
import { Sequential } from '../../src/models/sequential.js';
import type { Optimizer } from '../../src/optim/optimizer.js';
import type { History } from '../../src/trainer/history.js';
import { Trainer } from '../../src/trainer/trainer.js';
import { runnableBackends } from './runnable.js';

export interface DeepNet {
  readonly hiddenLayers: number;
  readonly weightInitStd?: number | 'he' | 'xavier';
  readonly batchNormalization?: boolean;
  /** Share of the activations that a training step drops. */
  readonly dropout?: number;
  /** λ of the penalty ½ · λ · Σ W². */
  readonly l2?: number;
  readonly seed?: number;
}

/** 784-100-…-100-10 of ReLU, on the fastest backend there is. */
export function deepNet({
  hiddenLayers,
  weightInitStd = 'he',
  batchNormalization,
  dropout,
  l2 = 0,
  seed = 1,
}: DeepNet) {
  const hidden: LayerDescription[] = [{ type: 'affine', outputSize: 100, weightInitStd }];
  // The book adds 1e-6 to the variance, and its smallest weights show it: 1e-5 would outweigh theirs.
  if (batchNormalization) hidden.push({ type: 'batchNormalization', epsilon: 1e-6 });
  hidden.push({ type: 'relu' });
  if (dropout !== undefined) hidden.push({ type: 'dropout', ratio: dropout });
  const layers = Array.from({ length: hiddenLayers }, () => hidden).flat();
  return Sequential.from(
    { input: 784, layers: [...layers, { type: 'affine', outputSize: 10, weightInitStd }], l2 },
    { seed, backend: runnableBackends()[0]! },
  );
}

/** Trains on batches drawn with replacement, the same for every network. */
export function trainNet(
  net: Sequential,
  run: { train: Dataset; optimizer: Optimizer; batchSize: number; steps: number },
): History {
  return new Trainer(net, { ...run, sampling: 'replacement', evaluate: false, seed: 1 }).fitSync();
}

/** The mean loss of the 25 batches around an update. */
export function lossAt(losses: Float64Array, step: number): number {
  const around = losses.slice(step - 12, step + 13);
  return around.reduce((sum, loss) => sum + loss, 0) / around.length;
}
