import { afterEach, expect, test, vi } from 'vitest';
import { ArgumentError } from '../../src/errors.js';
import { Table } from '../../src/table/table.js';
import { expectRefusal } from '../support/refusal.js';

afterEach(() => void vi.unstubAllGlobals());

/** Lets no array of doubles be longer. */
function withMemoryFor(doubles: number): void {
  const own = Float64Array;
  const limited = new Proxy(own, {
    construct(target, [of, ...more]: [unknown, ...unknown[]]) {
      if (typeof of === 'number' && of > doubles) throw new RangeError('Array buffer allocation failed');
      return Reflect.construct(target, [of, ...more]) as object;
    },
  });
  vi.stubGlobal('Float64Array', limited);
}

const rows = Array.from({ length: 40 }, (_, i) => ({ a: i }));

test('a column that has no room to double takes what it needs', () => {
  withMemoryFor(40);
  expect([...(Table.from(rows).column('a').values as Float64Array)]).toEqual(rows.map(({ a }) => a));
});

test('a column that does not fit into memory is refused', () => {
  withMemoryFor(39);
  const message = 'Table.from: 40 float64 numbers take 320 bytes; expected no more than this process can allocate';
  expectRefusal(() => Table.from(rows), ArgumentError, message);
});
