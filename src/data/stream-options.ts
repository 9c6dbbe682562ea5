/** What `DatasetStream.from` takes, and how it is checked. */

import { ArgumentError, show } from '../errors.js';
import { checkOptions, type Elsewhere, requireInteger, requirePositive } from '../options.js';
import { sizeOf } from '../tensor/shape.js';
import type { ImageShape } from '../tensor/shape-types.js';
import { imageShapeOf, readInputShape, requireSizes } from './input-shape.js';

interface CommonOptions {
  /** Numbers in a row. Default: those of `inputShape`. */
  readonly inputSize?: number;
  /** The shape of one sample, e.g. [28, 28, 1] for images (height, width, channels). Default: [inputSize]. */
  readonly inputShape?: readonly number[];
  /**
   * Says that x is bytes (Uint8Array), and by what factor they are multiplied when a batch is gathered, e.g. 1 / 255. The
   * network remembers it. Default: x is floats, taken as they are.
   */
  readonly scale?: number;
  /** How many rows a pass gives, where that is known: a Trainer can then take `epochs`. A pass of another length is refused. */
  readonly rows?: number;
  /**
   * Rows that batches are drawn from: a row takes part in the shuffle once it is in the window, and the next one takes its
   * place when it is drawn. Twice as many are kept in memory. Default 10,000, or fewer where that is more than 2²⁴ numbers.
   */
  readonly window?: number;
  /** What error messages call the source, e.g. the name of its file. */
  readonly name?: string;
}

/** Rows with one class each. */
export interface ClassStreamOptions extends CommonOptions {
  /** The number of classes: labels are integers in [0, classes). */
  readonly classes: number;
  readonly outputSize?: never;
}

/** Rows with values to predict. */
export interface ValueStreamOptions extends CommonOptions {
  /** The number of target values of a row. */
  readonly outputSize: number;
  readonly classes?: never;
}

/** What `DatasetStream.from` takes beside the source: the sizes of a row, and how it is read. */
export type StreamOptions = ClassStreamOptions | ValueStreamOptions;

/** The sizes of the rows, as a network is matched with them. */
export interface StreamShape {
  readonly kind: 'classification' | 'regression';
  readonly inputSize: number;
  readonly sampleShape: readonly number[];
  readonly inputShape: ImageShape | undefined;
  readonly outputSize: number;
  readonly classes: number | undefined;
  readonly byteScale: number | undefined;
}

/** The options with all defaults in place. */
export interface ReadStreamOptions extends StreamShape {
  readonly rows: number | undefined;
  readonly window: number;
  readonly name: string | undefined;
  /** What messages call the source of the labels or targets, where it is another. */
  readonly learnedName?: string;
}

const OPTION_NAMES = ['inputSize', 'inputShape', 'classes', 'outputSize', 'scale', 'rows', 'window', 'name'] as const;

/** Names of options elsewhere, and the names here. */
const ELSEWHERE: Elsewhere = {
  bufferSize: 'did you mean "window"?',
  buffer_size: 'did you mean "window"?',
  shuffle: 'did you mean "window" (how many rows are shuffled together)?',
  targets: 'give the number of target values as outputSize',
  labels: 'give the number of classes as classes',
  size: 'did you mean "rows"?',
  length: 'did you mean "rows"?',
};

const WINDOW = 10_000;
const MOST_WINDOW_NUMBERS = 2 ** 24;

/** Arrays have fewer than 2³¹ elements, because the backends count in 32 bits; two windows are kept. */
const MOST_ELEMENTS = 2 ** 31 - 1;
const MOST_WIDTH = Math.floor(MOST_ELEMENTS / 2);

/** @throws {ArgumentError} for a missing or unknown option, or one out of its range, {ShapeError} for an `inputShape` of another size */
export function readStreamOptions(operation: string, options: unknown): ReadStreamOptions {
  checkOptions(operation, options, OPTION_NAMES, ELSEWHERE);
  const { inputShape, classes, outputSize, scale, rows, name } = options as Readonly<Record<string, unknown>>;
  const inputSize = readInputSize(operation, options as Readonly<Record<string, unknown>>);
  const sampleShape =
    inputShape === undefined ? Object.freeze([inputSize]) : readInputShape(operation, inputShape, inputSize);
  if ((classes === undefined) === (outputSize === undefined)) {
    throw new ArgumentError({
      operation,
      found: `${classes === undefined ? 'neither classes nor outputSize is' : 'classes and outputSize are both'} given`,
      expected: 'classes (each row has one class) or outputSize (each row has target values)',
    });
  }
  const outputs =
    classes === undefined
      ? requireInteger(operation, 'outputSize', outputSize, 1)
      : requireInteger(operation, 'classes', classes, 2);
  requireWidth(operation, classes === undefined ? 'outputSize' : 'classes', outputs, outputs);
  const widest = Math.max(inputSize, outputs);
  const most = Math.floor(MOST_WIDTH / widest);
  if (name !== undefined && typeof name !== 'string') {
    throw new ArgumentError({ operation, found: `name is ${show(name)}`, expected: 'a string' });
  }
  const window =
    (options as StreamOptions).window ?? Math.max(1, Math.min(WINDOW, Math.floor(MOST_WINDOW_NUMBERS / widest)));
  return {
    kind: classes === undefined ? 'regression' : 'classification',
    inputSize,
    sampleShape,
    inputShape: imageShapeOf(sampleShape),
    outputSize: outputs,
    classes: classes === undefined ? undefined : outputs,
    byteScale: scale === undefined ? undefined : requirePositive(operation, 'scale', scale),
    rows: rows === undefined ? undefined : requireInteger(operation, 'rows', rows, 1),
    window: requireInteger(operation, 'window', window, 1, most),
    name,
  };
}

/** Numbers in a row: as given, or as many as `inputShape` has. */
function readInputSize(operation: string, { inputSize, inputShape }: Readonly<Record<string, unknown>>): number {
  if (inputSize === undefined && Array.isArray(inputShape)) {
    const width = sizeOf(requireSizes(operation, inputShape));
    return requireWidth(operation, 'inputShape', inputShape, width);
  }
  return requireWidth(operation, 'inputSize', inputSize, requireInteger(operation, 'inputSize', inputSize, 1));
}

/** Refuses rows of which a window cannot hold even one. */
function requireWidth(operation: string, name: string, given: unknown, width: number): number {
  if (width <= MOST_WIDTH) return width;
  throw new ArgumentError({
    operation,
    found: `${name} is ${show(given)}`,
    expected: `at most ${MOST_WIDTH} numbers in a row`,
  });
}
