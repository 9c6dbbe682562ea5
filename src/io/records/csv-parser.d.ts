/** What is wrong with the quotes of a cell. */
export interface QuoteFault {
  /** `MissingQuotes`: a quote is never closed · `InvalidQuotes`: something follows the closing quote. */
  readonly code: string;
  /** Where the cell begins in the text, just after its opening quote. */
  readonly index: number;
}

export interface ParsedCsv {
  readonly records: string[][];
  readonly faults: readonly QuoteFault[];
  /** Where the text of the last of these records ends, line break included. */
  readonly end: number;
}

export interface ParseCsvOptions {
  /** One character. */
  readonly delimiter: string;
  /** More text follows: the last record may be incomplete, and is left for the next call. */
  readonly more: boolean;
  /** The most records. Default: all. */
  readonly preview?: number;
}

/** The records of a CSV text whose lines end with \n, by RFC 4180. */
export function parseCsv(text: string, options: ParseCsvOptions): ParsedCsv;
