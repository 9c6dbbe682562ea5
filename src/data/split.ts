/** Which rows go into which part of a split: pure index arithmetic over seeded shuffles. */

import { ArgumentError, counted, show } from '../errors.js';
import { checkOptions, type Elsewhere, requireFlag } from '../options.js';
import { Random, resolveSeed } from '../random.js';
import { rowNumbers } from './row-numbers.js';

/** Names of the options of a split in other libraries, and the names here. */
const SPLIT_ELSEWHERE: Elsewhere = {
  testSize: 'did you mean "test"?',
  test_size: 'did you mean "test"?',
  validation: 'did you mean "test"?',
  train: 'give the share of the test part as test',
  randomState: 'did you mean "seed"?',
  random_state: 'did you mean "seed"?',
};

/** How a split is asked for, whatever is split. */
export interface Splitting {
  /** The share of the rows that goes into the test part. */
  readonly share: number;
  /** What draws the rows; undefined where the last ones are the test part. */
  readonly random: Random | undefined;
}

/**
 * @throws {ArgumentError} for an unknown option, a share outside (0, 1), a wrong seed, or classes to draw by where nothing is drawn
 */
export function readSplit(operation: string, options: unknown): Splitting {
  checkOptions(operation, options, ['test', 'seed', 'stratify', 'shuffle'], SPLIT_ELSEWHERE);
  const { test, seed, stratify, shuffle = true } = options as Readonly<Record<string, unknown>>;
  if (typeof test !== 'number' || !(test > 0 && test < 1)) {
    const expected = 'a share greater than 0 and less than 1';
    throw new ArgumentError({ operation, found: `test is ${show(test)}`, expected });
  }
  const random = new Random(resolveSeed(operation, seed as number | undefined), 'split');
  if (requireFlag(operation, 'shuffle', shuffle)) return { share: test, random };
  if (stratify === undefined || stratify === false) return { share: test, random: undefined };
  throw new ArgumentError({
    operation,
    found: `stratify is ${show(stratify)} and shuffle is false`,
    expected: 'one of them: stratify draws rows of each class, and without shuffle the test part is the last rows',
  });
}

/** How many of at least 2 rows go into the test part; neither part is ever empty. */
export function testCountOf(rows: number, share: number): number {
  return Math.min(Math.max(Math.round(rows * share), 1), rows - 1);
}

/** Row numbers of the two parts, each in random order, or both in the order of the rows. */
export interface SplitRows {
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** What the caller may not expect about the parts, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Puts `testCount` of the rows into the test part: drawn at random, or without `random` the last ones.
 *
 * @param classes the class of each row, and what warnings call them: each is in both parts in its proportion
 * @returns undefined if every class has a single row
 */
export function splitRows(
  rows: Int32Array,
  testCount: number,
  random: Random | undefined,
  classes?: { readonly classOf: Int32Array; readonly names?: readonly string[] },
): SplitRows | undefined {
  if (random === undefined) {
    const trained = rows.length - testCount;
    return { train: rows.slice(0, trained), test: rows.slice(trained), warnings: [] };
  }
  if (classes === undefined) return splitAtRandom(rows, testCount, random);
  return splitByClass(rows, classes.classOf, testCount, random, classes.names);
}

/** Puts `testCount` of the rows, at random, into the test part. */
export function splitAtRandom(rows: Int32Array, testCount: number, random: Random): SplitRows {
  const order = rows.slice();
  random.shuffle(order);
  return { train: order.slice(testCount), test: order.slice(0, testCount), warnings: [] };
}

/**
 * The same, with each class in the test part in its overall proportion, as closely as whole rows allow.
 *
 * Every class keeps a row in the train part, so that nothing is tested that was never trained on: a class of one
 * row stays there, and the test part may become smaller than requested.
 *
 * @param classOf the class of each row in `rows`, in their order
 * @param names what warnings call the classes, e.g. `"setosa"`. Default: their numbers.
 * @returns undefined if every class has a single row
 */
export function splitByClass(
  rows: Int32Array,
  classOf: Int32Array,
  testCount: number,
  random: Random,
  names?: readonly string[],
): SplitRows | undefined {
  const positions = rowNumbers(rows.length);
  random.shuffle(positions);
  const classes = countClasses(classOf);
  const tested = Math.min(
    testCount,
    classes.reduce((sum, { count }) => sum + count - 1, 0),
  );
  if (tested === 0) return undefined;
  shareOut(classes, tested, random);

  const left = new Map(classes.map(({ label, quota }) => [label, quota]));
  const test = new Int32Array(tested);
  const train = new Int32Array(rows.length - tested);
  let [tests, trains] = [0, 0];
  for (const position of positions) {
    const label = classOf[position]!;
    const wanted = left.get(label)!;
    if (wanted > 0) test[tests++] = rows[position]!;
    else train[trains++] = rows[position]!;
    left.set(label, wanted - 1);
  }
  // The train part began with the classes whose quota was full first: shuffle it, so that its first rows are a fair sample.
  random.shuffle(train);
  random.shuffle(test);
  return { train, test, warnings: warningsOf(classes, tested, testCount, names) };
}

interface ClassShare {
  readonly label: number;
  /** Rows of this class. */
  readonly count: number;
  /** How many of them go into the test part. */
  quota: number;
}

function countClasses(classOf: Int32Array): ClassShare[] {
  const counts = new Map<number, number>();
  for (const label of classOf) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([label, count]) => ({ label, count, quota: 0 })).sort((a, b) => a.label - b.label);
}

