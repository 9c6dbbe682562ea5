import { afterEach, expect, test, vi } from 'vitest';
import { ArgumentError } from '../../src/errors.js';
import { Table } from '../../src/table/table.js';
import { expectRefusal } from '../support/refusal.js';

afterEach(() => void vi.unstubAllGlobals());

/** Lets no array of doubles be longer, and tells the lengths of those that are made. */
function withMemoryFor(doubles: number, made: (length: number) => void = () => {}): void {
  const own = Float64Array;
  const limited = new Proxy(own, {
    construct(target, [of, ...more]: [unknown, ...unknown[]]) {
      if (typeof of === 'number' && of > doubles) throw new RangeError('Array buffer allocation failed');
      if (typeof of === 'number') made(of);
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

test('a column that has no room to double is not copied for every few rows', async () => {
  const grown: number[] = [];
  withMemoryFor(21_000, (length) => grown.push(...(length > 16_384 ? [length] : [])));
  const blocks = async function* () {
    for (let start = 0; start < 19_000; start += 100) {
      yield Buffer.from((start === 0 ? 'a\n' : '') + Array.from({ length: 100 }, (_, i) => `${start + i}\n`).join(''));
    }
  };
  const { values } = (await Table.read(blocks())).column('a');
  expect([values.length, values[18_999]]).toEqual([19_000, 18_999]);
  expect(grown).toEqual([18_225, 20_503]);
});

test('a column that does not fit into memory is refused', () => {
  withMemoryFor(39);
  const message = 'Table.from: 40 float64 numbers take 320 bytes; expected no more than this process can allocate';
  expectRefusal(() => Table.from(rows), ArgumentError, message);
});
