import { describe, expect, test } from 'vitest';
import { Random } from '../../src/random.js';
import { quantilesOf, rangeOf, select } from '../../src/table/order-statistics.js';

const SHARES = [0, 0.25, 0.5, 0.75, 1];

/** By sorting. */
function expected(values: Float64Array): number[] {
  const sorted = values.slice().sort();
  return SHARES.map((share) => {
    const at = (sorted.length - 1) * share;
    const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
    return below + (above - below) * (at - Math.floor(at));
  });
}

describe('quantilesOf', () => {
  const random = new Random(1);
  test.each<[string, (i: number) => number]>([
    ['random numbers', () => random.normal()],
    ['few values', () => random.integer(3)],
    ['numbers that ascend', (i) => i],
    ['numbers that descend', (i) => 5 - i],
    ['numbers that rise and fall', (i) => 5 - Math.abs(i - 16)],
    ['one value', () => 7],
  ])('gives those of %s, to the bit', (_, numberAt) => {
    for (const length of [1, 2, 3, 4, 5, 7, 16, 33, 1000]) {
      const values = Float64Array.from({ length }, (_, i) => numberAt(i));
      const sorted = values.slice().sort();
      expect(quantilesOf(values.slice(), SHARES)).toEqual(expected(values));
      expect(rangeOf(values)).toEqual([sorted[0], sorted.at(-1)]);
    }
  });

  test('sorts what is left after so many partitions', () => {
    const values = Float64Array.from({ length: 100 }, () => random.integer(50));
    const sorted = values.slice().sort();
    for (const most of [0, 1, 3]) {
      for (const k of [0, 13, 50, 99]) expect(select(values.slice(), k, 0, most)).toBe(sorted[k]);
    }
  });
});
