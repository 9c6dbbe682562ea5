/** Derived error bounds: how far two correct answers may differ. docs/numerics.md has the derivations. */

import type { Dtype } from '../../src/backend/backend.js';

/** u: half the distance from 1 to the next number. */
export function unitRoundoff(dtype: Dtype): number {
  return dtype === 'float32' ? 2 ** -24 : 2 ** -53;
}

/** The smallest normal number: what lies below may be flushed to 0. */
export function smallestNormal(dtype: Dtype): number {
  return dtype === 'float32' ? 2 ** -126 : 2 ** -1022;
}

/** γₖ = k·u / (1 − k·u) (Higham, Accuracy and Stability of Numerical Algorithms, §3.1). */
export function gamma(terms: number, dtype: Dtype): number {
  const product = terms * unitRoundoff(dtype);
  return product / (1 - product);
}

/**
 * Asserts |actual − expected| ≤ bound, element by element; NaN only where NaN is expected, and ∞ likewise.
 *
 * @param bound the largest allowed difference at element i
 * @param what names the case in the message of a failure
 */
export function assertWithin(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: (i: number) => number,
  what = '',
): void {
  if (actual.length !== expected.length) throw new Error(`${what}: ${actual.length} elements, not ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    const [got, want] = [actual[i]!, expected[i]!];
    if (Object.is(got, want) || got === want) continue;
    if (Number.isFinite(want) && Math.abs(got - want) <= bound(i)) continue;
    throw new Error(`${what}: element ${i} is ${got}; expected ${want} within ${bound(i)}`);
  }
}

/** Asserts equality to the bit, except for the sign of 0. */
export function assertSame(actual: ArrayLike<number>, expected: ArrayLike<number>, what = ''): void {
  assertWithin(actual, expected, () => 0, what);
}

/**
 * Asserts that two results of dot products of `terms` terms agree: |actual − expected| ≤ 2·γₖ·Σ|aᵢbᵢ|.
 *
 * @param magnitudes Σ|aᵢbᵢ| of each element
 */
export function assertWithinRounding(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { terms, magnitudes, dtype, what }: { terms: number; magnitudes: ArrayLike<number>; dtype: Dtype; what?: string },
): void {
  const factor = 2 * gamma(terms, dtype);
  assertWithin(actual, expected, (i) => factor * magnitudes[i]!, what);
}

/**
 * Asserts |actual − expected| ≤ units · u · |expected|, or that both are below the smallest normal number.
 *
 * One unit of u is between half an ulp and one ulp of the expected number.
 */
export function assertRelative(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { units, dtype, what }: { units: number; dtype: Dtype; what?: string },
): void {
  const factor = units * unitRoundoff(dtype);
  assertWithin(actual, expected, (i) => factor * Math.abs(expected[i]!) + smallestNormal(dtype), what);
}

/** |actual − expected| counted in the spacing of numbers of the type at `expected`. */
export function ulpDistance(actual: number, expected: number, dtype: Dtype): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  const magnitude = Math.max(Math.abs(expected), smallestNormal(dtype));
  let exponent = Math.floor(Math.log2(magnitude));
  // The logarithm of a number just below a power of two may round up to it.
  if (2 ** exponent > magnitude) exponent--;
  return Math.abs(actual - expected) / (2 ** exponent * 2 * unitRoundoff(dtype));
}
