/** What is predicted: the names of the classes, or the scale of the values; as plain data, which a model's file holds. */

import { DataError, show } from '../errors.js';
import { nearestName } from '../options.js';
import { WordNumbers } from './column-encoding.js';
import { byCodeUnits, scaleOf } from './column-statistics.js';
import type { ColumnKind, TableColumn } from './columns.js';

/** Classes by their names, in the order of the network's outputs. */
export interface ClassTarget {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly classes: readonly string[];
}

/** Values, standardised for the network. */
export interface ValueTarget {
  readonly name: string;
  readonly kind: 'number';
  readonly mean: number;
  readonly deviation: number;
}

/** How a target is encoded, by the task. */
export type TargetEncoding = ClassTarget | ValueTarget;

/** The cell as the name of a class; null where it is missing. */
export function classNameOf(cell: number | string | null): string | null {
  return isMissing(cell) ? null : String(cell);
}

export function isMissing(cell: number | string | null): boolean {
  return cell === null || Number.isNaN(cell);
}

/**
 * The classes of these rows, whose targets are known, sorted: numbers by their size, words by their letters.
 *
 * @throws {DataError} unless there are at least two, with two rows each on average
 */
export function classTarget(operation: string, column: TableColumn, rows: Int32Array): ClassTarget {
  const { name, kind } = column;
  const names = new Set<string>();
  for (let i = 0; i < rows.length; i++) names.add(classNameOf(column.values[rows[i]!]!)!);
  const classes = [...names].sort(kind === 'number' ? (a, b) => Number(a) - Number(b) : byCodeUnits);
  if (classes.length < 2) {
    throw new DataError({
      operation,
      found: `the target ${show(name)} has only the class ${show(classes[0])}`,
      expected: 'at least two classes, so that there is something to tell apart',
    });
  }
  if (2 * classes.length > rows.length) {
    throw new DataError({
      operation,
      found: `the target ${show(name)} has ${classes.length} classes in ${rows.length} rows`,
      expected: 'at least two rows of each class on average',
      fix: kind === 'number' ? "Leave task out, or give task: 'regression', to predict its numbers" : undefined,
    });
  }
  return { name, kind, classes };
}

/** @throws {DataError} for a constant target, or words */
export function valueTarget(operation: string, column: TableColumn, rows: Int32Array): ValueTarget {
  const { name, kind, values } = column;
  if (kind !== 'number') {
    throw new DataError({
      operation,
      found: `the target ${show(name)} is a ${kind}`,
      expected: 'a column of numbers for a regression',
      fix: "Leave task out, or give task: 'classification'",
    });
  }
  const known = Float64Array.from(rows, (row) => values[row] as number);
  const { mean, deviation } = scaleOf(known);
  if (deviation > 0 && Number.isFinite(deviation)) return { name, kind, mean, deviation };
  throw new DataError({
    operation,
    found:
      deviation === 0
        ? `the target ${show(name)} is ${known[0]} in every row`
        : `the target ${show(name)} has values up to ${known.reduce((a, b) => Math.max(a, Math.abs(b)), 0)}`,
    expected: deviation === 0 ? 'different values, so that there is something to predict' : 'values below 1e150',
  });
}

/** The numbers of the classes by their names. */
export class ClassNumbers {
  private readonly numbers: WordNumbers;

  constructor(private readonly target: ClassTarget) {
    this.numbers = new WordNumbers(target.classes);
  }

  /**
   * @param placeOf where it is, for the message
   * @throws {DataError} for a class that the model does not know
   */
  numberOf(operation: string, placeOf: () => string, name: string): number {
    const number = this.numbers.get(name);
    if (number !== undefined) return number;
    const { classes } = this.target;
    const nearest = nearestName(name, classes);
    throw new DataError({
      operation,
      found: `${placeOf()} has the class ${show(name)}`,
      expected: `a class that the model was trained on (${show(classes)})`,
      fix: nearest === undefined ? undefined : `Did you mean ${show(nearest)}?`,
    });
  }
}
