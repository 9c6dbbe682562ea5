/** Why a loss is no longer finite, and what to do about it: the remedy depends on the cause. */

import type { Dataset } from '../data/dataset.js';
import type { Network } from '../models/network.js';
import { isOfTheLibrary } from '../optim/named.js';
import type { Optimizer } from '../optim/optimizer.js';
import type { ColumnScale, NumbersOfData } from './numbers-of-data.js';
import { brokenBackward, brokenForward } from './own-layers.js';

/** What the weights are where a run has gone back to its beginning. */
export const BEFORE_THIS_RUN = 'those from before this run';

/** Standardized columns have a root mean square of 1. At ten times that, the usual learning rates fail. */
const LARGE = 10;

/** From here on the learning rate is the first suspect, regardless of the data. */
const LARGE_RATE = 10;

/** No step smaller than this can make a finite weight infinite. */
const LARGEST_STEP = 1e30;

export interface Circumstances {
  /** What the option is called. */
  readonly name: 'train' | 'validation' | 'test';
  readonly numbers: NumbersOfData;
  readonly net: Network;
  readonly dataset: Dataset;
  readonly optimizer: Optimizer;
  /** Of the last update; before the first, that of the first. */
  readonly learningRate: number;
  /** The loss that the last update was made from; NaN before the first. */
  readonly lastLoss: number;
  /** Whether x holds bytes that are not scaled. */
  readonly rawBytes: boolean;
  /** Updates of the network since the run began (or was resumed). */
  readonly updates: number;
}

/** One or two sentences, the last without a full stop. */
export function remedy(circumstances: Circumstances): string {
  const { name, numbers, net, dataset, optimizer, learningRate, lastLoss, rawBytes, updates } = circumstances;
  if (numbers.nonFinite !== undefined) {
    return `In ${name}, ${numbers.nonFinite}: the array was changed after Dataset.from had checked it. Repair the data and train again`;
  }
  const broken = Object.keys(net.params).find((parameter) => !net.params[parameter]!.data.every(Number.isFinite));
  if (broken !== undefined && (updates === 0 || lastStepWasSmall(net, learningRate))) {
    const isNotFinite = `Parameter ${broken} holds a number that is not finite`;
    return updates === 0 || isOfTheLibrary(optimizer)
      ? `${isNotFinite}, and no update wrote it. Look at what sets the parameters: a callback, or loadStateDict`
      : `${isNotFinite}, and its last gradient was finite. Look at what sets the parameters: the update of ${optimizer.constructor.name}, a callback, or loadStateDict`;
  }
  const ofALayer = unlessItThrows(() =>
    broken === undefined
      ? brokenForward(net, dataset, name)
      : updates === 0
        ? undefined
        : brokenBackward(net, lastLoss),
  );
  if (ofALayer !== undefined) return ofALayer;
  const scales = [
    ...(numbers.x.rootMeanSquare > LARGE ? [`column ${numbers.x.column} of x ${reaches(numbers.x)}`] : []),
    ...((numbers.targets?.rootMeanSquare ?? 0) > LARGE
      ? [`column ${numbers.targets!.column} of the targets ${reaches(numbers.targets!)}`]
      : []),
  ];
  if (scales.length > 0 && learningRate <= LARGE_RATE) {
    const orElse = updates === 0 ? '' : ', or use a smaller learning rate';
    if (rawBytes)
      return `In ${name}, x holds bytes up to ${numbers.x.largest}. Give Dataset.from { scale: 1 / 255 }${orElse}`;
    return `In ${name}, ${scales.join(' and ')}. Standardize the columns (subtract the mean, divide by the standard deviation)${orElse}`;
  }
  if (updates === 0)
    return 'No update has been made: the weights that the run began with are too large. Initialize the network with smaller ones';
  return 'Use a smaller learning rate';
}

/** A layer of the user's own is called for it: what it throws must not keep the run from going back to good weights. */
function unlessItThrows(diagnosis: () => string | undefined): string | undefined {
  try {
    return diagnosis();
  } catch {
    return undefined;
  }
}

/** Whether the last gradients are finite and too small for an update to have made a weight infinite: that of Adam has the size of 1. */
function lastStepWasSmall({ grads }: Network, learningRate: number): boolean {
  return Object.values(grads).every(({ data }) =>
    data.every((g) => Math.max(Math.abs(g), 1) * learningRate < LARGEST_STEP),
  );
}

function reaches({ largest, rootMeanSquare }: ColumnScale): string {
  return `reaches ${short(largest)} (root mean square ${short(rootMeanSquare)})`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
