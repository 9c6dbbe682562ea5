import { expect, test } from 'vitest';
import { rowNumbers } from '../../src/data/row-numbers.js';

test('numbers so many rows from 0 on', () => {
  expect(rowNumbers(3)).toEqual(Int32Array.of(0, 1, 2));
  expect(rowNumbers(0)).toEqual(new Int32Array(0));
});
