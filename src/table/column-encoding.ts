/** How one column of a table becomes columns of x: as plain data, which a model's file holds, and at work. */

import { booleanOf } from './cell-kinds.js';

/** A column of numbers: (value − mean) / deviation. */
export interface NumberEncoding {
  readonly kind: 'number';
  readonly name: string;
  /** Stands for a missing cell. */
  readonly fill: number;
  /** Values beyond these two count as the nearer one: they are far outside of what most training rows hold. */
  readonly low: number;
  readonly high: number;
  /** Of the training rows, with missing cells filled and far values limited. */
  readonly mean: number;
  /** Greater than 0: 1 for a column of one value. */
  readonly deviation: number;
  /** Whether a second column of x is 1 where the cell is missing, else 0. */
  readonly marksMissing: boolean;
}

/**
 * A column of words. Its places are the kept categories in order, then one for rare and unknown ones, then one for missing
 * cells; a category without a place is 0 in all of them.
 */
export interface CategoryEncoding {
  readonly kind: 'category' | 'boolean';
  readonly name: string;
  /** The categories with a place of their own, sorted. */
  readonly categories: readonly string[];
  /** How many categories of the training rows share the place of the rare ones. */
  readonly rare: number;
  /** Whether there is a place for rare and unknown categories. */
  readonly hasRarePlace: boolean;
  /** What a missing cell counts as: null for a place of its own, which training rows had, or this category. */
  readonly missing: string | null;
  /** 'oneHot': a column of x for each place. 'embedding': the number of the place, whose row of numbers is learned. */
  readonly form: 'oneHot' | 'embedding';
}

/** What becomes of a column, by its kind. */
export type ColumnEncoding = NumberEncoding | CategoryEncoding;

/** How many columns of x a column becomes. */
export function widthOf(encoding: ColumnEncoding): number {
  if (encoding.kind === 'number') return encoding.marksMissing ? 2 : 1;
  return encoding.form === 'embedding' ? 1 : placesOf(encoding);
}

/** How many places a column of words has. */
export function placesOf({ categories, hasRarePlace, missing }: CategoryEncoding): number {
  return categories.length + (hasRarePlace ? 1 : 0) + (missing === null ? 1 : 0);
}

/** A known number of a column, far ones limited. */
function standardised(value: number, low: number, high: number, mean: number, deviation: number): number {
  return ((value < low ? low : value > high ? high : value) - mean) / deviation;
}

/** Writes a number, NaN where it is missing, at `out[at]`. */
export function writeNumber(encoding: NumberEncoding, value: number, out: Float32Array, at: number): void {
  const { fill, low, high, mean, deviation, marksMissing } = encoding;
  const isMissing = Number.isNaN(value);
  out[at] = standardised(isMissing ? fill : value, low, high, mean, deviation);
  if (marksMissing) out[at + 1] = isMissing ? 1 : 0;
}

/** The same for a column, one number for each `width` of `out`. */
export function writeNumbers(
  encoding: NumberEncoding,
  values: Float64Array,
  out: Float32Array,
  at: number,
  width: number,
): void {
  const { fill, low, high, mean, deviation, marksMissing } = encoding;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const isMissing = Number.isNaN(value);
    out[at + i * width] = standardised(isMissing ? fill : value, low, high, mean, deviation);
    if (marksMissing) out[at + i * width + 1] = isMissing ? 1 : 0;
  }
}

/**
 * The numbers of words by their spelling; of `true` and `false` in any case, if none is spelt so. Whether a column of
 * "True" and "False" is one of words or of booleans depends on what else is in the table at hand.
 */
export class WordNumbers {
  private readonly numbers: ReadonlyMap<string, number>;
  private readonly booleans: ReadonlyMap<string, number>;

  constructor(words: readonly string[]) {
    const numbered = words.map((word, number) => [word, number] as const);
    this.numbers = new Map(numbered);
    this.booleans = new Map(
      numbered.flatMap(([word, number]) => (booleanOf(word) === undefined ? [] : [[booleanOf(word)!, number]])),
    );
  }

  get(word: string): number | undefined {
    return this.numbers.get(word) ?? this.booleans.get(booleanOf(word) ?? '');
  }
}

/** Looks up the places of one column of words. */
export class CategoryPlaces {
  private readonly places: WordNumbers;
  private readonly rarePlace: number;
  private readonly missingPlace: number;

  constructor(readonly encoding: CategoryEncoding) {
    const { categories, hasRarePlace, missing } = encoding;
    this.places = new WordNumbers(categories);
    this.rarePlace = hasRarePlace ? categories.length : -1;
    this.missingPlace = missing === null ? placesOf(encoding) - 1 : (this.places.get(missing) ?? this.rarePlace);
  }

  /** The place of a category, null for a missing cell; −1 without one. */
  placeOf(category: string | null): number {
    return category === null ? this.missingPlace : (this.places.get(category) ?? this.rarePlace);
  }

  has(category: string): boolean {
    return this.places.get(category) !== undefined;
  }
}
