/** The ranges that the flags of `zerokara search` are given. */

import { ArgumentError, show } from '../errors.js';
import { choice, type Distribution, integers, logUniform, type Space, uniform } from '../index.js';
import { OPTIMIZER_NAMES } from '../optim/named.js';
import { requireOneOf } from '../options.js';
import { MOST_INTEGERS } from '../search/space.js';
import { flagOf } from './flag-errors.js';

/** Flags of `train` that a search may draw, and what their values are: numbers, or some of these names. */
export const DRAWN = {
  learningRate: 'number',
  weightDecay: 'number',
  clipNorm: 'number',
  dropout: 'number',
  hiddenSize: 'integer',
  batchSize: 'integer',
  optimizer: OPTIMIZER_NAMES,
  activation: ['relu', 'sigmoid', 'tanh'],
} as const satisfies Readonly<Record<string, 'number' | 'integer' | readonly string[]>>;

export type DrawnName = keyof typeof DRAWN;

/** What one flag is drawn from. */
export interface Range {
  readonly from: Distribution<number | string>;
  /** The values at its ends, or all of a list: if the run takes these, it takes what lies between. */
  readonly ends: readonly (number | string)[];
}

/**
 * Reads `0.1`, `LOW..HIGH`, `LOW..HIGH:log`, or a list with commas.
 *
 * @throws {ArgumentError} for anything else, for bounds of which the first is not the lower one, or an unknown name
 */
export function rangeOf(name: DrawnName, text: string): Range {
  const kind = DRAWN[name];
  if (typeof kind !== 'string') {
    const names = text.split(',').map((part) => requireOneOf<string>('search', name, part, kind));
    return { from: choice(names), ends: names };
  }
  const refuse = (): never => {
    const expected =
      kind === 'integer'
        ? 'a whole number, LOW..HIGH of whole numbers, or a list with commas'
        : 'a number, LOW..HIGH, LOW..HIGH:log with LOW above 0, or a list with commas';
    throw new ArgumentError({ operation: 'search', found: `${flagOf(name)} is ${show(text)}`, expected });
  };
  const read = (part: string): number => {
    const value = Number(part.replaceAll('_', ''));
    return part.trim() === '' || !Number.isFinite(value) ? refuse() : value;
  };
  const bounds = /^(.+)\.\.(.+?)(:log)?$/.exec(text);
  if (bounds === null) {
    const values = text.split(',').map(read);
    return { from: choice(values), ends: values };
  }
  const [low, high] = [read(bounds[1]!), read(bounds[2]!)];
  const isLog = bounds[3] !== undefined;
  const fits = low < high && (kind === 'number' || (!isLog && Number.isInteger(low) && Number.isInteger(high)));
  if (!fits || (isLog && low <= 0)) refuse();
  if (kind === 'integer' && high - low >= MOST_INTEGERS) {
    const expected = `LOW..HIGH of at most ${MOST_INTEGERS} whole numbers`;
    throw new ArgumentError({ operation: 'search', found: `${flagOf(name)} is ${show(text)}`, expected });
  }
  const from = kind === 'integer' ? integers(low, high) : isLog ? logUniform(low, high) : uniform(low, high);
  return { from, ends: [low, high] };
}

/** The flags that are drawn, by their names. */
export type Ranges = Readonly<Partial<Record<DrawnName, Range>>>;

/** @throws {ArgumentError} for a range that cannot be read, or if nothing varies */
export function rangesOf(flags: Readonly<Partial<Record<DrawnName, string>>>): Ranges {
  const names = (Object.keys(DRAWN) as DrawnName[]).filter((name) => flags[name] !== undefined);
  const ranges = Object.fromEntries(names.map((name) => [name, rangeOf(name, flags[name]!)])) as Ranges;
  if (Object.values(ranges).some(({ ends }) => ends.length > 1)) return ranges;
  throw new ArgumentError({
    operation: 'search',
    found: 'no flag has more than one value',
    expected: 'a range to search, e.g. --learning-rate 1e-4..1:log or --optimizer sgd,adam',
  });
}

/** The space of a search, in which the other flags are constants. */
export function spaceOf(ranges: Ranges, constants: Readonly<Record<string, unknown>>): Space {
  const fixed = Object.entries(constants).map(([name, value]) => [name, choice([value])] as const);
  return { ...mapValues(ranges, ({ from }) => from), ...Object.fromEntries(fixed) };
}

/** Flags with each end of each range once, and the others at their first: what is wrong with a range shows here. */
export function cornersOf(ranges: Ranges): readonly Readonly<Record<string, unknown>>[] {
  const first = mapValues(ranges, ({ ends }) => ends[0]);
  return Object.entries(ranges).flatMap(([name, { ends }]) => ends.map((value) => ({ ...first, [name]: value })));
}

function mapValues<T>(ranges: Ranges, f: (range: Range) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, f(range)]));
}
