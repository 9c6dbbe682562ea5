/** Which rows go into which half of a split: pure index arithmetic over seeded shuffles. */

import type { Random } from '../random.js';

/** Row numbers of the two parts, each in random order. */
export interface SplitRows {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** Puts `testCount` of the rows, at random, into the test part. */
export function splitAtRandom(rows: Int32Array, testCount: number, random: Random): SplitRows {
  const order = rows.slice();
  random.shuffle(order);
  return { train: order.slice(testCount), test: order.slice(0, testCount) };
}

/**
 * The same, with each class in the test part in the proportion it has in the whole.
 *
 * @param classOf the class of each row in `rows`, in their order
 */
export function splitByClass(rows: Int32Array, classOf: Int32Array, testCount: number, random: Random): SplitRows {
  const positions = Int32Array.from(rows.keys());
  random.shuffle(positions);
  const left = quotas(classOf, testCount);
  const test = new Int32Array(testCount);
  const train = new Int32Array(rows.length - testCount);
  let tested = 0;
  let trained = 0;
  for (const position of positions) {
    const label = classOf[position]!;
    const wanted = left.get(label)!;
    if (wanted > 0) test[tested++] = rows[position]!;
    else train[trained++] = rows[position]!;
    left.set(label, wanted - 1);
  }
  // The train part began with the classes whose quota was full first: mix it, so that its first rows are a fair sample.
  random.shuffle(train);
  random.shuffle(test);
  return { train, test };
}

/** How many rows of each class to take for `total`: proportional, rounded down, the largest remainders rounded up. */
function quotas(classOf: Int32Array, total: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const label of classOf) counts.set(label, (counts.get(label) ?? 0) + 1);
  const shares = [...counts].map(([label, count]) => ({ label, share: (count * total) / classOf.length }));
  const taken = new Map(shares.map(({ label, share }) => [label, Math.floor(share)]));
  let missing = total;
  for (const count of taken.values()) missing -= count;
  const byRemainder = shares.sort((a, b) => (b.share % 1) - (a.share % 1) || a.label - b.label);
  for (const { label } of byRemainder.slice(0, missing)) taken.set(label, taken.get(label)! + 1);
  return taken;
}
