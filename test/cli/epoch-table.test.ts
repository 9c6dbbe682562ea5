import { expect, test } from 'vitest';
import { epochTable } from '../../src/cli/epoch-table.js';

const record = {
  epoch: 1,
  step: 80,
  trainLoss: 0.5,
  trainAccuracy: 0.9,
  testLoss: 0.6,
  testAccuracy: 0.8,
  learningRate: 0.1,
  seconds: 1.2,
};
const titles = (width?: number) =>
  epochTable([record], width)
    .split('\n')[1]!
    .split('│')
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '');

test('FOUND E2: leaves out the columns that a narrow terminal has no room for, the least telling first', () => {
  expect(titles()).toEqual([
    'epoch',
    'step',
    'train loss',
    'train accuracy',
    'test loss',
    'test accuracy',
    'rate',
    'seconds',
  ]);
  expect(titles(64)).toEqual(['epoch', 'step', 'train loss', 'train accuracy', 'test accuracy']);
  expect(titles(44)).toEqual(['epoch', 'train loss', 'test accuracy']);
  for (let width = 18; width <= 100; width++) {
    for (const line of epochTable([record], width).split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  }
});

test('a terminal too narrow for anything shows the accuracy all the same', () => {
  expect(titles(5)).toEqual(['test accuracy']);
});

test('shows what was held out for validation where there is such a thing, and the rate', () => {
  const text = epochTable([{ ...record, validationLoss: 0.7, validationAccuracy: 0.75, learningRate: 0.0123456 }]);
  expect(text).toMatch(/validation loss │ validation accuracy/);
  expect(text).toMatch(/│\s+0\.7000 │\s+0\.7500 │.*│ 0\.0123 │/);
});
