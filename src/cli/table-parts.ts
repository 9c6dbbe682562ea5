/** The rows that `zerokara train` learns from, and those that it is judged by. */

import { Table, type TableTask } from '../index.js';
import { leftOut } from '../table/table-rows.js';
import { missedHeader, type ReadFlags, readOptions } from './table-files.js';
import type { TableInput } from './table-input.js';

export interface PartFlags extends ReadFlags {
  readonly task?: TableTask;
  readonly test: number;
  readonly ignore?: readonly string[];
}

/** The two parts of a table. */
export interface Parts {
  readonly train: Table;
  readonly test: Table;
  /** What the user may not expect about the parts. */
  readonly warnings: readonly string[];
}

/**
 * The table with the column to predict.
 *
 * @throws what `Table.read` throws; {ArgumentError} for a target that is no column; {DataError} for a header that was taken for a row of data
 */
export async function readWithTarget(input: TableInput, target: string, flags: PartFlags): Promise<Table> {
  const { ignore } = flags;
  try {
    const table = await Table.read(input.all(), { ...readOptions(flags), ...(ignore === undefined ? {} : { ignore }) });
    table.requireColumn('train', '--target is', target);
    return table;
  } catch (error) {
    throw (await missedHeader('train', input, flags, target)) ?? error;
  } finally {
    input.close();
  }
}

/** Rows without a target are left out of both parts; classes have the same proportions in both. */
export function partsOf(table: Table, target: string, { task, test }: PartFlags, seed: number): Parts {
  const known = table.filter((row) => row[target] !== null);
  const { kind, values } = known.column(target);
  const isClass = (task ?? (kind === 'number' ? 'regression' : 'classification')) === 'classification';
  // Values that are all different are not classes: training says so better than the split.
  const stratify = isClass && new Set<unknown>(values).size < known.length;
  const parts = known.split({ test, seed, ...(stratify ? { stratify: target } : {}) });
  const count = table.length - known.length;
  const warnings = count === 0 ? [] : [leftOut(count, table.length, target)];
  return { ...parts, warnings: [...warnings, ...parts.warnings] };
}
