/** What users of NumPy look for under another name: docs/from-the-book.md says how it is written, and these are its lines. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { Random } from '../../src/random.js';
import { Tensor } from '../../src/tensor/tensor.js';

const x = Tensor.from([
  [1, -2, 3],
  [4, 5, -6],
]);
const y = Tensor.from([[7, 8, 9]]);

const shuffled = (n: number): Int32Array => {
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  new Random(1).shuffle(rows);
  return rows;
};

/** NumPy's expression, ours as the page has it, its value, and what NumPy answers for these x and y. */
const LINES: readonly (readonly [numpy: string, ours: string, value: unknown, expected: unknown])[] = [
  [
    'np.clip(x, -1, 4)',
    'x.maximum(-1).minimum(4)',
    x.maximum(-1).minimum(4).toArray(),
    [
      [1, -1, 3],
      [4, 4, -1],
    ],
  ],
  ['np.var(x, 0)', 'x.sub(x.mean(0)).pow(2).mean(0)', x.sub(x.mean(0)).pow(2).mean(0).toArray(), [2.25, 12.25, 20.25]],
  ['np.std(x, 0)', '… .sqrt()', x.sub(x.mean(0)).pow(2).mean(0).sqrt().toArray(), [1.5, 3.5, 4.5]],
  ['np.argmin(x, 1)', 'x.neg().argMax(1)', Array.from(x.neg().argMax(1)), [1, 2]],
  ['np.linspace(0, 1, 5)', 'Tensor.arange(5).div(4)', Tensor.arange(5).div(4).toArray(), [0, 0.25, 0.5, 0.75, 1]],
  ['x[::2]', 'x.take([0, 2, 4])', Tensor.arange(5).take([0, 2, 4]).toArray(), [0, 2, 4]],
  ['np.sum(x, (0, 1))', 'x.sum(1).sum(0)', x.sum(1).sum(0).item(), 5],
  ['np.squeeze(y)', 'y.reshape([3])', y.reshape([3]).shape, [3]],
  ['np.expand_dims(x, 0)', 'x.reshape([1, 2, 3])', x.reshape([1, 2, 3]).shape, [1, 2, 3]],
  [
    'np.concatenate((x, y))',
    'Tensor.from([...x.toArray(), ...y.toArray()])',
    Tensor.from([...x.toArray(), ...y.toArray()]).toArray(),
    [
      [1, -2, 3],
      [4, 5, -6],
      [7, 8, 9],
    ],
  ],
  [
    'np.stack((x, x))',
    'Tensor.from([x.toArray(), x.toArray()])',
    Tensor.from([x.toArray(), x.toArray()]).shape,
    [2, 2, 3],
  ],
  [
    'x > 0, np.where, np.sort',
    'x.data.map((v) => …)',
    Array.from(x.data.map((v) => Number(v > 0))),
    [1, 0, 1, 1, 1, 0],
  ],
  ['np.random.permutation(n)', 'new Random(seed).shuffle(rows)', Array.from(shuffled(6)).sort(), [0, 1, 2, 3, 4, 5]],
];

const page = readFileSync(resolve(import.meta.dirname, '../../docs/from-the-book.md'), 'utf8');

test.each(LINES)('FOUND J3: %s is written %s', (numpy, ours, value, expected) => {
  expect(value).toEqual(expected);
  expect(page).toContain(`| \`${numpy}\` | \`${ours}\``);
});
