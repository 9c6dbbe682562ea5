import { expect, test } from 'vitest';
import { disagreement } from '../../src/bench/checks.js';

test('numbers that differ by rounding agree', () => {
  expect(disagreement({ values: [2.10001, 0.5, 1e-9] }, [2.1, 0.50001, 0])).toBeUndefined();
});

test('the first number that differs by more is named', () => {
  expect(disagreement({ values: [2.3, 2.2, 2.1] }, [2.3, 2.25, 2.0])).toBe(
    'wrong results: number 1 is 2.2, where the first system has 2.25',
  );
  expect(disagreement({ values: [Number.NaN] }, [1])).toBe(
    'wrong results: number 0 is NaN, where the first system has 1',
  );
});

test('another count of numbers is a disagreement', () => {
  expect(disagreement({ values: [1] }, [1, 2])).toBe('wrong results: 1 numbers, where the first system has 2');
});

test('a system that follows no given batches is judged by its accuracy', () => {
  expect(disagreement({ accuracy: 0.83 }, [])).toBeUndefined();
  expect(disagreement({ accuracy: 0.1 }, [])).toBe('wrong results: it classifies 0.1 of the rows correctly');
});
