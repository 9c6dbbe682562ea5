/** Data sets of raw rows: x preprocessed, and labels or standardised targets. */

import { allocate } from '../backend/backend.js';
import { Dataset } from '../data/dataset.js';
import { DataError, show } from '../errors.js';
import type { MissingWords } from './missing-words.js';
import { cellsOf, columnsOf } from './model-input.js';
import type { OnUnknown, Preprocessor } from './preprocessor.js';
import type { Table } from './table.js';
import { shortNumber } from './table-text.js';
import { ClassNumbers, classNameOf, isMissing, type TargetEncoding } from './target-encoding.js';

/** How raw rows become those of a network. */
export interface RowEncoder {
  readonly preprocessor: Preprocessor;
  readonly target: TargetEncoding;
  /** Of rows, and of tables that were read without such words. */
  readonly missing: MissingWords;
  readonly onUnknown?: OnUnknown;
}

/** These rows of a table, whose targets are known. */
export function datasetOfTable(
  operation: string,
  { preprocessor, target, missing, onUnknown }: RowEncoder,
  table: Table,
  rows: Int32Array,
): Dataset {
  const columns = columnsOf(operation, table, preprocessor.encodings, missing);
  const x = preprocessor.encodeColumns(columns, rows, onUnknown);
  const [column] = columnsOf(operation, table, [target], missing);
  const cells = new Array<number | string | null>(rows.length);
  for (let i = 0; i < rows.length; i++) cells[i] = column!.values[rows[i]!]!;
  return datasetOf(operation, target, x, cells, (i, column) => table.placeOf(rows[i]!, column));
}

/** Rows as objects, of which those without a target are left out. */
export function datasetOfRows(
  operation: string,
  { preprocessor, target, missing, onUnknown }: RowEncoder,
  rows: readonly unknown[],
): Dataset {
  const { inputSize } = preprocessor;
  const targets = rows.map((row, i) => cellsOf(operation, `rows[${i}]`, row, [target], missing)[0]!);
  const known = Int32Array.from(rows.keys()).filter((i) => !isMissing(targets[i]!));
  if (known.length === 0) throw noTarget(operation, target.name);
  const x = allocate('float32', known.length * inputSize, operation) as Float32Array;
  known.forEach((from, to) => {
    const cells = cellsOf(operation, `rows[${from}]`, rows[from], preprocessor.encodings, missing);
    preprocessor.encodeCells(cells, x, to * inputSize, onUnknown);
  });
  const cells = Array.from(known, (i) => targets[i]!);
  return datasetOf(operation, target, x, cells, (i, column) =>
    column === undefined ? `rows[${known[i]}]` : `rows[${known[i]}][${show(column)}]`,
  );
}

/** No row says what there is to predict. */
export function noTarget(operation: string, name: string): DataError {
  return new DataError({ operation, found: `no row has a ${show(name)}`, expected: 'rows with a target' });
}

function datasetOf(
  operation: string,
  target: TargetEncoding,
  data: Float32Array,
  cells: readonly (number | string | null)[],
  placeOf: (i: number, column?: string) => string,
): Dataset {
  const x = { data, shape: [cells.length, data.length / cells.length] };
  if ('classes' in target) {
    const numbers = new ClassNumbers(target);
    const labels = new Int32Array(cells.length);
    for (let i = 0; i < cells.length; i++) {
      labels[i] = numbers.numberOf(operation, () => placeOf(i), classNameOf(cells[i]!)!);
    }
    return Dataset.from({ x, labels, classes: target.classes.length });
  }
  const { mean, deviation } = target;
  const targets = Float32Array.from(cells, (cell) => ((cell as number) - mean) / deviation);
  const far = targets.findIndex((value) => !Number.isFinite(value));
  if (far >= 0) {
    throw new DataError({
      operation,
      found: `${placeOf(far, target.name)} is ${cells[far]}`,
      expected: `a number nearer to those of the training (mean ${shortNumber(mean)}, standard deviation ${shortNumber(deviation)})`,
    });
  }
  return Dataset.from({ x, targets: { data: targets, shape: [cells.length, 1] } });
}
