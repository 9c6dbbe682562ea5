import { describe, expect, test } from 'vitest';
import { fillNormal } from '../../src/init/normal.js';
import { Random } from '../../src/random.js';

describe('fillNormal', () => {
  test('T1: fills with std · N(0, 1): mean 0 and the standard deviation asked for', () => {
    const n = 100_000;
    const data = new Float64Array(n);
    fillNormal(data, 0.01, new Random(5));
    const mean = data.reduce((a, b) => a + b) / n;
    const variance = data.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
    // Four standard errors: std/√n of the mean, std/√(2n) of the deviation.
    expect(Math.abs(mean)).toBeLessThan((4 * 0.01) / Math.sqrt(n));
    expect(Math.abs(Math.sqrt(variance) - 0.01)).toBeLessThan((4 * 0.01) / Math.sqrt(2 * n));
  });

  test('float32 gets the draws of float64, rounded', () => {
    const [narrow, wide] = [new Float32Array(9), new Float64Array(9)];
    fillNormal(narrow, 0.3, new Random(1));
    fillNormal(wide, 0.3, new Random(1));
    expect(Array.from(narrow)).toEqual(Array.from(wide, Math.fround));
  });

  test('one generator continues: a second array gets other numbers, a second generator of the seed the same', () => {
    const random = new Random(2);
    const [first, second, again] = [new Float64Array(3), new Float64Array(3), new Float64Array(3)];
    fillNormal(first, 1, random);
    fillNormal(second, 1, random);
    fillNormal(again, 1, new Random(2));
    expect(second).not.toEqual(first);
    expect(again).toEqual(first);
  });

  test('std 0 leaves zeros', () => {
    const data = Float32Array.of(1, 2);
    fillNormal(data, 0, new Random(1));
    expect(data.every((value) => value === 0)).toBe(true);
  });
});
