/** What may be given as labels, and the two kinds that are computed with: class indices and rows of targets. */

import type { Backend, Dtype, Floats } from '../backend/backend.js';
import { ArgumentError, ShapeError, show } from '../errors.js';
import { formatShape } from '../tensor/shape.js';
import { Tensor } from '../tensor/tensor.js';
import { toTensor, type Values } from '../tensor/values.js';

/** N class indices, or N rows over the classes: one-hot, or soft with any weights. */
export type Labels = ArrayLike<number> | readonly (readonly number[])[] | Tensor;

export interface LabelContext {
  /** How many labels there must be: the rows of the batch. */
  readonly count: number;
  /** The number of classes: the columns of the logits. */
  readonly classes: number;
  readonly dtype: Dtype;
  readonly backend: Backend;
}

/**
 * The labels as the losses take them: an Int32Array of class indices, or a tensor (N, classes) of soft targets.
 *
 * Rows that are all exactly one-hot (a single 1, else 0) become indices; if one is not, all stay rows. An Int32Array is
 * returned as it is, and its range is left to the backend, which checks it on every call: this is the path of training.
 *
 * @throws {ShapeError} for labels of another count, or rows of another width
 * @throws {ArgumentError} for labels that are no integers in [0, classes), or no numbers at all
 * @throws {DtypeError} for soft rows in float64 where float32 is computed with
 */
export function toLabels(operation: string, labels: Labels, context: LabelContext): Int32Array | Tensor {
  const { count, classes } = context;
  if (labels instanceof Int32Array && !isShared(labels)) {
    requireCount(operation, labels.length, count);
    return labels;
  }
  if (labels instanceof Tensor && labels.rank === 2 && labels.dtype === context.dtype) {
    return fromRows(operation, labels, count, classes);
  }
  if (isRows(labels)) {
    return fromRows(operation, toTensor(operation, 'labels', labels as Values, context), count, classes);
  }
  const indices = toIndices(operation, labels, classes);
  requireCount(operation, indices.length, count);
  return requireClasses(operation, indices, classes);
}

/** Whether the labels are rows rather than class indices. */
export function isRows(labels: unknown): boolean {
  if (labels instanceof Tensor) return labels.rank !== 1;
  if (typeof labels !== 'object' || labels === null) return false;
  if ('shape' in labels && Array.isArray(labels.shape)) return labels.shape.length !== 1;
  return typeof (labels as ArrayLike<unknown>)[0] === 'object';
}

/**
 * Class indices as an Int32Array: the very array if it is one in memory of its own, else a copy. Integers only; their
 * range is left to `requireClasses`.
 *
 * @param classes their number for the message, where it is known
 * @throws {ArgumentError} for anything that is no integer
 */
export function toIndices(operation: string, labels: unknown, classes?: number): Int32Array {
  const list = (labels as { data?: unknown } | null)?.data ?? labels;
  if (list instanceof Int32Array && !isShared(list)) return list;
  if (typeof list !== 'object' || list === null || !Number.isInteger((list as ArrayLike<unknown>).length)) {
    throw new ArgumentError({
      operation,
      found: `labels is ${show(labels)}`,
      expected: 'class indices, or rows over the classes',
    });
  }
  const values = list as ArrayLike<unknown>;
  const indices = new Int32Array(values.length);
  for (let i = 0; i < indices.length; i++) {
    const value = values[i];
    // `| 0` keeps exactly the integers in [−2³¹, 2³¹); −0 passes and becomes 0.
    if (typeof value !== 'number' || (value | 0) !== value) {
      throw new ArgumentError({
        operation,
        found: `labels[${i}] is ${show(value)}`,
        expected: `an integer ${classes === undefined ? 'of at least 0' : `in [0, ${classes})`}`,
      });
    }
    indices[i] = value;
  }
  return indices;
}

/** @throws {ArgumentError} for a label that is no integer in [0, classes) */
export function requireClasses(operation: string, indices: Int32Array, classes: number): Int32Array {
  for (let i = 0; i < indices.length; i++) {
    const label = indices[i]!;
    if (label >= 0 && label < classes) continue;
    throw new ArgumentError({
      operation,
      found: `labels[${i}] is ${label}`,
      expected: `an integer in [0, ${classes})`,
    });
  }
  return indices;
}

/**
 * The column of each row's single 1, or undefined if a row is anything but exactly one-hot.
 *
 * @param rows (N, width)
 */
export function oneHotIndices(rows: Floats | Uint8Array, width: number): Int32Array | undefined {
  // All rows are looked at before anything is allocated: soft targets come this way once a step.
  for (let start = 0; start < rows.length; start += width) {
    if (hotColumn(rows, start, width) < 0) return undefined;
  }
  return Int32Array.from({ length: rows.length / width }, (_, i) => hotColumn(rows, i * width, width));
}

/** The column of the 1 in the row that begins at `start`; −1 if the row is not exactly one-hot. */
function hotColumn(rows: Floats | Uint8Array, start: number, width: number): number {
  let hot = -1;
  for (let j = 0; j < width; j++) {
    const value = rows[start + j]!;
    if (value === 0) continue;
    if (value !== 1 || hot >= 0) return -1;
    hot = j;
  }
  return hot;
}

/** Another thread could change a shared label between its check and its use, so backends do not take them. */
function isShared(array: ArrayBufferView): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && array.buffer instanceof SharedArrayBuffer;
}

function fromRows(operation: string, rows: Tensor, count: number, classes: number): Int32Array | Tensor {
  if (rows.rank !== 2 || rows.shape[1] !== classes) {
    throw new ShapeError({
      operation,
      found: `labels has shape ${formatShape(rows.shape)}`,
      expected: `${formatShape([count, classes])} (a row over the classes for each sample) or ${count} class indices`,
    });
  }
  requireCount(operation, rows.shape[0]!, count);
  return oneHotIndices(rows.data, classes) ?? rows;
}

function requireCount(operation: string, found: number, count: number): void {
  if (found === count) return;
  throw new ShapeError({
    operation,
    found: `labels has ${found} ${found === 1 ? 'entry' : 'entries'}`,
    expected: `${count}, one for each row`,
  });
}
