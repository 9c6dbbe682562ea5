/** Times are printed only for systems that compute the same. */

import type { Check } from './timing.js';

/**
 * How far numbers of the same step may differ, relative to the larger one, or absolutely below 1.
 *
 * For losses of 60 steps and probabilities, from float32 and float64 systems that sum in different orders, some of them with
 * -ffast-math and some with the book's 1e-7 inside the logarithm. A wrong gradient is off by far more within ten steps.
 */
const TOLERANCE = 2e-4;

/** The accuracy that a system which draws its own batches must reach. */
const LEAST_ACCURACY = 0.5;

/** What is wrong with a system's results, or undefined. */
export function disagreement(found: Check, expected: readonly number[]): string | undefined {
  if ('accuracy' in found) {
    const { accuracy } = found;
    return accuracy >= LEAST_ACCURACY ? undefined : `wrong results: it classifies ${accuracy} of the rows correctly`;
  }
  const { values } = found;
  if (values.length !== expected.length) {
    return `wrong results: ${values.length} numbers, where the first system has ${expected.length}`;
  }
  for (const [i, value] of values.entries()) {
    const error = Math.abs(value - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    if (!(error <= TOLERANCE))
      return `wrong results: number ${i} is ${value}, where the first system has ${expected[i]}`;
  }
  return undefined;
}
