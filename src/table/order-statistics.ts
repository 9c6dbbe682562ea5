/** Quantiles without sorting: of few rows and many columns, sorting them took an eighth of a whole training. */

/** Many more than numbers in any usual order need. */
const MOST_PARTITIONS = 64;

/**
 * The values below which these shares of the numbers lie, between two numbers by linear interpolation. Puts the numbers into
 * another order.
 *
 * @param values at least one, none of them NaN
 * @param shares in [0, 1], ascending
 */
export function quantilesOf(values: Float64Array, shares: readonly number[]): number[] {
  let from = 0;
  return shares.map((share) => {
    const at = (values.length - 1) * share;
    const k = Math.floor(at);
    const below = select(values, k, from);
    from = k; // the numbers before are not larger
    if (at === k) return below;
    const above = rangeOf(values.subarray(k + 1))[0];
    return below + (above - below) * (at - k);
  });
}

/** The least and the largest of at least one number. */
export function rangeOf(values: Float64Array): readonly [least: number, most: number] {
  let [least, most] = [values[0]!, values[0]!];
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  return [least, most];
}

/**
 * The number that would stand at `k` if those from `from` on were sorted. Afterwards it stands there, no larger one before it and
 * no smaller one behind it.
 *
 * Source: Hoare, Algorithm 65: Find (1961), the pivot the median of three.
 *
 * @param most partitions after which what is left is sorted, whatever the order of the numbers
 */
export function select(values: Float64Array, k: number, from: number, most = MOST_PARTITIONS): number {
  let [low, high] = [from, values.length - 1];
  for (let partitions = 0; low < high; partitions++) {
    if (partitions === most) {
      values.subarray(low, high + 1).sort();
      break;
    }
    const pivot = medianOf(values[low]!, values[(low + high) >>> 1]!, values[high]!);
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swapped = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swapped;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break; // between the two all are equal to the pivot
  }
  return values[k]!;
}

function medianOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
