/** What becomes of the columns of a CSV file. */
export interface CsvPlan {
  readonly place: string;
  /** The byte between two cells. */
  readonly delimiter: number;
  readonly columnNames: readonly string[];
  /** For each column its place in x, or `TARGET`, or `IGNORED`. */
  readonly roles: Int32Array;
  /** Numbers in a row of x. */
  readonly inputSize: number;
  /** The class of each word of the target; undefined where it holds numbers. */
  readonly classes: ReadonlyMap<string, number> | undefined;
  /** The most rows that are kept. */
  readonly capacity: number;
}

export const TARGET = -1;
export const IGNORED = -2;

/** Bytes that have a meaning between cells. */
export const LF = 10;
export const CR = 13;
export const QUOTE = 34;

/** Where the numbers of a file go, and which line is next. */
export interface CsvRowsRead {
  /** Rows of `x` and `learned` that are filled. */
  count: number;
  /** The line at which the next record begins. */
  line: number;
  readonly x: Float64Array;
  readonly learned: Float64Array;
  /** The line at which each row begins. */
  readonly lines: Float64Array;
}
