import { describe, expect, test } from 'vitest';
import { CategoryPlaces, placesOf, widthOf, writeNumber } from '../../src/table/column-encoding.js';
import { categoryEncoding, numberEncoding, scaleOf } from '../../src/table/column-statistics.js';

const GAP = Number.NaN;
const RULES = { impute: 'own', rareBelow: 2, embeddingFrom: 20 } as const;

describe('a column of numbers', () => {
  test('has the mean and deviation of its rows, the median where one is missing', () => {
    // Filled: 1, 2, 3, 4, 10 with the median 3 of the others for the gap.
    const encoding = numberEncoding('n', Float64Array.of(1, 2, GAP, 4, 10), 'median', false);
    expect(encoding.fill).toBe(3);
    expect(encoding.mean).toBe(4);
    expect(encoding.deviation).toBeCloseTo(Math.sqrt((9 + 4 + 1 + 0 + 36) / 5), 12);
    const x = new Float32Array(1);
    writeNumber(encoding, 10, x, 0);
    expect(x[0]).toBe(Math.fround(6 / encoding.deviation));
    writeNumber(encoding, GAP, x, 0);
    expect(x[0]).toBe(Math.fround(-1 / encoding.deviation));
  });

  test('may be filled with its most frequent value, or have a column that marks gaps', () => {
    expect(numberEncoding('n', Float64Array.of(5, 1, 5, GAP, 1, 5), 'mostFrequent', false).fill).toBe(5);
    const marked = numberEncoding('n', Float64Array.of(1, GAP, 3), 'own', false);
    expect(widthOf(marked)).toBe(2);
    const x = new Float32Array(2);
    writeNumber(marked, GAP, x, 0);
    expect([...x]).toEqual([0, 1]);
    writeNumber(marked, 3, x, 0);
    expect(x[1]).toBe(0);
    expect(widthOf(numberEncoding('n', Float64Array.of(1, 2, 3), 'own', false))).toBe(1);
  });

  test('limits values beyond five times the middle half, and only those', () => {
    const values = Float64Array.from({ length: 101 }, (_, i) => i);
    values[100] = 1e9;
    // Quartiles 25 and 75: the fence is at 75 + 5 · 50.
    const limited = numberEncoding('n', values, 'median', true);
    expect([limited.low, limited.high]).toEqual([0, 325]);
    expect(limited.mean).toBeCloseTo((4950 + 325) / 101, 10);
    const kept = numberEncoding('n', values, 'median', false);
    expect(kept.mean).toBeCloseTo((4950 + 1e9) / 101, 3);
    const halfZero = numberEncoding('n', Float64Array.of(0, 0, 0, 0, 0, 9), 'median', true);
    expect(halfZero.mean).toBe(1.5);
  });

  test('stays finite for any number', () => {
    const x = new Float32Array(1);
    for (const limits of [true, false]) {
      const encoding = numberEncoding('n', Float64Array.of(1, 2, 3), 'median', limits);
      for (const value of [Number.MAX_VALUE, -Number.MAX_VALUE]) {
        writeNumber(encoding, value, x, 0);
        expect(Number.isFinite(x[0])).toBe(true);
      }
    }
  });

  test('of one value has the deviation 1', () => {
    expect(scaleOf(Float64Array.of(0.1, 0.1, 0.1)).deviation).toBe(0);
    expect(numberEncoding('n', Float64Array.of(0.1, 0.1, 0.1), 'median', true).deviation).toBe(1);
  });
});

describe('a column of words', () => {
  test('gives each frequent category a place, in order, the rare ones one together, and gaps their own', () => {
    const encoding = categoryEncoding('category', 'c', ['b', 'a', 'b', 'a', 'z', 'y', null], RULES);
    expect(encoding).toEqual({
      kind: 'category',
      name: 'c',
      categories: ['a', 'b'],
      rare: 2,
      hasRarePlace: true,
      missing: null,
      form: 'oneHot',
    });
    const places = new CategoryPlaces(encoding);
    expect(['a', 'b', 'z', 'unknown', null].map((category) => places.placeOf(category))).toEqual([0, 1, 2, 2, 3]);
    expect([placesOf(encoding), widthOf(encoding)]).toEqual([4, 4]);
    expect([places.has('a'), places.has('z')]).toEqual([true, false]);
  });

  test('without rare ones or gaps has no place for them: unknown is 0 in all, a gap is the most frequent', () => {
    const encoding = categoryEncoding('boolean', 'c', ['true', 'false', 'true', 'true', 'false'], RULES);
    const places = new CategoryPlaces(encoding);
    expect(['false', 'true', 'maybe', null].map((category) => places.placeOf(category))).toEqual([0, 1, -1, 1]);
    const filled = categoryEncoding('category', 'c', ['a', 'b', 'b', null, 'a', 'b'], {
      ...RULES,
      impute: 'mostFrequent',
    });
    expect(new CategoryPlaces(filled).placeOf(null)).toBe(1);
  });

  test('is embedded from as many places on as asked, with a place for unknown ones', () => {
    const values = ['a', 'b', 'c'].flatMap((name) => [name, name]);
    const encoding = categoryEncoding('category', 'c', values, { ...RULES, embeddingFrom: 3 });
    expect([encoding.form, widthOf(encoding), placesOf(encoding)]).toEqual(['embedding', 1, 4]);
    expect(new CategoryPlaces(encoding).placeOf('unknown')).toBe(3);
    expect(categoryEncoding('category', 'c', values, { ...RULES, embeddingFrom: 4 }).form).toBe('oneHot');
  });

  test('takes names of object members as names', () => {
    const encoding = categoryEncoding('category', 'c', ['__proto__', '__proto__', 'constructor', 'constructor'], RULES);
    expect(encoding.categories).toEqual(['__proto__', 'constructor']);
    expect(new CategoryPlaces(encoding).placeOf('toString')).toBe(-1);
  });
});
