import { describe, expect, test } from 'vitest';
import { compareAlong, type LossLine } from '../../src/models/loss-line.js';

const exact = { scale: 1, noise: 1e-16, claimNoise: 0, tolerance: 1e-7 };

/** A line of which backpropagation claims these slopes. */
const line = (loss: (t: number) => number, slope: (t: number) => number): LossLine => ({ here: 0, loss, slope });

const relu = (t: number): number => Math.max(0, t);
const step = (t: number): number => (t > 0 ? 1 : 0);

describe('compareAlong', () => {
  test('FOUND D1: at a kink either one-sided slope is right, if both are right beside it', () => {
    const smooth = (t: number): number => relu(t) + t + t * t;
    const slope = (t: number): number => step(t) + 1 + 2 * t;
    expect(compareAlong(line(smooth, slope), 1, exact)).toMatchObject({ verdict: 'right', atKink: true });
    expect(compareAlong(line(smooth, slope), 2, exact)).toMatchObject({ verdict: 'right', atKink: true });
  });

  test('FOUND D1: two kinks that cancel, where backpropagation gives 0 and the slope is 1', () => {
    const straight = (t: number): number => relu(t) - relu(-t);
    const slope = (t: number): number => step(t) + step(-t);
    expect(compareAlong(line(straight, slope), 0, exact)).toMatchObject({ verdict: 'right', atKink: true });
  });

  test('FOUND D3: at a kink an error of 1 % is found beside it', () => {
    const slope = (t: number): number => 1.01 * step(t);
    expect(compareAlong(line(relu, slope), 0, exact)).toMatchObject({
      verdict: 'wrong',
      atKink: true,
      wrongBeside: true,
    });
  });

  test('FOUND D1: at a kink with nothing to compare beside it, the element is excused', () => {
    const slope = (t: number): number => 1.02 * step(t);
    expect(compareAlong(line(relu, slope), 0, { ...exact, noise: 1e-3 })).toMatchObject({
      verdict: 'kink',
      atKink: true,
    });
  });

  test('FOUND D3: a wrong slope in a steep place is not explained by flat sides', () => {
    const narrow = (t: number): number => Math.tanh(1e8 * t);
    const slope = (t: number): number => (t === 0 ? 2e8 : 0);
    expect(compareAlong(line(narrow, slope), 2e8, exact)).toMatchObject({ verdict: 'wrong', atKink: false });
    expect(compareAlong(line(narrow, slope), 1e8, exact)).toMatchObject({ verdict: 'right', atKink: false });
  });
});
