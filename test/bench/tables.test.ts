import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { caseOfRound } from '../../bench/table-fits.js';
import { FOLDS, readTable, SEEDS, splitTable, TABLE_NAMES } from '../../bench/tables.js';

const folder = join(import.meta.dirname, '../../bench/tables');
const tables = TABLE_NAMES.map((name) => readTable(folder, name));

describe('the tables', () => {
  test('have the rows, columns and classes that their page says, in less than a megabyte', () => {
    expect(tables.map(({ x, columns, target }) => [x.length, columns, new Set(target).size])).toEqual([
      [150, 4, 3],
      [178, 13, 3],
      [569, 30, 2],
      [1797, 64, 10],
      [442, 10, 214],
    ]);
    const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    expect(bytes).toBeLessThan(1e6);
  });

  test.each(tables.map((table) => [table.name, table] as const))('%s: each seed tests every row once', (_, table) => {
    for (const folds of table.folds) {
      const sizes = Array.from({ length: FOLDS }, (_, fold) => folds.filter((one) => one === fold).length);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(table.x.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  test.each(tables.filter(({ isRegression }) => !isRegression).map((table) => [table.name, table] as const))(
    '%s: every fold has the classes in their proportions',
    (_, { folds, target }) => {
      const classes = [...new Set(target)];
      for (const [seed, fold, label] of folds.flatMap((_, s) => [0, 9].flatMap((f) => classes.map((c) => [s, f, c])))) {
        const tested = target.filter((one, row) => one === label && folds[seed!]![row] === fold).length;
        expect(Math.abs(tested - target.filter((one) => one === label).length / FOLDS)).toBeLessThan(1);
      }
    },
  );

  test('a split is standardised by its training rows', () => {
    const { train, test } = splitTable(readTable(folder, 'diabetes'), 3, 7);
    expect([train.rows, test.rows]).toEqual([398, 44]);
    for (const values of [train.target, Array.from(train.x).filter((_, i) => i % 10 === 4)]) {
      const mean = values.reduce((sum, value) => sum + value, 0) / train.rows;
      expect(mean).toBeCloseTo(0, 6);
      expect(values.reduce((sum, value) => sum + value ** 2, 0) / train.rows).toBeCloseTo(1, 6);
    }
    const away = test.target.reduce((sum, value) => sum + value, 0) / test.rows;
    expect(Math.abs(away)).toBeGreaterThan(1e-3);
  });

  test('a constant column becomes 0, and classes stay what they are', () => {
    const { train } = splitTable(readTable(folder, 'digits'), 0, 0);
    expect(Array.from(train.x).filter((_, i) => i % 64 === 0)).toEqual(new Array(train.rows).fill(0));
    expect(new Set(train.target).size).toBe(10);
  });

  test('fifty rounds are the five seeds × the ten splits, each once', () => {
    const cases = Array.from({ length: SEEDS * FOLDS }, (_, round) => caseOfRound(round));
    expect(new Set(cases.map(({ seed, fold }) => `${seed} ${fold}`)).size).toBe(50);
    expect(cases[6]).toEqual({ seed: 1, fold: 1 });
  });
});
