import { expect, test } from 'vitest';
import { LoneLink } from '../../src/distributed/link.js';
import { unequalPasses } from '../../src/distributed/passes.js';

const GOES_ON = Number.POSITIVE_INFINITY;

/** What a rank is told where the passes of all ranks have so many rows. */
function errorOf(...rows: readonly number[]): unknown {
  class Gathered extends LoneLink {
    override gather(): Float64Array {
      return Float64Array.from(rows);
    }
  }
  const thrown = unequalPasses(new Gathered(), undefined);
  return thrown && String(thrown.error);
}

test('passes that end together after as many rows are no error', () => {
  expect(errorOf(101, 101, 101)).toBeUndefined();
});

test.each([
  [[101, 99, 99, 101], '101 rows on rank 0 and 99 on ranks 1 and 2'],
  [[101, 99, 100], '101 rows on rank 0 and 99 on rank 1'],
  [[92, GOES_ON], '92 rows on rank 0 and more than 92 on rank 1'],
  [[GOES_ON, 90, 92], 'more than 92 rows on rank 0 and 90 on rank 1'],
])('of %j rows the first that differ are named', (rows, found) => {
  expect(errorOf(...rows)).toBe(
    `ArgumentError: Trainer: a pass over the stream has ${found}; expected the same on all ranks. Give every rank the same source`,
  );
});
