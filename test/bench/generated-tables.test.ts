import { describe, expect, test } from 'vitest';
import { GENERATED_NAMES, generateTable } from '../../bench/generated-tables.js';
import { FOLDS, SEEDS } from '../../bench/tables.js';

const tables = GENERATED_NAMES.map((name) => {
  const text = generateTable(name);
  const [head, ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return { name, text, head: head!, rows };
});
const [loans, houses, visits] = tables;
const columnOf = ({ head, rows }: (typeof tables)[number], name: string): string[] =>
  rows.map((row) => row[head.indexOf(name)]!);
const countsOf = (values: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

describe('the generated tables', () => {
  test('are the same each time, of these rows', () => {
    expect(tables.map(({ rows }) => rows.length)).toEqual([5_000, 2_000, 50_000]);
    expect(generateTable('houses')).toBe(houses!.text);
    expect(loans!.rows[0]!.slice(0, 8)).toEqual([
      '77.6802',
      '32897.2',
      '3174.64',
      '54',
      'job 6',
      'no',
      'school',
      'paid',
    ]);
  });

  test('have gaps, rare categories and outliers', () => {
    const share = columnOf(loans!, 'income').filter((cell) => cell === '').length / 5_000;
    expect(Math.abs(share - 0.08)).toBeLessThan(0.012); // 3 standard errors
    expect(Math.min(...countsOf(columnOf(visits!, 'city')).values())).toBeLessThan(20);
    expect(countsOf(columnOf(visits!, 'city')).size).toBe(61); // with the gap
    const areas = columnOf(houses!, 'area').map(Number);
    const far = areas.filter((area) => area > 200).length;
    expect(Math.abs(far - 20)).toBeLessThan(15);
  });

  test('have a skewed target, and classes of different sizes', () => {
    const prices = columnOf(houses!, 'target')
      .map(Number)
      .sort((a, b) => a - b);
    const mean = prices.reduce((sum, price) => sum + price, 0) / prices.length;
    expect(mean).toBeGreaterThan(1.05 * prices[1_000]!);
    expect([...countsOf(columnOf(loans!, 'target')).keys()].sort()).toEqual(['default', 'paid']);
    expect(countsOf(columnOf(visits!, 'target')).size).toBe(4);
  });

  test.each(tables.map((table) => [table.name, table] as const))('%s: each seed tests every row once', (_, table) => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const counts = [...countsOf(columnOf(table, `fold of seed ${seed}`)).values()];
      expect(counts).toHaveLength(FOLDS);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });
});
