import { show } from '../errors.js';

/** Of each column this many unknown categories are named; then it is only said that there are more. */
const NAMED = 5;

/** Categories that no training row had, or that were too rare for a place: each is told once. */
export class UnknownCategories {
  readonly #seen = new Map<string, Set<string>>();

  /** Passed on as a function. */
  readonly note = (column: string, category: string): void => {
    const seen = this.#seen.get(column) ?? new Set();
    this.#seen.set(column, seen);
    // One more than are named: that there are more needs no list of them.
    if (seen.size <= NAMED) seen.add(category);
  };

  get warnings(): readonly string[] {
    return [...this.#seen].map(([column, seen]) => {
      const named = [...seen].slice(0, NAMED).map(show).join(', ');
      const more = seen.size > NAMED ? ' and more' : '';
      return `Column ${show(column)} had categories to predict from that the training rows had not, or too rarely: ${named}${more}. They count as rare`;
    });
  }
}
