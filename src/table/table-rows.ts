/** Which rows and columns of a table a model learns from, and which rows it is validated on. */

import { splitAtRandom, splitByClass } from '../data/split.js';
import { ArgumentError, DataError, show } from '../errors.js';
import { isInstance } from '../identity.js';
import { nearestName } from '../options.js';
import { Random } from '../random.js';
import type { TableColumn } from './columns.js';
import { noTarget } from './encoded-rows.js';
import { type MissingWords, NO_MISSING_WORDS } from './missing-words.js';
import { columnsOf } from './model-input.js';
import { Table } from './table.js';
import { classNameOf, isMissing, type TargetEncoding } from './target-encoding.js';
import type { CheckedOptions, TableTask, TableTrainOptions } from './training-options.js';

/** The words that a model learns from its table. */
export function wordsOf({ parts: { missing = NO_MISSING_WORDS } }: Table): MissingWords {
  return missing;
}

/** Fewer rows than this are refused: a validation part of them would decide by a row or two. */
const FEWEST_ROWS = 10;

/** Whole numbers of at most this many values look like classes. */
const LIKE_CLASSES = 10;

/** @throws {ArgumentError} for a name that no column has, with the nearest one */
export function targetColumn(operation: string, table: Table, name: unknown): TableColumn {
  const column = table.columns.find((one) => one.name === name);
  if (column !== undefined) return column;
  const nearest = typeof name === 'string' ? nearestName(name, table.columnNames) : undefined;
  throw new ArgumentError({
    operation,
    found: `target is ${show(name)}`,
    expected: `the name of a column (${show(table.columnNames)})`,
    fix: nearest === undefined ? undefined : `Did you mean ${show(nearest)}?`,
  });
}

/** By a loop: few rows are soon learned, so that what looks at each of them shows. */
function rowsWithValue({ values }: TableColumn, length: number): Int32Array {
  const rows = new Int32Array(length);
  let count = 0;
  for (let row = 0; row < length; row++) if (!isMissing(values[row]!)) rows[count++] = row;
  return count === length ? rows : rows.slice(0, count);
}

/** The rows whose target is known. */
export function rowsWithTarget(operation: string, target: TableColumn, length: number, warnings: string[]): Int32Array {
  const rows = rowsWithValue(target, length);
  const name = show(target.name);
  if (rows.length === 0 && length > 0) {
    throw new DataError({ operation, found: `the target ${name} is missing in all ${length} rows` });
  }
  if (rows.length < FEWEST_ROWS) {
    const all = rows.length === length ? '' : ` with a target, of ${length}`;
    throw new DataError({
      operation,
      found: `the table has ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}${all}`,
      expected: `at least ${FEWEST_ROWS}`,
    });
  }
  if (rows.length < length) {
    warnings.push(leftOut(length - rows.length, length, target.name));
  }
  return rows;
}

/** The warning about rows without a target. */
export function leftOut(count: number, length: number, target: string): string {
  const [have, were] = count === 1 ? ['has', 'was'] : ['have', 'were'];
  return `${count} of ${length} rows ${have} no ${show(target)} and ${were} left out`;
}

/** Numbers that look like classes are still numbers, because the caller has not said otherwise. */
export function adviseClasses(
  target: TableColumn,
  rows: Int32Array,
  { task }: TableTrainOptions,
  warnings: string[],
): void {
  if (task !== undefined) return;
  const values = new Set<number>();
  for (const row of rows) {
    const value = target.values[row] as number;
    values.add(value);
    if (!Number.isInteger(value) || values.size > LIKE_CLASSES) return;
  }
  warnings.push(
    `The target ${show(target.name)} holds only ${values.size} different whole numbers and was learned as a quantity. If they are classes, train with task: 'classification'`,
  );
}

export function featureColumns(
  operation: string,
  table: Table,
  target: string,
  ignore: readonly string[],
): readonly TableColumn[] {
  for (const [i, name] of ignore.entries()) {
    if (name === target) {
      throw new ArgumentError({
        operation,
        found: `ignore[${i}] is ${show(name)}, which is the target`,
        expected: 'columns that are not used',
        fix: 'Leave it out: the target is never an input',
      });
    }
    if (table.columnNames.includes(name)) continue;
    const nearest = nearestName(name, table.columnNames);
    throw new ArgumentError({
      operation,
      found: `ignore[${i}] is ${show(name)}`,
      expected: `the name of a column (${show(table.columnNames)})`,
      fix: nearest === undefined ? undefined : `Did you mean ${show(nearest)}?`,
    });
  }
  return table.columns.filter(({ name }) => name !== target && !ignore.includes(name));
}

/** Some rows of a table. */
export interface TableRows {
  readonly table: Table;
  readonly rows: Int32Array;
}

export interface Divided {
  readonly train: Int32Array;
  readonly validation: TableRows | undefined;
}

/** Which rows are trained on and which validated on. Statistics are taken of the first only. */
export function divide(
  operation: string,
  { table, target, task, rows }: { table: Table; target: TableColumn; task: TableTask; rows: Int32Array },
  { validation, seed }: CheckedOptions,
): Divided {
  if (validation === false) return { train: rows, validation: undefined };
  if (isInstance(validation, Table)) {
    return {
      train: rows,
      validation: {
        table: validation,
        rows: knownRows(`${operation}: validation`, validation, target, wordsOf(table)),
      },
    };
  }
  const random = new Random(seed, 'split');
  const count = Math.min(Math.max(Math.round(rows.length * validation), 1), rows.length - 1);
  const split =
    task === 'classification'
      ? splitByClass(rows, classNumbersOf(target, rows), count, random)
      : splitAtRandom(rows, count, random);
  // By the average of two rows a class, some class has two.
  return { train: split!.train, validation: { table, rows: split!.test } };
}

function classNumbersOf(target: TableColumn, rows: Int32Array): Int32Array {
  const numbers = new Map<string, number>();
  const classOf = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const name = classNameOf(target.values[rows[i]!]!)!;
    const known = numbers.get(name);
    classOf[i] = known ?? numbers.size;
    if (known === undefined) numbers.set(name, numbers.size);
  }
  return classOf;
}

/**
 * The rows of a table whose target is known, to evaluate on.
 *
 * @throws {DataError} if there is none, or no such column
 */
export function knownRows(
  operation: string,
  table: Table,
  target: Pick<TargetEncoding, 'name' | 'kind'>,
  missing: MissingWords,
): Int32Array {
  const [column] = columnsOf(operation, table, [target], missing);
  const rows = rowsWithValue(column!, table.length);
  if (rows.length > 0) return rows;
  throw noTarget(operation, target.name);
}
