/** Rows as objects become columns: in the order in which their names appear, missing where a row has none. */

import { DataError, show } from '../errors.js';
import { ColumnBuilder } from './column-builder.js';
import type { Places } from './places.js';
import { placeOf } from './places.js';
import type { TableSettings } from './table-options.js';

export class RowBuilder {
  readonly builders = new Map<string, ColumnBuilder>();
  /** The names that rows have, also those that are ignored. */
  readonly names = new Set<string>();
  length = 0;

  constructor(
    private readonly operation: string,
    private readonly settings: TableSettings,
    private readonly places: Places,
  ) {}

  /** @throws {DataError} if `row` is not an object, or has a value that no column can hold */
  add(row: unknown): void {
    if (typeof row !== 'object' || row === null || Array.isArray(row) || ArrayBuffer.isView(row)) {
      const found = `${placeOf(this.places, this.length)} is ${show(row)}`;
      throw new DataError({ operation: this.operation, found, expected: 'a row, { name: value, … }' });
    }
    for (const [name, value] of Object.entries(row)) {
      this.names.add(name);
      if (this.settings.ignore.has(name) || this.settings.only?.has(name) === false) continue;
      this.builder(name).add(checkCell(this.operation, this.places, this.length, name, value));
    }
    this.length++;
    for (const builder of this.builders.values()) if (builder.length < this.length) builder.add(null);
  }

  /** The column of a name, which has no value in the rows so far if it is new. */
  builder(name: string): ColumnBuilder {
    const known = this.builders.get(name);
    if (known !== undefined) return known;
    const { kinds, missing, only } = this.settings;
    const { operation, places } = this;
    const isFixed = only !== undefined;
    const made = new ColumnBuilder(name, { operation, kind: kinds.get(name), isFixed, missing, places });
    made.skip(this.length);
    this.builders.set(name, made);
    return made;
  }
}

/** The value of a cell as a program or JSON has it; missing as null. */
export function checkCell(
  operation: string,
  places: Places,
  row: number,
  name: string,
  value: unknown,
): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  const type = typeof value;
  if (type === 'string' || type === 'boolean') return value as string | boolean;
  if (type === 'number' && (Number.isFinite(value) || Number.isNaN(value))) return value as number;
  const isDate = Object.prototype.toString.call(value) === '[object Date]';
  throw new DataError({
    operation,
    found: `${placeOf(places, row)}, ${places.column(name)} is ${show(value)}`,
    expected: 'a finite number, a string, true, false or null',
    fix: isDate ? 'Give a date as a number: date.getTime()' : undefined,
  });
}
