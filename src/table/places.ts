/** Where a row came from, for messages. */

import { show } from '../errors.js';
import { lineOf, type RecordBatch } from '../io/records/csv-reader.js';

/** Names the places of a table's values. */
export interface Places {
  /** The file; undefined for what a program gave. */
  readonly file: string | undefined;
  /** `line 12`, or `rows[10]`. */
  line(row: number): string;
  /** `column 3 ("petalLength")`. */
  column(name: string): string;
}

/** `iris.csv, line 12`, or `rows[10]`. */
export function placeOf({ file, line }: Places, row: number): string {
  return file === undefined ? line(row) : `${file}, ${line(row)}`;
}

/** The lines of rows, as the few runs in which each row has the line after the one before. */
export class RowLines {
  private readonly rows: number[] = [];
  private readonly lines: number[] = [];
  private count = 0;
  private next = -1;

  /** The lines of the rows of a batch, which follow those before. */
  addBatch(batch: RecordBatch): void {
    const { records, lines } = batch;
    if (lines === undefined) {
      this.add(batch.firstLine);
      this.count += records.length - 1;
      this.next += records.length - 1;
    } else for (let i = 0; i < records.length; i++) this.add(lineOf(batch, i));
  }

  /** The line of the next row. */
  add(line: number): void {
    if (line !== this.next) {
      this.rows.push(this.count);
      this.lines.push(line);
    }
    this.count++;
    this.next = line + 1;
  }

  of(row: number): number {
    let [low, high] = [0, this.rows.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.rows[middle]! <= row) low = middle;
      else high = middle - 1;
    }
    return this.lines[low]! + row - this.rows[low]!;
  }
}

/** Places in a file. @param names of all its columns, where they have an order */
export function filePlaces(file: string, lines: RowLines, names: readonly string[] = []): Places {
  const order = new Map(names.map((name, i) => [name, i + 1]));
  return {
    file,
    line: (row) => `line ${lines.of(row)}`,
    column: (name) => (order.has(name) ? `column ${order.get(name)} (${show(name)})` : `column ${show(name)}`),
  };
}

/** Places in rows or columns that a program gave. */
export const GIVEN: Places = {
  file: undefined,
  line: (row) => `rows[${row}]`,
  column: (name) => `column ${show(name)}`,
};
