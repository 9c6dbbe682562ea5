/**
 * The library's only source of random numbers: xoshiro128**, seeded, so that a run can be repeated to the bit.
 *
 * Each use draws from its own stream: the seed and the stream's name together initialise the generator, so that the
 * weights of seed 1 and the data of seed 1 share no numbers.
 *
 * Source: Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators (2021); seeding by SplitMix32 steps,
 * normal numbers by the Box–Muller transform.
 */

import { platform } from '#platform';
import { ArgumentError, show } from './errors.js';
import { brand } from './identity.js';
import { requireFinite, requireInteger, requireNonNegative, requireNoSecond } from './options.js';

/** Seeds are 32-bit: whole numbers in [0, 2³²). */
export const LARGEST_SEED = 0xffffffff;

/** A seed from the operating system, for when the caller gives none. */
export function drawSeed(): number {
  return platform.randomUint32();
}

/** The caller's seed, checked, or else a random one. */
export function resolveSeed(operation: string, seed: number | undefined): number {
  return seed === undefined ? drawSeed() : requireInteger(operation, 'seed', seed, 0, LARGEST_SEED);
}

/**
 * What the numbers are for.
 *
 * `weights` initial weights · `order` the order of rows in an epoch · `dropout` masks · `data` tensors of random
 * numbers · `split` which rows go into which part · `samples` the elements that a gradient check compares ·
 * `augmentation` changes to samples · `search` hyper-parameters · `program` a generator for the user's own program
 */
export type Stream =
  | 'weights'
  | 'order'
  | 'dropout'
  | 'data'
  | 'split'
  | 'samples'
  | 'augmentation'
  | 'search'
  | 'program';

/** The whole state of a generator as plain data: four 32-bit words, and the spare normal number of a drawn pair. */
export interface RandomState {
  readonly words: readonly [number, number, number, number];
  readonly spareNormal: number | undefined;
}

