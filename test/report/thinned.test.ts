import { expect, test } from 'vitest';
import { thinned } from '../../src/report/thinned.js';

test('keeps all where they are few enough, else the first, the last and evenly spaced ones', () => {
  expect(thinned([1, 2, 3], 3)).toEqual([1, 2, 3]);
  expect(thinned([0, 1, 2, 3, 4, 5, 6, 7, 8], 5)).toEqual([0, 2, 4, 6, 8]);
  expect(
    thinned(
      Array.from({ length: 1000 }, (_, i) => i),
      3,
    ),
  ).toEqual([0, 500, 999]);
});
