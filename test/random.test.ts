import { describe, expect, test } from 'vitest';
import { LARGEST_SEED, Random, resolveSeed } from '../src/random.js';

describe('Random', () => {
  test('is xoshiro128**: from state [1, 2, 3, 4] come the published first outputs', () => {
    const random = Random.fromState({ words: [1, 2, 3, 4], spareNormal: undefined });
    expect(Array.from({ length: 8 }, () => random.uint32())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849,
    ]);
  });

  test('repeats itself from one seed and differs between neighbouring seeds', () => {
    const draw = (seed: number): number[] => {
      const random = new Random(seed);
      return Array.from({ length: 20 }, () => random.uint32());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(new Set([...draw(0), ...draw(1), ...draw(2), ...draw(LARGEST_SEED)]).size).toBe(80);
  });

  test('FOUND I2: streams of one seed have no number in common, nor do neighbouring seeds of two streams', () => {
    const streams = ['weights', 'order', 'dropout', 'data', 'split', 'samples', 'augmentation', 'search'] as const;
    const drawn = [0, 1, 2, LARGEST_SEED].flatMap((seed) =>
      streams.flatMap((stream) => {
        const random = new Random(seed, stream);
        return Array.from({ length: 50 }, () => random.uniform());
      }),
    );
    expect(new Set(drawn).size).toBe(4 * streams.length * 50);
  });

  test('goes on from a state with the same numbers, the second normal number of a pair included', () => {
    const random = new Random(6, 'dropout');
    random.normal();
    const state = random.state();
    const draw = (from: Random): number[] =>
      Array.from({ length: 9 }, (_, i) => (i % 2 ? from.uniform() : from.normal()));
    const expected = draw(random);
    expect(draw(Random.fromState(structuredClone(state)))).toEqual(expected);
    random.restore(state);
    expect(draw(random)).toEqual(expected);
  });

  test('uniform numbers fill [0, 1) evenly', () => {
    const random = new Random(2);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[Math.floor(random.uniform() * 10)]!++;
    // Each count is binomial with standard deviation √(100,000 · 0.1 · 0.9) = 95; five of them are allowed.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(475);
  });

  test('normal numbers have mean 0, variance 1 and the tails of a bell', () => {
    const random = new Random(3);
    const n = 200_000;
    let sum = 0;
    let squares = 0;
    let beyondTwo = 0;
    for (let i = 0; i < n; i++) {
      const value = random.normal();
      sum += value;
      squares += value * value;
      if (Math.abs(value) > 2) beyondTwo++;
    }
    // Standard deviations of the three estimates: 1/√n, √(2/n), √(0.0455 · 0.9545 / n). Five of them are allowed.
    expect(Math.abs(sum / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(squares / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(beyondTwo / n - 0.0455)).toBeLessThan(5 * Math.sqrt(0.0434 / n));
  });

  test('integers below a bound come equally often', () => {
    const random = new Random(4);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.integer(7)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt((70_000 * 6) / 49));
  });

  test('shuffle keeps every value and reaches every order', () => {
    const random = new Random(5);
    const seen = new Set<string>();
    for (let i = 0; i < 500; i++) {
      const values = Int32Array.of(1, 2, 3, 4);
      random.shuffle(values);
      expect([...values].sort()).toEqual([1, 2, 3, 4]);
      seen.add(values.join());
    }
    expect(seen.size).toBe(24);
  });

  test.each([-1, 1.5, 2 ** 32, Number.NaN, '1'])('refuses the seed %s', (seed) => {
    const shown = typeof seed === 'string' ? `"${seed}"` : seed;
    expect(() => new Random(seed as number)).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: `Random: seed is ${shown}; expected an integer in [0, 4294967295]`,
      }),
    );
  });

  test('resolveSeed keeps a given seed and draws different ones otherwise', () => {
    expect(resolveSeed('here', 7)).toBe(7);
    expect(new Set(Array.from({ length: 10 }, () => resolveSeed('here', undefined))).size).toBeGreaterThan(8);
  });
});
