import { expect, test } from 'vitest';
import { reportArithmetic } from '../../bench/arithmetic-report.js';
import { lane, result } from './lanes.js';

test('the table of J7 has a line for each operation, and one for the loop, which has no sizes', () => {
  const text = reportArithmetic(
    result('j7', [
      lane('j7', 'native@1 mul2:100x50', [2, 2]),
      lane('j7', 'numpy-float32@1 mul2:100x50', [1, 1]),
      lane('j7', 'native@1 mul2:1000x784/out', [50, 50]),
      lane('j7', 'native@1 mul2:100x50/tidy', [1, 1]),
      lane('j7', 'native@1 chapter4', [300, 300]),
      lane('j7', 'native@1 chapter4/tidy', [240, 240]),
      lane('j7', 'numpy-float32@1 chapter4', [200, 200]),
    ]),
  );
  const lines = text.split('\n').map((line) => line.trim().split(/ {2,}/));
  expect(lines[0]!.slice(0, 3)).toEqual(['100 × 50: native@1, µs', 'NumPy', '÷']);
  expect(lines.find(([title]) => title === 'mul(2)')!.slice(1, 4)).toEqual(['2.00', '1.00', '2.00']);
  expect(lines.find(([title]) => title === 'mul(2), out')![4]).toBe('50.0');
  expect(lines.find(([title]) => title === 'mul(2), tidy')!.slice(1, 4)).toEqual(['1.00', '1.00', '1.00']);
  expect(lines.find(([title]) => title === 'a step of chapter 4, tidy')!.slice(1)).toEqual(['240', '200', '1.20']);
  expect(lines.find(([title]) => title === 'a step of chapter 4')).toEqual([
    'a step of chapter 4',
    '300',
    '200',
    '1.50',
  ]);
});
