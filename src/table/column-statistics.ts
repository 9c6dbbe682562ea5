/** What the training rows say about a column: from it comes the column's encoding. */

import { allocate } from '../backend/backend.js';
import type { CategoryEncoding, NumberEncoding } from './column-encoding.js';
import { quantilesOf, rangeOf } from './order-statistics.js';

/** What a missing cell counts as. */
export interface Imputation {
  /**
   * 'median' (default), 'mostFrequent', or 'own': the median, and a column of x that says where the cell was missing.
   */
  readonly numbers?: 'median' | 'mostFrequent' | 'own';
  /** 'own' (default): a category of its own. 'mostFrequent': the most frequent one. */
  readonly categories?: 'own' | 'mostFrequent';
}

/** The two quartiles' distance, this many times beyond them: values further out are limited. Tukey's outer fences are 3. */
export const FENCE = 5;

/** How many times the range of the training rows a value may lie outside of it where nothing is limited. */
const UNLIMITED = 1e6;

/**
 * @param values of the training rows, NaN where missing; at least one is not
 * @param limitsFar whether values beyond the fences are limited to them
 */
export function numberEncoding(
  name: string,
  values: Float64Array,
  impute: 'median' | 'mostFrequent' | 'own',
  limitsFar: boolean,
): NumberEncoding {
  // Loops instead of filter, map and reduce: a table of many columns and few rows spends a sixth of its training here.
  const present = allocate('float64', values.length, 'TableModel') as Float64Array;
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) present[count++] = values[i]!;
  const given = present.subarray(0, count);
  const [first, middle, third] = quantilesOf(given, [0.25, 0.5, 0.75]) as [number, number, number];
  const reach = FENCE * (third - first);
  const [least, most] = rangeOf(given);
  // Where half of the rows have the same value, every other one would be far away: only what no row had is limited.
  const [below, above] = reach > 0 ? [Math.max(first - reach, least), Math.min(third + reach, most)] : [least, most];
  // Of a constant nothing was learned: every value counts as it. Otherwise, even without fences, a value must stay a finite
  // float32 once it is standardised.
  const room = UNLIMITED * (most - least);
  const low = limitsFar ? below : least - room;
  const high = limitsFar ? above : most + room;
  const fill = impute === 'mostFrequent' ? mostFrequentNumber(given.sort()) : middle;
  const known = allocate('float64', values.length, 'TableModel') as Float64Array;
  for (let i = 0; i < known.length; i++) {
    const value = Number.isNaN(values[i]) ? fill : values[i]!;
    known[i] = value < low ? low : value > high ? high : value;
  }
  const { mean, deviation } = scaleOf(known);
  const marksMissing = impute === 'own' && count < values.length;
  return { kind: 'number', name, fill, low, high, mean, deviation: deviation || 1, marksMissing };
}

/** Mean and standard deviation (of the rows, not of a population), in two passes. */
export function scaleOf(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  const { length } = values;
  let [mean, variance, isConstant] = [0, 0, true];
  for (let i = 0; i < length; i++) mean += values[i]! / length;
  for (let i = 0; i < length; i++) {
    variance += (values[i]! - mean) ** 2 / length;
    // Rounding leaves a rest where all values are the same.
    if (values[i] !== values[0]) isConstant = false;
  }
  return { mean, deviation: isConstant ? 0 : Math.sqrt(variance) };
}

/** The longest run of equal values; of several, the smallest value. */
function mostFrequentNumber(sorted: Float64Array): number {
  let [best, longest] = [sorted[0]!, 0];
  for (let start = 0; start < sorted.length; ) {
    let end = start + 1;
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    if (end - start > longest) [best, longest] = [sorted[start]!, end - start];
    start = end;
  }
  return best;
}

/** What decides about a column of words. */
export interface CategoryRules {
  readonly impute: 'own' | 'mostFrequent';
  /** Categories of fewer rows share a place. */
  readonly rareBelow: number;
  /** Columns with at least this many places are embedded. */
  readonly embeddingFrom: number;
}

/** @param values of the training rows, null where missing; at least one is not */
export function categoryEncoding(
  kind: 'category' | 'boolean',
  name: string,
  values: readonly (string | null)[],
  { impute, rareBelow, embeddingFrom }: CategoryRules,
): CategoryEncoding {
  const counts = countsOf(values);
  const missingRows = values.length - [...counts.values()].reduce((sum, count) => sum + count, 0);
  const categories = [...counts].filter(([, count]) => count >= rareBelow).map(([category]) => category);
  categories.sort(byCodeUnits);
  const rare = counts.size - categories.length;
  const hasMissingPlace = impute === 'own' && missingRows > 0;
  const places = categories.length + (rare > 0 ? 1 : 0) + (hasMissingPlace ? 1 : 0);
  const form = places >= embeddingFrom ? 'embedding' : 'oneHot';
  return {
    kind,
    name,
    categories,
    rare,
    // An embedding has no "0 in all places": unknown categories need a row of their own.
    hasRarePlace: rare > 0 || form === 'embedding',
    missing: hasMissingPlace ? null : mostFrequent(counts),
    form,
  };
}

function countsOf(values: Iterable<string | null>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Of several equally frequent ones, the first by code units. */
function mostFrequent(counts: ReadonlyMap<string, number>): string {
  return [...counts].sort(([a, m], [b, n]) => n - m || byCodeUnits(a, b))[0]![0];
}

/** The order of names, which depends on no language setting. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
