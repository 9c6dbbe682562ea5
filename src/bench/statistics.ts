/** Medians and their spread: what is reported for repeated measurements. */

/** The middle value; of an even count, the mean of the two middle ones. NaN for an empty list. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the share `q` of the values lies, interpolated between neighbours. NaN for an empty list. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

/** The range of the middle half of the values, as a share of their median. */
export function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);
}

/**
 * The median of a[i] / b[i]: of values measured in the same round, so that a slow minute of the machine cancels.
 *
 * Rounds in which either is missing, or that are not listed in `rounds`, are left out. NaN if none is left.
 */
export function medianRatio(
  a: readonly (number | undefined)[],
  b: readonly (number | undefined)[],
  rounds: readonly number[],
): number {
  const ratios: number[] = [];
  for (const round of rounds) {
    const [above, below] = [a[round], b[round]];
    if (above !== undefined && below !== undefined) ratios.push(above / below);
  }
  return median(ratios);
}
