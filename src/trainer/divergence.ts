/** Why a loss is no longer finite, and what to do about it: the remedy depends on the cause. */

import type { Network } from '../models/network.js';
import type { ColumnScale, NumbersOfData } from './numbers-of-data.js';

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
  readonly learningRate: number;
  /** Whether x holds bytes that are not scaled. */
  readonly rawBytes: boolean;
  /** Updates of the network since the run began (or was resumed). */
  readonly updates: number;
}

/** One or two sentences, the last without a full stop. */
export function remedy({ name, numbers, net, learningRate, rawBytes, updates }: Circumstances): string {
  if (numbers.nonFinite !== undefined) {
    return `In ${name}, ${numbers.nonFinite}: the array was changed after Dataset.from had checked it. Repair the data and train again`;
  }
  const broken = Object.keys(net.params).find((parameter) => !net.params[parameter]!.data.every(Number.isFinite));
  if (broken !== undefined && (updates === 0 || lastStepWasSmall(net, learningRate))) {
    return `Parameter ${broken} holds a number that is not finite, and no update wrote it. Look at what sets the parameters: a callback, or loadStateDict`;
  }
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
    return 'No update has been made: the initial weights are too large. Initialize the network with smaller ones';
  return 'Use a smaller learning rate';
}

/** Whether the last gradients are finite and too small for an update to have made a weight infinite. */
function lastStepWasSmall({ grads }: Network, learningRate: number): boolean {
  return Object.values(grads).every(({ data }) => data.every((g) => Math.abs(g) * learningRate < LARGEST_STEP));
}

function reaches({ largest, rootMeanSquare }: ColumnScale): string {
  return `reaches ${short(largest)} (root mean square ${short(rootMeanSquare)})`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
