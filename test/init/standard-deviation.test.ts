import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/errors.js';
import { heDeviation } from '../../src/init/he.js';
import { standardDeviation } from '../../src/init/standard-deviation.js';
import { xavierDeviation } from '../../src/init/xavier.js';
import { type ErrorType, expectRefusal } from '../support/refusal.js';

describe('standardDeviation', () => {
  test('of he is the root of 2 / fanIn, of xavier the root of 1 / fanIn', () => {
    expect(standardDeviation('Affine', 'he', 50)).toBe(0.2);
    expect(standardDeviation('Affine', 'xavier', 100)).toBe(0.1);
    expect(heDeviation(2)).toBe(1);
    expect(xavierDeviation(4)).toBe(0.5);
  });

  test('T1: of a number is that number, 0 included', () => {
    expect(standardDeviation('Affine', 0.01, 784)).toBe(0.01);
    expect(standardDeviation('Affine', 0, 784)).toBe(0);
  });

  const cases: [string, () => unknown, ErrorType, string][] = [
    [
      'a negative number',
      () => standardDeviation('Affine', -1, 2),
      ArgumentError,
      'Affine: weightInitStd is -1; expected a finite number of at least 0, "he" or "xavier"',
    ],
    [
      'NaN',
      () => standardDeviation('Affine', Number.NaN, 2),
      ArgumentError,
      'Affine: weightInitStd is NaN; expected a finite number of at least 0, "he" or "xavier"',
    ],
    [
      'another word',
      () => standardDeviation('Affine', 'He' as never, 2),
      ArgumentError,
      'Affine: weightInitStd is "He"; expected a finite number of at least 0, "he" or "xavier"',
    ],
    [
      'no inputs',
      () => standardDeviation('Affine', 'he', 0),
      ArgumentError,
      'Affine: fanIn is 0; expected an integer of at least 1',
    ],
  ];
  for (const [what, call, type, message] of cases) {
    test(`refuses ${what}`, () => expectRefusal(call, type, message));
  }
});
