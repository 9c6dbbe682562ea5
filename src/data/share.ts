/** The part of each batch that one of several processes computes. */

/** Part `index` of `count`. */
export interface Share {
  readonly index: number;
  readonly count: number;
}

/** Rows of something that has been cut into parts: from `start` up to `end`, which is not one of them. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The rows of a part. Parts follow each other and differ by at most one row; the first is never empty. Cutting into 8 parts and
 * taking 2 at a time gives the same as cutting into 4.
 */
export function rowsOfShare(rows: number, { index, count }: Share): RowRange {
  return { start: Math.ceil((rows * index) / count), end: Math.ceil((rows * (index + 1)) / count) };
}
