import { describe, expect, test } from 'vitest';
import { cosine, exponentialDecay, stepDecay, warmup } from '../../src/optim/schedules.js';

describe('schedules', () => {
  test('stepDecay multiplies by the factor at regular intervals', () => {
    const rate = stepDecay({ initial: 0.1, factor: 0.5, every: 1000 });
    expect([0, 999, 1000, 2500].map(rate)).toEqual([0.1, 0.1, 0.05, 0.025]);
  });

  test('exponentialDecay falls by the factor in the course of so many updates', () => {
    const rate = exponentialDecay({ initial: 0.1, factor: 0.25, over: 10 });
    expect([0, 5, 10].map(rate)).toEqual([0.1, 0.05, 0.025]);
    expect(exponentialDecay({ initial: 1, factor: 0.5 })(3)).toBe(0.125);
  });

  test('cosine falls along half a cosine and stays', () => {
    const rate = cosine({ initial: 1, steps: 100, final: 0.2 });
    expect([0, 50, 100, 1000].map((step) => rate(step).toFixed(12))).toEqual(
      [1, 0.6, 0.2, 0.2].map((value) => value.toFixed(12)),
    );
    expect(cosine({ initial: 1, steps: 2 })(2)).toBe(0);
  });

  test('warmup rises in equal steps, then follows', () => {
    expect([0, 1, 3, 4, 100].map(warmup({ steps: 4, after: 0.8 }))).toEqual([0.2, 0.4, 0.8, 0.8, 0.8]);
    const rate = warmup({ steps: 2, after: stepDecay({ initial: 1, factor: 0.5, every: 1 }) });
    expect([0, 1, 2, 3, 4].map(rate)).toEqual([0.5, 1, 1, 0.5, 0.25]);
  });

  test.each([
    [
      () => stepDecay({ initial: 0, factor: 0.5, every: 1 }),
      'stepDecay: initial is 0; expected a finite number greater than 0',
    ],
    [() => stepDecay({ initial: 1, factor: 2, every: 1 }), 'stepDecay: factor is 2; expected a number in (0, 1]'],
    [
      () => stepDecay({ initial: 1, factor: 0.5, every: 0.5 }),
      'stepDecay: every is 0.5; expected an integer of at least 1',
    ],
    [() => exponentialDecay({ initial: 1, factor: 0 }), 'exponentialDecay: factor is 0; expected a number in (0, 1]'],
    [() => cosine({ initial: 1, steps: 0 }), 'cosine: steps is 0; expected an integer of at least 1'],
    [() => cosine({ initial: 1, steps: 1, final: -1 }), 'cosine: final is -1; expected a finite number of at least 0'],
    [
      () => warmup({ steps: 1, after: 'adam' as never }),
      'warmup: after is "adam"; expected a finite number greater than 0',
    ],
    [() => cosine({ initial: 1, step: 1 } as never), 'cosine: unknown option "step"; did you mean "steps"?'],
  ])('refuses %s', (make, message) => {
    expect(make).toThrow(expect.objectContaining({ name: 'ArgumentError', message }));
  });
});
