import { describe, expect, test } from 'vitest';
import { compareSlope } from '../../src/functions/slope.js';

const exact = { scale: 1, noise: 1e-16, claimNoise: 0, tolerance: 1e-7 };

describe('compareSlope', () => {
  test('a right slope is right, and a wrong one is wrong, to the tolerance', () => {
    const slope = Math.exp(0.3);
    expect(compareSlope(Math.exp, 0.3, slope, exact).verdict).toBe('right');
    expect(compareSlope(Math.exp, 0.3, slope * (1 + 1e-5), exact)).toMatchObject({
      verdict: 'wrong',
      measured: expect.closeTo(slope, 8),
    });
  });

  test.each([0, 1e-3, 1e-6])('FOUND D1: a kink at a distance of %f is no error', (distance) => {
    const relu = (x: number): number => Math.max(0, x);
    const claims = distance === 0 ? [0, 1] : [0];
    for (const claimed of claims) {
      expect(compareSlope((x) => relu(x - distance), 0, claimed, exact).verdict).not.toBe('wrong');
    }
    expect(compareSlope((x) => relu(x - distance), 0, 3, exact).verdict).toBe(distance === 0 ? 'kink' : 'wrong');
  });

  test('FOUND D1: at a kink both one-sided slopes are in doubt, and are called a kink', () => {
    expect(compareSlope(Math.abs, 0, 1, exact).verdict).toBe('kink');
    expect(compareSlope(Math.abs, 0, 1, exact).uncertainty).toBeGreaterThan(1);
  });

  test('FOUND D1: what rounding hides is unresolved, not wrong', () => {
    const flat = (x: number): number => 1e8 + 1e-12 * x;
    expect(compareSlope(flat, 0, 0, { ...exact, noise: 1e-8 }).verdict).toBe('right');
    expect(compareSlope(flat, 0, 2e-12, { ...exact, noise: 1e-8 }).verdict).toBe('unresolved');
    // Known to 3 %: that settles neither this claim nor a better one.
    expect(compareSlope((x) => x, 0, 1.04, { ...exact, claimNoise: 0.03 }).verdict).toBe('unresolved');
    expect(compareSlope(flat, 0, 1e-6, { ...exact, noise: 1e-8 }).verdict).toBe('wrong');
  });

  test('FOUND D1: a steep place much narrower than the scale is found', () => {
    const steep = (x: number): number => Math.tanh(1e6 * x);
    expect(compareSlope(steep, 0, 1e6, exact).verdict).toBe('right');
    expect(compareSlope(steep, 0, 1.01e6, exact).verdict).toBe('wrong');
    expect(compareSlope(steep, 0, 0, exact).verdict).toBe('wrong');
  });

  test('FOUND D3: a slope that only a long step can see', () => {
    expect(compareSlope((x) => 1 + 1e-13 * x, 0, 0, exact)).toMatchObject({ verdict: 'wrong' });
  });

  test('steps to where f is not finite say nothing', () => {
    const log = (x: number): number => Math.log(x);
    expect(compareSlope(log, 1e-3, 1e3, exact).verdict).toBe('right');
    expect(compareSlope(log, 1e-3, 1.01e3, exact).verdict).toBe('wrong');
    expect(compareSlope(() => Number.NaN, 0, 1, exact).verdict).toBe('unresolved');
  });
});
