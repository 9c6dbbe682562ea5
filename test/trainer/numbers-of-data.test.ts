import { expect, test } from 'vitest';
import { createBackend } from '../../src/backend/choose/load.js';
import { Dataset } from '../../src/data/dataset.js';
import { numbersOfData } from '../../src/trainer/numbers-of-data.js';

const like = { dtype: 'float32', backend: createBackend('js') } as const;

test('finds the column of the largest root mean square, of x and of the targets', () => {
  const data = Dataset.from({
    x: [
      [1, -3, 0],
      [1, 4, 0],
    ],
    targets: [
      [0, 2],
      [0, -2],
    ],
  });
  expect(numbersOfData(data, like)).toEqual({
    nonFinite: undefined,
    finiteRows: Int32Array.of(0, 1),
    x: { column: 1, largest: 4, rootMeanSquare: Math.sqrt(12.5) },
    targets: { column: 1, largest: 2, rootMeanSquare: 2 },
  });
});

test('names the first number that is not finite by its row in the data set, and judges the other rows', () => {
  const [x, t, w] = [new Float32Array(600).fill(1), new Float32Array(300), new Float32Array(300).fill(1)];
  const data = Dataset.from({ x: { data: x, shape: [300, 2] }, targets: { data: t, shape: [300, 1] }, weights: w });
  w[299] = Number.NEGATIVE_INFINITY;
  expect(numbersOfData(data, like).nonFinite).toBe('weights[299] is -Infinity');
  t[280] = Number.NaN;
  expect(numbersOfData(data, like).nonFinite).toBe('targets[280][0] is NaN');
  x[2 * 270 + 1] = Number.POSITIVE_INFINITY;
  const { nonFinite, finiteRows, x: scale } = numbersOfData(data, like);
  expect(nonFinite).toBe('x[270][1] is Infinity');
  expect([finiteRows.length, finiteRows.includes(270), finiteRows.includes(280), finiteRows.includes(299)]).toEqual([
    297,
    false,
    false,
    false,
  ]);
  expect(scale).toEqual({ column: 0, largest: 1, rootMeanSquare: 1 });
});
