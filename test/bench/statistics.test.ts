import { describe, expect, test } from 'vitest';
import { median, medianRatio, quantile, spread } from '../../src/bench/statistics.js';

describe('statistics of measurements', () => {
  test('the median of an odd count is its middle value, of an even count the mean of the two', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  test('values are sorted as numbers and left in their order', () => {
    const values = [10, 9, 100];
    expect(median(values)).toBe(10);
    expect(values).toEqual([10, 9, 100]);
  });

  test('quantiles are interpolated between neighbours', () => {
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5], 1)).toBe(5);
    expect(quantile([7], 0.9)).toBe(7);
  });

  test('the spread is the reach of the middle half as a share of the median', () => {
    expect(spread([8, 9, 10, 11, 12])).toBeCloseTo(0.2, 12);
    expect(spread([5, 5, 5])).toBe(0);
  });

  test('a ratio is the median of ratios round by round, so that a slow round cancels', () => {
    // The third round was ten times slower for both: medians of times alone would give 3 / 2.
    expect(medianRatio([2, 3, 20], [1, 2, 10], [0, 1, 2])).toBe(2);
  });

  test('rounds that do not count or lack a time are left out of a ratio', () => {
    expect(medianRatio([2, 9, undefined, 4], [1, 1, 1, 1], [0, 2, 3])).toBe(3);
    expect(medianRatio([1], [1], [])).toBeNaN();
  });
});
