/** A stream over files of arrays: what `DatasetStream.fromFiles` takes, and how the files are read. */

import { platform } from '#platform';
import { ArgumentError, ShapeError, show } from '../errors.js';
import { checkOptions, requireInteger, requireOneOf, requirePath } from '../options.js';
import { formatShape, sizeOf } from '../tensor/shape.js';
import { type ArrayFile, openArray, type RowsOfFile, readArrayHeader } from './array-file.js';
import type { RowRange } from './share.js';
import { type ReadStreamOptions, readStreamOptions } from './stream-options.js';
import type { StreamSource } from './stream-reader.js';
import type { StreamRows } from './stream-rows.js';

interface CommonOptions {
  /** The file of the samples: NPY or IDX, (N, …), told apart by their first bytes, or float32 numbers without a header. */
  readonly x: string;
  /** Says that a file that is neither NPY nor IDX holds float32 numbers, little-endian, row after row. */
  readonly format?: 'float32';
  /** Numbers in a row of x; needed for a file without a header. */
  readonly inputSize?: number;
  /** The shape of one sample, e.g. [28, 28, 1]. Default: that of the file. */
  readonly inputShape?: readonly number[];
  /** The factor of x that is bytes (uint8), e.g. 1 / 255. Default 1. */
  readonly scale?: number;
  /** Rows that batches are drawn from; see `DatasetStream.from`. */
  readonly window?: number;
}

/** Files of samples with one class each. */
export interface ClassFilesOptions extends CommonOptions {
  /** The file of the labels, (N) or (N, 1). */
  readonly labels: string;
  /** The number of classes: labels are integers in [0, classes). */
  readonly classes: number;
  readonly targets?: never;
  readonly outputSize?: never;
}

/** Files of samples with values to predict. */
export interface ValueFilesOptions extends CommonOptions {
  /** The file of the values, (N) or (N, outputSize). */
  readonly targets: string;
  /** The number of target values of a row; needed for a file without a header, which has 1 without it. */
  readonly outputSize?: number;
  readonly labels?: never;
  readonly classes?: never;
}

/** What `DatasetStream.fromFiles` takes. */
export type StreamFilesOptions = ClassFilesOptions | ValueFilesOptions;

const OPERATION = 'DatasetStream.fromFiles';

const OPTION_NAMES = [
  ...['x', 'labels', 'targets', 'classes', 'outputSize', 'format', 'inputSize', 'inputShape', 'scale', 'window'],
];

/** Bytes that are read at a time. */
const CHUNK = 2 ** 20;

/** Reads the headers of the files; what is not there yet or does not fit is refused here. */
export async function openFiles(
  options: StreamFilesOptions,
): Promise<{ readonly source: StreamSource; readonly options: ReadStreamOptions; readonly part: PartSource }> {
  checkOptions(OPERATION, options, OPTION_NAMES);
  const { labels, targets, format, inputSize, outputSize, classes, scale, window } = options;
  requirePath(OPERATION, 'x', options.x);
  if ((labels === undefined) === (targets === undefined)) {
    throw new ArgumentError({
      operation: OPERATION,
      found: `${labels === undefined ? 'neither labels nor targets is' : 'labels and targets are both'} given`,
      expected: 'the file of one of them',
    });
  }
  const name = labels === undefined ? 'targets' : 'labels';
  requirePath(OPERATION, name, labels ?? targets);
  const [other, contradicting] = labels === undefined ? ['classes', classes] : ['outputSize', outputSize];
  if (contradicting !== undefined) {
    throw new ArgumentError({
      operation: OPERATION,
      found: `${name} and ${other} are both given`,
      expected: 'labels with classes, or targets with outputSize',
    });
  }
  if (format !== undefined) requireOneOf(OPERATION, 'format', format, ['float32']);
  const isHeadless = format !== undefined;
  const width = (of: string, given: unknown): { width: number } | undefined =>
    isHeadless ? { width: requireInteger(OPERATION, of, given, 1) } : undefined;
  const x = await readArrayHeader(OPERATION, options.x, width('inputSize', inputSize));
  const learned = await readArrayHeader(
    OPERATION,
    (labels ?? targets)!,
    width('outputSize', labels === undefined ? (outputSize ?? 1) : 1),
  );
  const sizes = requireTable(x, learned, name);
  requireSame('inputSize', inputSize, sizes.inputSize, x);
  if (labels === undefined) requireSame('outputSize', outputSize, sizes.outputSize, learned);
  else if (sizes.outputSize !== 1) throw notOneEach(learned);
  const isBytes = x.dtype === 'uint8';
  if (scale !== undefined && !isBytes) {
    throw new ArgumentError({
      operation: OPERATION,
      found: `scale is ${show(scale)} for ${x.path}, which holds ${x.dtype} numbers`,
      expected: 'bytes (uint8), because a network takes other numbers as they are',
    });
  }
  const read = readStreamOptions(OPERATION, {
    inputSize: sizes.inputSize,
    inputShape: options.inputShape ?? (x.shape.length > 1 ? x.shape.slice(1) : [1]),
    ...(labels === undefined
      ? { outputSize: sizes.outputSize }
      : { classes: requireInteger(OPERATION, 'classes', classes, 2) }),
    ...(isBytes ? { scale: scale ?? 1 } : {}),
    rows: sizes.rows,
    ...(window === undefined ? {} : { window }),
    name: platform.files.nameOf(x.path),
  });
  const named = { ...read, learnedName: platform.files.nameOf(learned.path) };
  const part =
    (range: RowRange): StreamSource =>
    () =>
      rowsOf(x, learned, name, range);
  return { source: part({ start: 0, end: sizes.rows }), options: named, part };
}

