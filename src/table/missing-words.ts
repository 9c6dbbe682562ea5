/** The words that stand for a missing value: `NA`, `?`, `-999`. */

import { parseNumber } from '../io/records/parse-number.js';

/**
 * Which cells are missing. A text is, if it is one of the words; a number, if one of the words is that number: it has no
 * spelling, so `-999` also stands for -999.0. An empty text and NaN always are.
 */
export class MissingWords {
  private readonly texts: ReadonlySet<string>;
  /** The numbers among the words. A list, because there is seldom more than one. */
  private readonly numbers: readonly number[];

  /** @param words without spaces around them */
  constructor(readonly words: readonly string[]) {
    this.texts = new Set(['', ...words]);
    this.numbers = words.map(parseNumber).filter((number) => !Number.isNaN(number));
  }

  /** @param text without spaces around it */
  hasText(text: string): boolean {
    return this.texts.has(text);
  }

  hasNumber(number: number): boolean {
    return Number.isNaN(number) || (this.numbers.length > 0 && this.numbers.includes(number));
  }

  /** The same of a cell as a program has it. */
  has(cell: string | number | boolean): boolean {
    return typeof cell === 'number' ? this.hasNumber(cell) : this.hasText(String(cell));
  }
}

/** Where only an empty cell is missing. */
export const NO_MISSING_WORDS = new MissingWords([]);
