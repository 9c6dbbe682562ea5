import { expect, test } from 'vitest';
import { formatSeconds } from '../../src/cli/numbers.js';

test.each([
  [0.0123, '12 ms'],
  [1.64, '1.6 s'],
  [77.2, '1 min 17 s'],
  [179.6, '3 min 0 s'],
  [200, '3 min 20 s'],
])('%d seconds are told as %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
