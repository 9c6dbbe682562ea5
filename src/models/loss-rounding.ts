/** How far rounding may move a loss and its gradients: differences of losses are not judged more strictly. */

import type { Random } from '../random.js';
import type { LossVariable, TrainingPass } from './training-pass.js';

/** The relative size of the last digit. */
const LAST_DIGIT = 2 ** -52;

/** How often the last digits are changed to see what rounding does. */
const TRIALS = 8;

/**
 * How far rounding may move the loss: by its own last digit, and by those of every number that it is computed from.
 *
 * So the cancellation of large numbers shows, which u·|L| alone would miss.
 */
export function roundingOfLoss({ variables, loss }: TrainingPass): number {
  let sum = Math.abs(loss());
  for (const { values, gradient } of variables) {
    const slopes = gradient();
    for (let i = 0; i < values.length; i++) sum += Math.abs(slopes[i]! * values[i]!);
  }
  return LAST_DIGIT * sum;
}

/**
 * The last digit of the largest loss within reach: with each array set to 0, or doubled.
 *
 * Over one natural step the loss moves by no more than that loss, so no slope is known better than its last digit, even
 * where the loss itself is nearly 0: a saturated sigmoid has a slope of 1e-30 and a derivative y·(1 − y) of 0, because y
 * is rounded to 1.
 */
export function lastDigitWithinReach({ variables, loss }: TrainingPass): number {
  let most = Math.abs(loss());
  for (const { values, loss: lossOf } of variables) {
    const kept = values.slice();
    try {
      for (const factor of [0, 2]) {
        values.set(kept.map((value) => factor * value));
        const moved = Math.abs(lossOf());
        if (Number.isFinite(moved)) most = Math.max(most, moved);
      }
    } finally {
      values.set(kept);
    }
  }
  return 32 * LAST_DIGIT * most;
}

/** How far rounding may move each element of a gradient: as observed for it and its neighbours. */
export function roundingOfGradient(
  pass: TrainingPass,
  random: Random,
  variable: LossVariable,
  gradient: Float64Array,
): Float64Array {
  const most = gradient.map((value) => LAST_DIGIT * Math.abs(value));
  changeLastDigits(pass, random, () => {
    variable.gradient().forEach((value, i) => {
      most[i] = Math.max(most[i]!, Math.abs(value - gradient[i]!));
    });
  });
  const typical = most.slice().sort()[most.length >> 1]!;
  return most.map((change) => 8 * Math.max(change, typical));
}

/** Calls `look` with the sources of the loss changed at random in their last digit: rounding errors act like that. */
function changeLastDigits({ sources }: TrainingPass, random: Random, look: () => void): void {
  const kept = sources.map((source) => source.slice());
  try {
    for (let trial = 0; trial < TRIALS; trial++) {
      sources.forEach((source, s) => {
        for (let i = 0; i < source.length; i++) source[i] = kept[s]![i]! * (1 + (random.integer(3) - 1) * LAST_DIGIT);
      });
      look();
    }
  } finally {
    sources.forEach((source, s) => {
      source.set(kept[s]!);
    });
  }
}
