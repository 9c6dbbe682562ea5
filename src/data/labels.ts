/** Labels as the losses take them: class indices, or tensors of rows. */

import type { Backend, Dtype } from '../backend/backend.js';
import { isInstance, isInt32 } from '../identity.js';
import { type Matrix, readLabels, readMultiLabels } from '../tensor/labels.js';
import { Tensor } from '../tensor/tensor.js';
import { requireDtype, type TypedValues } from '../tensor/typed.js';

/** N class indices, as a list or a column (N, 1), or N rows over the classes: one-hot, or soft with a sum of 1. */
export type Labels = ArrayLike<number> | readonly ArrayLike<number>[] | Tensor;

/** N rows of 0 and 1, one number or boolean for each label: any number of labels applies to a row. */
export type MultiLabels = readonly (ArrayLike<number> | readonly boolean[])[] | TypedValues | Tensor;

export interface LabelContext {
  /** How many labels there must be: the rows of the batch. */
  readonly count: number;
  /** The number of classes: the columns of the logits. */
  readonly classes: number;
  readonly dtype: Dtype;
  readonly backend: Backend;
  /** Whether rows over the classes may have a sum other than 1. Default false. */
  readonly unnormalized?: boolean;
}

/**
 * The labels as the losses take them: an Int32Array of class indices, or a tensor (N, classes) of rows.
 *
 * Which of the two depends on the shape alone: see src/tensor/labels.ts. An Int32Array, and a tensor of rows in the dtype
 * of the computation, are returned unchanged.
 *
 * @throws {ShapeError} for a wrong number of labels, or rows of the wrong width
 * @throws {ArgumentError} for labels that are not integers in [0, classes), rows that are not a distribution over the classes,
 *   or values that are not numbers
 * @throws {DtypeError} for rows in float64 when the computation is in float32
 */
export function toLabels(operation: string, labels: Labels, context: LabelContext): Int32Array | Tensor {
  const read = readLabels(operation, 'labels', labels, context);
  return isInt32(read) ? read : toTensor(operation, 'labels', read, context);
}

/**
 * Rows of 0 and 1 as a tensor (N, labels).
 *
 * @throws {ShapeError} unless there are `count` rows of `classes` labels
 * @throws {ArgumentError} for an element that is neither 0 nor 1
 * @throws {DtypeError} for rows in float64 when the computation is in float32
 */
export function toMultiLabels(operation: string, labels: MultiLabels, context: LabelContext): Tensor {
  const { count, classes: width } = context;
  return toTensor(operation, 'labels', readMultiLabels(operation, 'labels', labels, { count, width }), context);
}

function toTensor(
  operation: string,
  argument: string,
  matrix: Matrix,
  { dtype, backend }: { readonly dtype: Dtype; readonly backend: Backend },
): Tensor {
  if (isInstance(matrix, Tensor) && matrix.dtype === dtype) return matrix;
  const { data, shape, untyped } = matrix;
  if (untyped === true && dtype === 'float32') return new Tensor(Float32Array.from(data), shape, backend);
  return new Tensor(requireDtype(operation, argument, data, dtype), shape, backend);
}
