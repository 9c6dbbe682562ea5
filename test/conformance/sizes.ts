/** Sizes at which tiles, vector widths and empty loops go wrong. */

import type { Activation, Dtype } from '../../src/backend/backend.js';

export const AWKWARD = [0, 1, 2, 3, 7, 16, 33] as const;

export const PAIRS: readonly (readonly [number, number])[] = AWKWARD.flatMap((m) =>
  AWKWARD.map((n) => [m, n] as const),
);

export const DTYPES: readonly Dtype[] = ['float32', 'float64'];

export const SMOOTH: readonly Activation[] = ['sigmoid', 'tanh'];
export const EXACT: readonly Activation[] = ['identity', 'relu'];

/** Cases of two images, unless they say another number, for `test.each`. */
export function named<S>(
  cases: readonly (readonly [what: string, shape: S, images?: number])[],
): readonly { readonly what: string; readonly s: S; readonly images: number }[] {
  return cases.map(([what, s, images = 2]) => ({ what, s, images }));
}