/** A pass over some of the rows, of which nothing else is read. */
export type PartSource = (range: RowRange) => StreamSource;

/** Rows in chunks; the next one is read while this one is used. */
async function* rowsOf(
  x: ArrayFile,
  learned: ArrayFile,
  name: 'labels' | 'targets',
  { start, end }: RowRange,
): AsyncGenerator<StreamRows, void, undefined> {
  const operation = 'DatasetStream';
  const width = sizeOf(x.shape.slice(1));
  const count = Math.max(1, Math.floor(CHUNK / (8 * width)));
  const open: RowsOfFile[] = [];
  let next: Promise<StreamRows> | undefined;
  try {
    const samples = await openArray(operation, x);
    open.push(samples);
    const answers = await openArray(operation, learned);
    open.push(answers);
    const read = async (row: number): Promise<StreamRows> => {
      const length = Math.min(count, end - row);
      const [numbers, values] = [await samples.read(row, length), await answers.read(row, length)];
      return name === 'labels' ? { x: numbers, labels: values } : { x: numbers, targets: values };
    };
    for (let row = start; row < end; row += count) {
      const chunk: StreamRows = await (next ?? read(row));
      next = row + count < end ? read(row + count) : undefined;
      next?.catch(() => {}); // it is awaited in the next turn
      yield chunk;
    }
  } finally {
    await next?.catch(() => {});
    for (const file of open) await file.close();
  }
}

interface Sizes {
  readonly rows: number;
  readonly inputSize: number;
  readonly outputSize: number;
}

/** The rows of both files, which must be as many. */
function requireTable(x: ArrayFile, learned: ArrayFile, name: string): Sizes {
  for (const { path, shape } of [x, learned]) {
    if (shape.length > 0 && sizeOf(shape) > 0) continue;
    throw new ShapeError({
      operation: OPERATION,
      found: `${path} has shape ${formatShape(shape)}`,
      expected: 'at least one row',
    });
  }
  const [rows, others] = [x.shape[0]!, learned.shape[0]!];
  if (rows !== others) {
    throw new ShapeError({
      operation: OPERATION,
      found: `${name} (${learned.path}) has ${others} rows`,
      expected: `${rows}, as x (${x.path})`,
    });
  }
  return { rows, inputSize: sizeOf(x.shape.slice(1)), outputSize: sizeOf(learned.shape.slice(1)) };
}

function requireSame(name: string, given: unknown, found: number, { path }: ArrayFile): void {
  if (given === undefined || given === found) return;
  throw new ArgumentError({
    operation: OPERATION,
    found: `${name} is ${show(given)}`,
    expected: `${found}, as in ${path}`,
  });
}

function notOneEach({ path, shape }: ArrayFile): ShapeError {
  const found = `labels (${path}) has shape ${formatShape(shape)}`;
  return new ShapeError({ operation: OPERATION, found, expected: 'one class for each row: [N] or [N, 1]' });
}
