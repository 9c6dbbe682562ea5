/** How wide initial weights are spread. */

import { ArgumentError, show } from '../errors.js';
import { requireInteger } from '../options.js';
import { heDeviation } from './he.js';
import { xavierDeviation } from './xavier.js';

/** The standard deviation of initial weights: a number, or the scale that suits the activation after them. */
export type WeightInitStd = number | 'he' | 'xavier';

/**
 * The standard deviation that `weightInitStd` means for a layer of `fanIn` inputs.
 *
 * @throws {ArgumentError} unless it is 'he', 'xavier' or a finite number of at least 0, and fanIn an integer of at least 1
 * @example standardDeviation('Affine', 'he', 50)   // 0.2
 */
export function standardDeviation(operation: string, weightInitStd: WeightInitStd, fanIn: number): number {
  requireInteger(operation, 'fanIn', fanIn, 1);
  if (weightInitStd === 'he') return heDeviation(fanIn);
  if (weightInitStd === 'xavier') return xavierDeviation(fanIn);
  if (Number.isFinite(weightInitStd) && weightInitStd >= 0) return weightInitStd;
  throw new ArgumentError({
    operation,
    found: `weightInitStd is ${show(weightInitStd)}`,
    expected: 'a finite number of at least 0, "he" or "xavier"',
  });
}
