import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../src/errors.js';
import { LARGEST_SEED, Random, type RandomState, resolveSeed } from '../src/random.js';
import { expectRefusal } from './support/refusal.js';

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

  test('seeds and streams mean the same numbers in every version', () => {
    // By a second implementation of FNV-1a, SplitMix32 and xoshiro128**, in Python with integers of any length.
    const first = (...seeding: ConstructorParameters<typeof Random>) => {
      const random = new Random(...seeding);
      return Array.from({ length: 4 }, () => random.uint32());
    };
    expect(first(1, 'weights')).toEqual([3899448339, 3403038595, 3981505354, 2648716246]);
    expect(first(1, 'order')).toEqual([1409746686, 2614829533, 1422769842, 4025902969]);
    expect(first(0xffffffff)).toEqual([1298943492, 1974886467, 2328664106, 3420898590]);
    expect(first(0xffffffff, 'program')).toEqual(first(0xffffffff));
  });

  test('a word of a state may be 0, if not all of them are', () => {
    expect(Random.fromState({ words: [0, 0, 0, 1], spareNormal: undefined }).state().words).toEqual([0, 0, 0, 1]);
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

  test('continues from a state with the same numbers, the second normal number of a pair included', () => {
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

  test.each([0, 1e-12, 0.1, 0.5, 0.999, 1 - 2 ** -33, 1 - 2 ** -53])(
    'a mask has the zeros that uint32 gives, one draw an element, for a ratio of %d',
    (ratio) => {
      const [random, other] = [new Random(5), new Random(5)];
      const mask = new Float64Array(1000).fill(7);
      random.fillMask(mask, 999, ratio, 3);
      const expected = Array.from({ length: 999 }, () => (other.uint32() < ratio * 2 ** 32 ? 0 : 3));
      expect([...mask]).toEqual([...expected, 7]);
      expect(random.state()).toEqual(other.state());
    },
  );

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

  test('integers draw again where a bound would favour small values: below 2³² mod bound', () => {
    // Of 2³² values 2³⁰ are left over at this bound: kept, they would make the first third come twice as often.
    const bound = 3 * 2 ** 30;
    const random = new Random(7);
    const source = new Random(7);
    let rejected = 0;
    const next = (): number => {
      for (;;) {
        const value = source.uint32();
        if (value >= 2 ** 30) return value % bound;
        rejected++;
      }
    };
    let inFirstThird = 0;
    for (let i = 0; i < 3000; i++) {
      const value = random.integer(bound);
      expect(value).toBe(next());
      if (value < 2 ** 30) inFirstThird++;
    }
    expect(rejected).toBeGreaterThan(500);
    expect(Math.abs(inFirstThird - 1000)).toBeLessThan(5 * Math.sqrt(3000 * (2 / 9)));
    expect(random.uint32()).toBe(source.uint32());
  });

  test('integers keep the first value that is not in excess: 2³² mod bound itself', () => {
    // The word 1243005292 gives the value 1 = 2³² mod 3.
    const words = [7, 1243005292, 8, 9] as const;
    const [random, source] = [0, 1].map(() => Random.fromState({ words, spareNormal: undefined })) as [Random, Random];
    expect(source.uint32()).toBe(1);
    expect(random.integer(3)).toBe(1);
    expect(random.state()).toEqual(source.state());
  });

  test('integers of the whole range are the 32 bits, and of one value are 0; each takes one draw', () => {
    const random = new Random(8);
    const source = new Random(8);
    for (let i = 0; i < 100; i++) expect(random.integer(2 ** 32)).toBe(source.uint32());
    for (let i = 0; i < 100; i++) expect([random.integer(1), source.uint32() && 0]).toEqual([0, 0]);
    expect(random.uint32()).toBe(source.uint32());
  });

  test('a uniform number has 53 bits: 27 of the first draw above 26 of the second', () => {
    const random = new Random(9);
    const source = new Random(9);
    for (let i = 0; i < 100; i++) {
      const high = BigInt(source.uint32() >>> 5);
      const low = BigInt(source.uint32() >>> 6);
      expect(BigInt(random.uniform() * 2 ** 53)).toBe((high << 26n) | low);
    }
  });

  test('normal numbers come in pairs by the formula of Box and Muller', () => {
    const random = new Random(10);
    const source = new Random(10);
    for (let i = 0; i < 100; i++) {
      const radius = Math.sqrt(-2 * Math.log(1 - source.uniform()));
      const angle = 2 * Math.PI * source.uniform();
      expect([random.normal(), random.normal()]).toEqual([radius * Math.cos(angle), radius * Math.sin(angle)]);
    }
    expect(random.state()).toEqual(source.state());
  });

  test('shuffle is that of Fisher and Yates, from the end', () => {
    const random = new Random(11);
    const source = new Random(11);
    const expected = [0, 1, 2, 3, 4, 5, 6];
    for (let i = 6; i > 0; i--) {
      const j = source.integer(i + 1);
      [expected[i], expected[j]] = [expected[j]!, expected[i]!];
    }
    const values = Int32Array.from([0, 1, 2, 3, 4, 5, 6]);
    random.shuffle(values);
    expect([...values]).toEqual(expected);
    expect(random.uint32()).toBe(source.uint32());
  });

  test.each([0, -1, 1.5, 2 ** 32 + 1, Number.NaN])('refuses the bound %s', (bound) => {
    expect(() => new Random(1).integer(bound)).toThrow(
      expect.objectContaining({
        name: 'ArgumentError',
        message: `Random.integer: bound is ${bound}; expected an integer in [1, 4294967296]`,
      }),
    );
  });

  test.each<[unknown, string]>([
    [undefined, 'words is undefined; expected four integers in [0, 2³²), not all of them 0'],
    [{ words: [0, 0, 0, 0] }, 'words is [0, 0, 0, 0]; expected four integers in [0, 2³²), not all of them 0'],
    [{ words: [1, 2, 3] }, 'words is [1, 2, 3]; expected four integers in [0, 2³²), not all of them 0'],
    [{ words: [1, 2, 3, -4] }, 'words is [1, 2, 3, -4]; expected four integers in [0, 2³²), not all of them 0'],
    [
      { words: [1, 2, 3, 2 ** 32] },
      'words is [1, 2, 3, 4294967296]; expected four integers in [0, 2³²), not all of them 0',
    ],
    [{ words: [1, 2, 3, 0.5] }, 'words is [1, 2, 3, 0.5]; expected four integers in [0, 2³²), not all of them 0'],
    [{ words: [1, 2, 3, 4], spareNormal: Number.NaN }, 'spareNormal is NaN; expected a finite number or undefined'],
    [{ words: [1, 2, 3, 4], spareNormal: null }, 'spareNormal is null; expected a finite number or undefined'],
  ])('refuses the state %o and stays as it was', (state, message) => {
    const random = new Random(1);
    const before = random.state();
    for (const call of [() => random.restore(state as RandomState), () => Random.fromState(state as RandomState)]) {
      expect(call).toThrow(expect.objectContaining({ name: 'ArgumentError', message: `Random.restore: ${message}` }));
    }
    expect(random.state()).toEqual(before);
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

  test('uniform and normal numbers of a range and a bell of one’s own are the standard ones, moved and stretched', () => {
    const [random, standard] = [new Random(9), new Random(9)];
    for (let i = 0; i < 20; i++) {
      expect(random.uniform(-3, 5)).toBe(-3 + 8 * standard.uniform());
      expect(random.normal(100, 15)).toBe(100 + 15 * standard.normal());
    }
    expect(random.uniform(2, 2)).toBe(2);
    expect(random.normal(7, 0)).toBe(7);
  });

  test.each<[string, (random: Random) => unknown, string]>([
    ['a single bound', (r) => Reflect.apply(r.uniform, r, [5]), 'uniform: high is undefined; expected a finite number'],
    [
      'options',
      (r) => Reflect.apply(r.uniform, r, [{ low: 1 }]),
      'uniform: low is an Object; expected a finite number',
    ],
    [
      'a range beyond double',
      (r) => r.uniform(-1e308, 1e308),
      'uniform: high - low is Infinity; expected a finite number',
    ],
    ['bounds the wrong way round', (r) => r.uniform(1, -1), 'uniform: high is -1; expected at least low, 1'],
    [
      'a mean alone',
      (r) => Reflect.apply(r.normal, r, [5]),
      'normal: std is undefined; expected a finite number of at least 0',
    ],
    ['a negative deviation', (r) => r.normal(0, -1), 'normal: std is -1; expected a finite number of at least 0'],
    ['a mean of NaN', (r) => r.normal(Number.NaN, 1), 'normal: mean is NaN; expected a finite number'],
    [
      'two bounds of an integer',
      (r) => Reflect.apply(r.integer, r, [5, 10]),
      'integer: a second argument, 10; expected the bound alone, for an integer from 0 up to but not including it. From low up to but not including high: low + random.integer(high - low)',
    ],
  ])('refuses %s, and draws nothing', (_, draw, message) => {
    const random = new Random(1);
    const before = random.state();
    expectRefusal(() => draw(random), ArgumentError, `Random.${message}`);
    expect(random.state()).toEqual(before);
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