/**
 * Sets the quotas for `total` rows: proportional, rounded down, then one more for those that lost the most by rounding. A
 * class of one row has none, and none has all of its rows.
 */
function shareOut(classes: readonly ClassShare[], total: number, random: Random): void {
  const shared = classes.filter(({ count }) => count > 1);
  const rows = shared.reduce((sum, { count }) => sum + count, 0);
  let missing = total;
  for (const share of shared) {
    share.quota = Math.min(Math.floor((share.count * total) / rows), share.count - 1);
    missing -= share.quota;
  }
  while (missing > 0) {
    const open = shared.filter(({ count, quota }) => quota < count - 1);
    const next = largest(open, ({ count }) => (count * total) % rows, missing, random);
    for (const share of next) share.quota++;
    missing -= next.length;
  }
}

/** The `n` items of the largest size, or all. Ties at the cut-off are broken at random; nothing else draws random numbers. */
function largest<T>(items: readonly T[], sizeOf: (item: T) => number, n: number, random: Random): readonly T[] {
  if (items.length <= n) return items;
  const sorted = [...items].sort((a, b) => sizeOf(b) - sizeOf(a));
  const border = sizeOf(sorted[n - 1]!);
  const larger = sorted.filter((item) => sizeOf(item) > border);
  const tied = sorted.filter((item) => sizeOf(item) === border);
  if (larger.length + tied.length === n) return sorted.slice(0, n);
  const order = Int32Array.from(tied.keys());
  random.shuffle(order);
  return [...larger, ...Array.from(order.subarray(0, n - larger.length), (i) => tied[i]!)];
}

/** Classes that a warning lists before it says how many more there are. */
const LISTED = 10;

function warningsOf(
  classes: readonly ClassShare[],
  tested: number,
  wanted: number,
  names?: readonly string[],
): string[] {
  const warnings: string[] = [];
  if (tested < wanted) {
    warnings.push(
      `The test part has ${counted(tested, 'row')} instead of ${wanted}: every class keeps a row to train on.`,
    );
  }
  const absent = classes.filter(({ quota }) => quota === 0);
  if (absent.length > 0) {
    const listed = absent
      .slice(0, LISTED)
      .map(({ label, count }) => `${names?.[label] ?? label} (${count} ${count === 1 ? 'row' : 'rows'})`);
    const more = absent.length > LISTED ? ` and ${absent.length - LISTED} more` : '';
    warnings.push(`The test part has no row of class ${listed.join(', ')}${more}.`);
  }
  return warnings;
}
