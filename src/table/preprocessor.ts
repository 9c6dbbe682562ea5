import { allocate } from '../backend/backend.js';
import { DataError, show } from '../errors.js';
import {
  type CategoryEncoding,
  CategoryPlaces,
  type ColumnEncoding,
  placesOf,
  widthOf,
  writeNumber,
  writeNumbers,
} from './column-encoding.js';
import { type CategoryRules, categoryEncoding, numberEncoding } from './column-statistics.js';
import type { TableColumn } from './columns.js';

/** What decides how columns are encoded. */
export interface EncodingRules extends CategoryRules {
  readonly imputeNumbers: 'median' | 'mostFrequent' | 'own';
  readonly limitsFar: boolean;
}

/** Is told of a category that no training row had, with the name of its column. */
export type OnUnknown = (column: string, category: string) => void;

/** Where a column lies in x. */
export interface EncodedColumn {
  readonly encoding: ColumnEncoding;
  /** The first of its columns of x. */
  readonly at: number;
  readonly width: number;
  /** Absent for numbers. */
  readonly places?: CategoryPlaces;
  /** Added to the number of a place: all embedded columns share one matrix. */
  readonly firstPlace: number;
}

/**
 * From the columns of a table to x: numbers and one-hot places in the order of the columns, then one number for each embedded
 * column. What it has learned of the training rows is frozen in `encodings`.
 */
export class Preprocessor {
  readonly columns: readonly EncodedColumn[];
  /** Columns of x. */
  readonly inputSize: number;
  /** Columns of x before the embedded ones. */
  readonly quantities: number;
  /** Places of all embedded columns together; 0 without any. */
  readonly vocabularySize: number;

  constructor(readonly encodings: readonly ColumnEncoding[]) {
    const isEmbedded = (encoding: ColumnEncoding): boolean =>
      encoding.kind !== 'number' && encoding.form === 'embedding';
    const widths = encodings.map(widthOf);
    this.quantities = widths.reduce((sum, width, i) => sum + (isEmbedded(encodings[i]!) ? 0 : width), 0);
    this.inputSize = widths.reduce((sum, width) => sum + width, 0);
    let [quantity, embedded, place] = [0, this.quantities, 0];
    this.columns = encodings.map((encoding, i) => {
      const width = widths[i]!;
      const places = encoding.kind === 'number' ? {} : { places: new CategoryPlaces(encoding) };
      if (isEmbedded(encoding)) {
        const column = { encoding, at: embedded, width, ...places, firstPlace: place };
        embedded += 1;
        place += placesOf(encoding as CategoryEncoding);
        return column;
      }
      quantity += width;
      return { encoding, at: quantity - width, width, ...places, firstPlace: 0 };
    });
    this.vocabularySize = place;
  }

  /**
   * Learns the statistics of these columns from these rows of a table. Columns without a value in them are left out, which
   * `empty` names.
   *
   * @throws {DataError} for numbers too large to standardise
   */
  static fit(
    operation: string,
    columns: readonly TableColumn[],
    rows: Int32Array,
    rules: EncodingRules,
  ): { readonly preprocessor: Preprocessor; readonly empty: readonly string[] } {
    const empty: string[] = [];
    const encodings: ColumnEncoding[] = [];
    for (const { name, kind, values } of columns) {
      if (kind === 'number') {
        const known = numbersAt(values as Float64Array, rows);
        if (known.every(Number.isNaN)) empty.push(name);
        else encodings.push(requireScale(operation, numberEncoding(name, known, rules.imputeNumbers, rules.limitsFar)));
      } else {
        const known = Array.from(rows, (row) => values[row] as string | null);
        if (known.every((value) => value === null)) empty.push(name);
        else encodings.push(categoryEncoding(kind, name, known, rules));
      }
    }
    return { preprocessor: new Preprocessor(encodings), empty };
  }

  /** The columns of the table in the order of the encodings, whose kinds have been checked. */
  encodeColumns(columns: readonly TableColumn[], rows: Int32Array, onUnknown?: OnUnknown): Float32Array {
    const { inputSize } = this;
    const x = allocate('float32', rows.length * inputSize, 'TableModel') as Float32Array;
    this.columns.forEach((column, i) => {
      const from = columns[i]!;
      if (column.encoding.kind === 'number' && from.kind === 'number') {
        writeNumbers(column.encoding, numbersAt(from.values, rows), x, column.at, inputSize);
        return;
      }
      for (let to = 0; to < rows.length; to++) {
        this.#write(column, from.values[rows[to]!]!, x, to * inputSize, onUnknown);
      }
    });
    return x;
  }

  /** Cells of one row in the order of the encodings: a number or NaN, or a category or null. */
  encodeCells(cells: readonly (number | string | null)[], x: Float32Array, start: number, onUnknown?: OnUnknown): void {
    for (let i = 0; i < cells.length; i++) this.#write(this.columns[i]!, cells[i]!, x, start, onUnknown);
  }

  #write(
    { encoding, at, places, firstPlace }: EncodedColumn,
    cell: number | string | null,
    x: Float32Array,
    start: number,
    onUnknown?: OnUnknown,
  ): void {
    if (encoding.kind === 'number') {
      writeNumber(encoding, cell as number, x, start + at);
      return;
    }
    const category = cell as string | null;
    const place = places!.placeOf(category);
    if (encoding.form === 'embedding') x[start + at] = firstPlace + place;
    else if (place >= 0) x[start + at + place] = 1;
    if (category !== null && !places!.has(category)) onUnknown?.(encoding.name, category);
  }
}

/** The numbers of these rows. A function of its own, which sees only typed arrays, is compiled to a plain loop. */
function numbersAt(values: Float64Array, rows: Int32Array): Float64Array {
  const numbers = allocate('float64', rows.length, 'TableModel') as Float64Array;
  for (let i = 0; i < rows.length; i++) numbers[i] = values[rows[i]!]!;
  return numbers;
}

function requireScale<E extends { readonly name: string; readonly mean: number; readonly deviation: number }>(
  operation: string,
  encoding: E,
): E {
  if (Number.isFinite(encoding.mean) && Number.isFinite(encoding.deviation)) return encoding;
  throw new DataError({
    operation,
    found: `column ${show(encoding.name)} has numbers too large to square`,
    expected: 'numbers below 1e150',
  });
}
