import { describe, expect, test } from 'vitest';
import { Preprocessor } from '../../src/table/preprocessor.js';
import { Table } from '../../src/table/table.js';
import { TableModel } from '../../src/table/table-model.js';
import { tableWarning } from '../../src/table/training-warnings.js';
import type { Finding } from '../../src/trainer/warnings.js';

const number = (name: string) => ({
  ...({ kind: 'number', name, fill: 0, low: -1, high: 1, mean: 0, deviation: 1, marksMissing: true } as const),
});
const preprocessor = new Preprocessor([number('age'), number('income')]);
const answer = { name: 'answer', kind: 'category', classes: ['no', 'yes'] } as const;
const wage = { name: 'wage', kind: 'number', mean: 5, deviation: 2 } as const;

describe('warnings of a TableModel name what its user has', () => {
  const told: readonly [Finding, string | undefined][] = [
    [
      { is: 'one answer', label: 1, share: 0.9, scales: true, balance: true },
      'The model gives every training row the class "yes", which is right for 90.0 % of them. Train with classWeights: \'balanced\', because the classes have very different numbers of rows; or with another learningRate, or more epochs',
    ],
    [
      { is: 'one answer', label: 0, share: 0.5, scales: true, balance: false },
      'The model gives every training row the class "no", which is right for 50.0 % of them. Try another learningRate, or more epochs',
    ],
    [
      { is: 'poor fit', rows: 40, r2: -0.25, mean: 0, deviation: 1, scales: true },
      'Of 40 training rows the model explains less than their mean does (r2Score -0.25). Try another learningRate, or more epochs, or a smaller weightDecay',
    ],
    [
      { is: 'dead layer', layer: 2, name: 'Affine', scales: true },
      'Layer 2 (Affine) is dead: its output is the same for every row. Use a smaller learningRate, another activation, or another seed',
    ],
    [
      { is: 'wild columns', widest: { column: 0, deviation: 1 }, narrowest: { column: 2, deviation: 0.004 } },
      'Column "income" hardly differs among most rows (0.004 of its standard deviation): a few values lie very far out. Train with limitOutliers: true, or give its logarithm',
    ],
    [{ is: 'no first class', classes: 3 }, undefined],
  ];

  test.each(told)('%o', (finding, expected) => {
    const target = finding.is === 'poor fit' ? wage : answer;
    expect(tableWarning(finding, { target, preprocessor })).toBe(expected);
  });

  test('of a column of which many values are limited, whether they are errors or not', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({ even: i, far: i % 40 === 0 ? 5000 : i, y: i % 7 }));
    const options = { target: 'y', task: 'regression', validation: false, epochs: 1, seed: 1, backend: 'js' } as const;
    const told = async (more: object) => (await TableModel.train(Table.from(rows), { ...options, ...more })).warnings;
    // Quartiles 25.75 and 75.25 of 97 numbers below 100 and three of 5,000: the fence is near 75 + 5 · 50.
    expect((await told({})).filter((text) => text.includes('lie far'))).toEqual([
      expect.stringMatching(
        /^3\.0 % of the values of column "far" lie far from the others and count as 1 or 3\d\d\. If they are right, train with limitOutliers: false, or give the logarithm$/,
      ),
    ]);
    expect((await told({ limitOutliers: false })).filter((text) => text.includes('lie far'))).toEqual([]);
  });

  test('of a model that has learned nothing: the class by its name, no word of a Trainer', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => ({ x: (i * 37) % 100, y: i % 10 === 0 ? 'rare' : 'usual' }));
    const model = await TableModel.train(Table.from(rows), { target: 'y', epochs: 1, seed: 1, backend: 'js' });
    expect(model.warnings).toEqual([
      'The model gives every training row the class "usual", which is right for 90.0 % of them. Train with classWeights: \'balanced\', because the classes have very different numbers of rows; or with another learningRate, or more epochs',
    ]);
  });
});
