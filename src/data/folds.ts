import type { Random } from '../random.js';

/**
 * Deals rows out to `folds` parts whose sizes differ by one at most; with classes, each class is dealt out in the same way.
 *
 * @param classOf the class of each row in `rows`, in their order; undefined to take no notice of classes
 */
export function dealFolds(
  rows: Int32Array,
  classOf: Int32Array | undefined,
  folds: number,
  random: Random,
): readonly Int32Array[] {
  const positions = Int32Array.from(rows.keys());
  random.shuffle(positions);
  // Dealt class by class, one row to each fold in turn: no fold has two more rows of a class, or in all, than another.
  if (classOf !== undefined) positions.sort((a, b) => classOf[a]! - classOf[b]!); // stable: the order within a class stays random
  const dealt = Array.from({ length: folds }, (_, fold) => positions.filter((_position, i) => i % folds === fold));
  return dealt.map((part) => {
    const own = part.map((position) => rows[position]!);
    random.shuffle(own); // otherwise sorted by class
    return own;
  });
}
