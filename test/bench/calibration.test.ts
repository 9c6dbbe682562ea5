import { describe, expect, test } from 'vitest';
import { isCalm, noiseOf } from '../../src/bench/calibration.js';
import { withCalibrator } from '../../src/cli/machine.js';

const at = (one: number, two = one) => ({ one, two });

describe('noise', () => {
  // One core is steady; the second one is often no core of its own.
  const noise = noiseOf([at(4), at(4.1), at(4, 8), at(4.2), at(4, 8), at(4.1), at(4), at(9)]);

  test('is judged by what the work usually takes, not by one lucky moment', () => {
    expect(noiseOf([at(1), at(4), at(4), at(4), at(4), at(4), at(4), at(4)]).usual).toEqual(at(4));
    expect(noise.usual.one).toBe(4);
    expect(noise.usual.two).toBeCloseTo(4.075, 12);
    expect(noise.slow.one).toBeGreaterThan(4.2);
  });

  test('FOUND K1: what one thread did is not noisy because two cores were slow', () => {
    const around = [at(4.1, 8), at(4, 8.1)];
    expect(isCalm(around, noise, 1)).toBe(true);
    expect(isCalm(around, noise, 2)).toBe(false);
  });

  test('on one core makes every measurement noisy', () => {
    expect(isCalm([at(4), at(5, 4)], noise, 1)).toBe(false);
    expect(isCalm([at(4), at(5, 4)], noise, 2)).toBe(false);
    expect(isCalm([at(4.5), at(4)], noise, 2)).toBe(true);
  });
});

test('the work takes measurable time on one core and on two', async () => {
  const { one, two } = await withCalibrator(({ measure }) => measure());
  expect(one).toBeGreaterThan(0.5);
  expect(two).toBeGreaterThan(0.5);
});