/**
 * A seeded generator. Generators of the same seed and stream give the same numbers on every backend and platform.
 *
 * @example new Random(1).integer(6)   // a die from 0 to 5
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;
  private spareNormal: number | undefined;

  /** @throws {ArgumentError} if `seed` is not an integer in [0, 2³²) */
  constructor(seed: number, stream: Stream = 'program') {
    requireInteger('Random', 'seed', seed, 0, LARGEST_SEED);
    // Every word depends on both, so that the streams of one seed have no numbers in common.
    const ofSeed = splitMix(seed);
    const ofStream = splitMix(hashOf(stream));
    this.a = (ofSeed() + ofStream()) | 0;
    this.b = (ofSeed() + ofStream()) | 0;
    this.c = (ofSeed() + ofStream()) | 0;
    this.d = (ofSeed() + ofStream()) | 0;
  }

  /**
   * A generator that continues from a state: equal states give equal numbers.
   *
   * @throws {ArgumentError} if the state is not one that `state` has returned
   */
  static fromState(state: RandomState): Random {
    const random = new Random(0, 'data');
    random.restore(state);
    return random;
  }

  /** The whole state, a copy. */
  state(): RandomState {
    return { words: [this.a >>> 0, this.b >>> 0, this.c >>> 0, this.d >>> 0], spareNormal: this.spareNormal };
  }

  /**
   * Sets the generator to a state of this or another generator.
   *
   * @throws {ArgumentError} as `fromState`; the generator is then unchanged
   */
  restore(state: RandomState): void {
    const { words, spareNormal } = requireState(state);
    this.a = words[0] | 0;
    this.b = words[1] | 0;
    this.c = words[2] | 0;
    this.d = words[3] | 0;
    this.spareNormal = spareNormal;
  }

  /** The next 32 bits, as an integer in [0, 2³²). */
  uint32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.b, 5), 7), 9);
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = rotateLeft(this.d, 11);
    return result >>> 0;
  }

  /**
   * A mask: each element becomes 0 with probability `ratio`, in [0, 1), otherwise `kept`. Takes one `uint32` an element.
   *
   * The state stays in local variables and no branch depends on the numbers drawn, which no processor can foresee: an element
   * takes a fifth of the time that it takes with `uint32` where half are dropped, and less than half where a tenth is.
   *
   * @internal
   */
  fillMask(values: Float32Array | Float64Array, size: number, ratio: number, kept: number): void {
    const threshold = ratio * 2 ** 32;
    let { a, b, c, d } = this;
    for (let i = 0; i < size; i++) {
      const drawn = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
      const t = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= t;
      d = rotateLeft(d, 11);
      values[i] = kept * Number(drawn >= threshold);
    }
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  /**
   * Uniform in [0, 1), a multiple of 2⁻⁵³; with two numbers low + (high − low) times that, rounded.
   *
   * @throws {ArgumentError} for numbers that are not finite, or `high` below `low`; nothing is then drawn
   */
  uniform(): number;
  uniform(low: number, high: number): number;
  uniform(low?: number, high?: number): number {
    if (low !== undefined || high !== undefined) return this.uniformIn(low, high);
    return ((this.uint32() >>> 5) * 0x4000000 + (this.uint32() >>> 6)) / 0x20000000000000;
  }

  private uniformIn(low: unknown, high: unknown): number {
    const operation = 'Random.uniform';
    const from = requireFinite(operation, 'low', low);
    const to = requireFinite(operation, 'high', high);
    if (to < from) {
      throw new ArgumentError({ operation, found: `high is ${show(high)}`, expected: `at least low, ${show(low)}` });
    }
    return from + requireFinite(operation, 'high - low', to - from) * this.uniform();
  }

  /**
   * Uniform among the integers 0 … bound − 1, without bias.
   *
   * @throws {ArgumentError} if `bound` is not an integer in [1, 2³²]
   */
  integer(bound: number): number;
  integer(bound: number, ...more: readonly unknown[]): number {
    const expected = 'the bound alone, for an integer from 0 up to but not including it';
    const fix = 'From low up to but not including high: low + random.integer(high - low)';
    requireNoSecond('Random.integer', more, expected, fix);
    return this.below(requireInteger('Random.integer', 'bound', bound, 1, 2 ** 32));
  }

  private below(bound: number): number {
    let value = this.uint32();
    // Values below 2³² mod bound would occur once too often: draw again. Those are below bound, so that few must be compared.
    if (value < bound) {
      const rejected = (2 ** 32 - bound) % bound;
      while (value < rejected) value = this.uint32();
    }
    // Both as unsigned words: with the remainders of doubles a shuffle took twice as long.
    return bound === 2 ** 32 ? value : value % (bound >>> 0);
  }

  /**
   * Normal with mean 0 and standard deviation 1, or those given.
   *
   * @throws {ArgumentError} for numbers that are not finite, or a deviation below 0; nothing is then drawn
   */
  normal(): number;
  normal(mean: number, std: number): number;
  normal(mean?: number, std?: number): number {
    if (mean !== undefined || std !== undefined) {
      const operation = 'Random.normal';
      const centre = requireFinite(operation, 'mean', mean);
      const spread = requireNonNegative(operation, 'std', std);
      return centre + spread * this.normal();
    }
    if (this.spareNormal !== undefined) {
      const value = this.spareNormal;
      this.spareNormal = undefined;
      return value;
    }
    // 1 − u is in (0, 1], so the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Shuffles in place (Fisher–Yates). */
  shuffle(values: Int32Array): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const swapped = values[i]!;
      values[i] = values[j]!;
      values[j] = swapped;
    }
  }
}

brand(Random, 'Random');

function requireState(state: RandomState): RandomState {
  const operation = 'Random.restore';
  const { words, spareNormal } = (state ?? {}) as Partial<RandomState>;
  const isWord = (word: unknown): boolean =>
    Number.isInteger(word) && (word as number) >= 0 && (word as number) < 2 ** 32;
  // A state of all zeros gives only zeros.
  if (!Array.isArray(words) || words.length !== 4 || !words.every(isWord) || words.every((word) => word === 0)) {
    const expected = 'four integers in [0, 2³²), not all of them 0';
    throw new ArgumentError({ operation, found: `words is ${show(words)}`, expected });
  }
  if (spareNormal !== undefined && !Number.isFinite(spareNormal)) {
    const expected = 'a finite number or undefined';
    throw new ArgumentError({ operation, found: `spareNormal is ${show(spareNormal)}`, expected });
  }
  return { words: words as unknown as RandomState['words'], spareNormal };
}

/** SplitMix32 makes very different states from neighbouring seeds. */
function splitMix(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
}

/** FNV-1a: 32 bits that differ between stream names. */
function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash;
}

function rotateLeft(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}
