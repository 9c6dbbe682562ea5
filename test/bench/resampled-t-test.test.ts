import { describe, expect, test } from 'vitest';
import { resampledTTest } from '../../bench/resampled-t-test.js';

describe('the corrected resampled t-test', () => {
  test('by hand: differences 1, 2, 3, one row tested to nine trained', () => {
    const { mean, standardError, t } = resampledTTest([3, 5, 4], [2, 3, 1], 1 / 9);
    // s² = 1, so the error is √(1/3 + 1/9) = 2/3 and t = 2 / (2/3).
    expect(mean).toBe(2);
    expect(standardError).toBeCloseTo(2 / 3, 14);
    expect(t).toBeCloseTo(3, 14);
  });

  test('without the correction it is the usual paired t-test', () => {
    // Differences 1, −1, 2, 4: mean 1.5, s² = 13/3, t = 1.5 / √(13/12).
    expect(resampledTTest([1, 0, 5, 4], [0, 1, 3, 0], 0).t).toBeCloseTo(1.5 / Math.sqrt(13 / 12), 14);
  });

  test('changes its sign with the sides, and is 0 where nothing differs', () => {
    expect(resampledTTest([2, 3, 1], [3, 5, 4], 1 / 9).t).toBeCloseTo(-3, 14);
    expect(resampledTTest([0.9, 0.8], [0.9, 0.8], 1 / 9)).toEqual({ mean: 0, standardError: 0, t: 0 });
    expect(resampledTTest([0.75, 0.5], [0.5, 0.25], 1 / 9).t).toBe(Number.POSITIVE_INFINITY);
  });
});
