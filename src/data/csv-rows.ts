/** The rows of a CSV file: its bytes read, scanned and given some thousand rows at a time. */

import { DataError, show } from '../errors.js';
import { readChunks } from '../io/read-file.js';
import { type CsvPlan, TARGET } from './csv-plan.js';
import { CsvScanner } from './csv-scanner.js';
import type { StreamRows } from './stream-rows.js';

/** What is to be read. */
export interface CsvTask {
  readonly path: string;
  readonly plan: CsvPlan;
  /** Whether the first record names the columns. */
  readonly header: boolean;
  /** The number of classes; undefined where the target is a value. */
  readonly classes: number | undefined;
}

export const CSV_EXPECTED = 'a table as CSV';

/** Bytes that are read at a time. */
const CHUNK = 2 ** 20;

/** The numbers of the file, in arrays that are used again. */
export async function* csvRows({ path, plan, header, classes }: CsvTask): AsyncGenerator<StreamRows, void, undefined> {
  const scanner = new CsvScanner(plan, header);
  let waiting = new Uint8Array(2 * CHUNK);
  let length = 0;
  let isStart = true;
  let isEmpty = true;

  function* rowsRead(): Generator<StreamRows, void, undefined> {
    if (scanner.count === 0) return;
    isEmpty = false;
    const bad = classes === undefined ? scanner.count : firstNoClass(scanner, classes);
    const error = bad < scanner.count ? noClass(scanner, bad, plan, classes!) : undefined;
    scanner.count = bad;
    if (bad > 0) yield given(scanner, plan, classes !== undefined);
    if (error !== undefined) throw error;
    scanner.count = 0;
  }

  function* rowsIn(isLast: boolean): Generator<StreamRows, void, undefined> {
    const bytes = waiting.subarray(0, length);
    let at = 0;
    if (isStart && (length >= 3 || isLast)) {
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3; // UTF-8's mark of the byte order
      isStart = false;
    }
    for (let before = -1; at !== before; ) {
      before = at;
      try {
        at = scanner.scan(bytes, at, isLast);
      } catch (error) {
        yield* rowsRead(); // those before it are good
        throw error;
      }
      if (isLast || scanner.count === plan.capacity) yield* rowsRead();
    }
    waiting.copyWithin(0, at, length);
    length -= at;
  }

  for await (const chunk of readChunks('DatasetStream', path, { expected: CSV_EXPECTED, chunkSize: CHUNK })) {
    if (length + chunk.length > waiting.length) {
      const longer = new Uint8Array(2 * (length + chunk.length));
      longer.set(waiting.subarray(0, length));
      waiting = longer;
    }
    waiting.set(chunk, length);
    length += chunk.length;
    yield* rowsIn(false);
  }
  yield* rowsIn(true);
  if (isEmpty) throw noRows('DatasetStream', path, header);
}

export function noRows(operation: string, path: string, header: boolean): DataError {
  const found = `${path} has no rows${header ? ' below its header' : ''}`;
  return new DataError({ operation, found, expected: 'at least one' });
}

/** The first row whose label is none of the classes; the number of rows if there is none. */
function firstNoClass({ learned, count }: CsvScanner, classes: number): number {
  let row = 0;
  while (row < count && Number.isInteger(learned[row]) && learned[row]! >= 0 && learned[row]! < classes) row++;
  return row;
}

function noClass({ learned, lines }: CsvScanner, row: number, plan: CsvPlan, classes: number): DataError {
  const column = show(plan.columnNames[plan.roles.indexOf(TARGET)]);
  return new DataError({
    operation: 'DatasetStream',
    found: `${plan.place}, line ${lines[row]}, column ${column} is ${show(learned[row])}`,
    expected: `an integer in [0, ${classes})`,
  });
}

function given({ x, learned, count }: CsvScanner, { inputSize }: CsvPlan, areLabels: boolean): StreamRows {
  const rows = x.subarray(0, count * inputSize);
  const answers = learned.subarray(0, count);
  return areLabels ? { x: rows, labels: answers } : { x: rows, targets: answers };
}
