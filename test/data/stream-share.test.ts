import { expect, test } from 'vitest';
import { StreamShare } from '../../src/data/stream-share.js';

test('the parts of a pass hold each row once, as many in order as here and there, and differ by at most one a batch', () => {
  for (const count of [2, 3, 8]) {
    for (const batchSize of [8, 23, 24]) {
      for (const rows of [8, 30, 101, 120]) {
        const shares = Array.from({ length: count }, (_, index) => new StreamShare({ index, count }, batchSize));
        const ranges = shares.map((share) => share.rangeOf(rows));
        expect(ranges[0]!.start).toBe(0);
        expect(ranges.at(-1)!.end).toBe(rows);
        for (let i = 1; i < count; i++) expect(ranges[i]!.start).toBe(ranges[i - 1]!.end);
        for (const [i, share] of shares.entries()) {
          const places = Array.from({ length: rows }, (_, row) => row).filter((row) => share.has(row));
          expect(places).toHaveLength(ranges[i]!.end - ranges[i]!.start);
          expect(share.before(batchSize)).toBe(shares.slice(0, i).reduce((sum, of) => sum + of.sizeOf(batchSize), 0));
        }
        const sizes = shares.map((share) => share.sizeOf(batchSize));
        expect(sizes.reduce((a, b) => a + b)).toBe(batchSize);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }
  }
});

test('a window is shared, and holds more than a batch', () => {
  const share = new StreamShare({ index: 1, count: 4 }, 100);
  expect(share.windowOf(10_000)).toBe(2500);
  expect(share.windowOf(10)).toBe(26);
});
