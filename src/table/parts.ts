/** What a table consists of. */

import type { TableColumn } from './columns.js';
import type { MissingWords } from './missing-words.js';
import type { Places } from './places.js';
import type { TableFormat } from './table-options.js';

/** What was found out about the file that a table was read from. */
export interface TableSource {
  /** The path as given, the URL, or `the stream`. */
  readonly place: string;
  readonly format: TableFormat;
  /** The character between two cells, for CSV. */
  readonly delimiter?: string;
  /** Whether the first record names the columns, for CSV; without a header they are column1, column2, … */
  readonly header?: boolean;
}

/** The parts of a table. */
export interface TableParts {
  readonly columns: readonly TableColumn[];
  readonly length: number;
  readonly places: Places;
  readonly source: TableSource | undefined;
  /** As the option `missing` named them; undefined where it was not given. */
  readonly missing: MissingWords | undefined;
  /** The rows as they were read, for messages; undefined where the table has all of them in that order. */
  readonly origin: Int32Array | undefined;
}
