/** What hyper-parameters are drawn from. */

import { ArgumentError, show } from '../errors.js';
import { requireFinite, requireInteger, requirePositive } from '../options.js';
import type { Random } from '../random.js';

/** Where a hyper-parameter is drawn from: an object with `sample`. */
export interface Distribution<T = unknown> {
  /** A value; equal states of `random` give equal values. */
  sample(random: Random): T;
}

/**
 * A number whose logarithm is uniform: as often in [1e-6, 1e-5) as in [1e-3, 1e-2).
 *
 * @throws {ArgumentError} unless 0 < low < high, both finite
 */
export function logUniform(low: number, high: number): Distribution<number> {
  requirePositive('logUniform', 'low', low);
  requireAbove('logUniform', low, high);
  const [from, to] = [Math.log(low), Math.log(high)];
  // Rounding may leave the range by a step.
  return { sample: (random) => Math.min(Math.max(Math.exp(from + (to - from) * random.uniform()), low), high) };
}

/**
 * A number in [low, high), each alike.
 *
 * @throws {ArgumentError} unless low < high, both finite, and so far apart that their difference is finite
 */
export function uniform(low: number, high: number): Distribution<number> {
  requireFinite('uniform', 'low', low);
  requireAbove('uniform', low, high);
  if (!Number.isFinite(high - low)) {
    const found = `low is ${low} and high ${high}`;
    throw new ArgumentError({ operation: 'uniform', found, expected: 'a difference that is finite' });
  }
  return { sample: (random) => low + (high - low) * random.uniform() };
}

/** The most whole numbers that one is drawn from: as many as 32 random bits tell apart. */
export const MOST_INTEGERS = 2 ** 32;

/**
 * A whole number in [low, high], each alike.
 *
 * @throws {ArgumentError} unless both are integers, low ≤ high, and there are at most 2³² from low to high
 */
export function integers(low: number, high: number): Distribution<number> {
  requireInteger('integers', 'low', low, Number.MIN_SAFE_INTEGER);
  requireInteger('integers', 'high', high, low);
  if (high - low >= MOST_INTEGERS) {
    throw new ArgumentError({
      operation: 'integers',
      found: `low is ${low} and high ${high}`,
      expected: `a high of at most low + ${MOST_INTEGERS - 1}, here ${low + MOST_INTEGERS - 1}`,
      fix: 'Draw a wider range with logUniform or uniform, and round in the objective',
    });
  }
  return { sample: (random) => low + random.integer(high - low + 1) };
}

/**
 * One of the values, each alike.
 *
 * @throws {ArgumentError} for an empty list
 */
export function choice<T>(values: readonly T[]): Distribution<T> {
  if (!Array.isArray(values) || values.length === 0) {
    throw new ArgumentError({ operation: 'choice', found: `values is ${show(values)}`, expected: 'a list of values' });
  }
  const all: readonly T[] = [...values];
  return { sample: (random) => all[random.integer(all.length)]! };
}

function requireAbove(operation: string, low: number, high: number): void {
  if (Number.isFinite(high) && high > low) return;
  throw new ArgumentError({ operation, found: `high is ${show(high)}`, expected: `a finite number above low, ${low}` });
}
