/** What `Dataset.from` takes, and how it becomes the parts of a data set. */

import type { Dtype } from '../backend/backend.js';
import { ArgumentError, ShapeError } from '../errors.js';
import { checkOptions, requireInteger, requireOneOf, requirePositive } from '../options.js';
import { formatShape } from '../tensor/shape.js';
import type { TypedValues, Values } from '../tensor/values.js';
import { isRows, type Labels, requireClasses, toIndices } from './labels.js';
import { Rows } from './rows.js';

interface CommonOptions {
  /** The samples, (N, inputSize), or of higher rank, e.g. (N, 28, 28), taken as rows. */
  readonly x: Values;
  /** Factor by which x is multiplied when a batch is gathered, e.g. 1 / 255 for bytes. Default 1. */
  readonly scale?: number;
  /** Convert x (and targets or soft labels) to this type now. Default: typed arrays stay what they are. */
  readonly dtype?: Dtype;
}

/** Samples with classes. */
export interface ClassificationOptions extends CommonOptions {
  /** N class indices, or N rows over the classes, one-hot or soft. */
  readonly labels: Labels | TypedValues;
  /** The number of classes. Default: the largest index + 1, or the width of the rows. */
  readonly classes?: number;
  readonly targets?: never;
}

/** Samples with values to predict. */
export interface RegressionOptions extends CommonOptions {
  /** The values, (N, outputSize); N single numbers are taken as (N, 1). */
  readonly targets: Values;
  readonly labels?: never;
  readonly classes?: never;
}

/** What a data set is made of. */
export interface DatasetParts {
  readonly x: Rows;
  readonly labels: Int32Array | Rows;
  readonly classes: number | undefined;
  readonly scale: number;
  /** The rows of x that belong to this data set, in order. */
  readonly rows: Int32Array;
}

/** Checks the options of `Dataset.from` and reads the data. */
export function readParts(options: ClassificationOptions | RegressionOptions): DatasetParts {
  const operation = 'Dataset.from';
  checkOptions(operation, options, ['x', 'labels', 'targets', 'classes', 'scale', 'dtype']);
  const { labels, targets, classes, dtype } = options;
  if ((labels === undefined) === (targets === undefined)) {
    throw new ArgumentError({
      operation,
      found: `${labels === undefined ? 'neither labels nor targets are' : 'labels and targets are both'} given`,
      expected: 'labels for classification, or targets for regression',
    });
  }
  if (targets !== undefined && classes !== undefined) {
    throw new ArgumentError({
      operation,
      found: 'classes is given beside targets',
      expected: 'it beside labels only',
    });
  }
  if (dtype !== undefined) requireOneOf(operation, 'dtype', dtype, ['float32', 'float64']);
  if (classes !== undefined) requireInteger(operation, 'classes', classes, 1);
  const scale = requirePositive(operation, 'scale', options.scale ?? 1);

  const x = Rows.from(operation, 'x', options.x, { dtype });
  const rows = Int32Array.from({ length: x.count }, (_, row) => row);
  if (targets !== undefined) {
    const column = Rows.from(operation, 'targets', targets, { dtype, column: true });
    requireMatrix(operation, 'targets', column, x.count);
    return { x, labels: column, classes: undefined, scale, rows };
  }
  return { x, ...readLabels(operation, labels!, classes, x.count, dtype), scale, rows };
}

/** Indices with the number of classes, or soft rows. */
function readLabels(
  operation: string,
  labels: Labels | TypedValues,
  classes: number | undefined,
  count: number,
  dtype: Dtype | undefined,
): Pick<DatasetParts, 'labels' | 'classes'> {
  if (!isRows(labels)) {
    const indices = toIndices(operation, labels, classes);
    requireCount(operation, 'labels', indices.length, count);
    const least = classes ?? indices.reduce((largest, label) => Math.max(largest, label + 1), 1);
    return { labels: requireClasses(operation, indices, least), classes: least };
  }
  const soft = Rows.from(operation, 'labels', labels as Values, { dtype });
  requireMatrix(operation, 'labels', soft, count);
  if (classes !== undefined && soft.width !== classes) {
    throw new ShapeError({
      operation,
      found: `labels has rows of ${soft.width}`,
      expected: `${classes} (the option classes)`,
    });
  }
  return { labels: soft.oneHotIndices() ?? soft, classes: soft.width };
}

function requireMatrix(operation: string, argument: string, rows: Rows, count: number): void {
  if (rows.sampleShape.length !== 1) {
    throw new ShapeError({
      operation,
      found: `${argument} has shape ${formatShape([rows.count, ...rows.sampleShape])}`,
      expected: `a matrix, one row for each of the ${count} rows of x`,
    });
  }
  requireCount(operation, argument, rows.count, count);
}

function requireCount(operation: string, argument: string, found: number, count: number): void {
  if (found === count) return;
  throw new ShapeError({
    operation,
    found: `${argument} has ${found} ${found === 1 ? 'entry' : 'entries'}`,
    expected: `${count}, one for each row of x`,
  });
}
