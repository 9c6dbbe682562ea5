/** What every workload of a job starts from: a network's sizes, its initial weights and the rows. */

import { createBackend } from '../backend/choose/load.js';
import { Dataset } from '../data/dataset.js';
import { MultiLayerNet } from '../models/multi-layer-net.js';
import { type Digits, imitations } from './imitations.js';
import { type JobNet, SEED } from './jobs.js';

export interface JobData extends Pick<JobNet, 'sizes' | 'activation' | 'batchSize' | 'checkSteps'> {
  readonly train: Dataset;
  /** W1, b1, W2, b2, … one after another, each W as (in, out). */
  readonly parameters: Float32Array;
}

/** The job's data, generated here: imitated digits, and weights from the seed. */
export function imitatedData(net: JobNet): JobData {
  return { ...net, train: digitsDataset(imitations(net.rows, SEED), net.sizes), parameters: initialParameters(net) };
}

/** Digits as a data set; pixels stay bytes. */
export function digitsDataset({ x, labels, count }: Digits, sizes: readonly number[]): Dataset {
  return Dataset.from({ x: { data: x, shape: [count, sizes[0]!] }, labels, classes: sizes.at(-1)!, scale: 1 / 255 });
}

/** W1, b1, W2, b2, … one after another, each W as (in, out). */
export function initialParameters({ sizes, activation, weightInitStd }: JobNet): Float32Array {
  const backend = createBackend('js');
  const net = new MultiLayerNet({ ...layerSizes(sizes), activation, weightInitStd, seed: SEED, backend });
  const tensors = Object.values(net.params);
  const all = new Float32Array(tensors.reduce((sum, { size }) => sum + size, 0));
  let offset = 0;
  for (const { data, size } of tensors) {
    all.set(data, offset);
    offset += size;
  }
  return all;
}

/** 784-50-10 as the options of a network. */
export function layerSizes(sizes: readonly number[]): { inputSize: number; hiddenSizes: number[]; outputSize: number } {
  return { inputSize: sizes[0]!, hiddenSizes: sizes.slice(1, -1), outputSize: sizes.at(-1)! };
}
