import { describe, expect, test } from 'vitest';
import { barValue } from '../../bench/bar.js';
import { MODEL_BAR } from '../../bench/model-bar.js';
import { compareModels, modelErrorsBelow, modelMeanBelow, reportModels } from '../../bench/model-scores.js';
import { lane, result } from './lanes.js';

/** R² of houses in three rounds: ours 0.8, 0.9, 1, theirs 0.7 each, trees 0.6; a fit takes 2 and 10 ms. */
function threeRounds(): ReturnType<typeof result> {
  const lanes = [
    ['native', [0.8, 0.9, 1], 2],
    ['sklearn', [0.7, 0.7, 0.7], 10],
    ['sklearn-trees', [0.6, 0.6, 0.6], 5],
  ] as const;
  return result(
    'tables',
    lanes.map(([system, scores, ms]) => {
      const one = lane('tables', `${system}@1 model:houses`, [ms, ms, ms]);
      return { ...one, timings: one.timings.map((timing, r) => ({ ...timing, figures: { 'R²': scores[r]! } })) };
    }),
    { data: 'tables' },
  );
}

describe('TableModel beside scikit-learn', () => {
  test('pairs the scores of the rounds', () => {
    const { ours, theirs, trees, difference, time } = compareModels(threeRounds(), 'houses')!;
    expect([ours, theirs, trees, time].map((value) => value!.toFixed(3))).toEqual(['0.900', '0.700', '0.600', '0.200']);
    // Differences 0.1, 0.2, 0.3: s² = 0.01, the error √((1/3 + 1/9) · 0.01) = 0.2/3.
    expect(difference.mean).toBeCloseTo(0.2, 12);
    expect(difference.standardError).toBeCloseTo(0.2 / 3, 12);
    expect(compareModels(threeRounds(), 'loans')).toBeUndefined();
  });

  test('reports a line for each table, and the mean of the differences', () => {
    const report = reportModels(threeRounds());
    expect(report).toMatch(/houses, R² +0\.9000 +0\.7000 +0\.6000 +0\.0667 +3\.00 +0\.20/);
    expect(report).toContain('mean difference over the tables: 0.2000');
    expect(reportModels({ ...threeRounds(), lanes: [] })).toBe('');
  });

  test('gives the bar errors below and times of each table, and the mean once all tables are there', () => {
    const result = threeRounds();
    expect(modelErrorsBelow('houses')(result)).toBeCloseTo(-3, 12);
    expect(modelErrorsBelow('loans')(result)).toBeUndefined();
    expect(modelMeanBelow(result)).toBeUndefined();
    const values = MODEL_BAR.filter(({ title }) => title.includes('houses')).map((row) => barValue(row, [result]));
    expect(values.map((value) => value?.toFixed(3))).toEqual(['0.200', '-3.000']);
  });
});
