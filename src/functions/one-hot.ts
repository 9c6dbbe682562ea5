/** Class indices as rows of zeros with a single one. */

import { allocate } from '../backend/backend.js';
import { resolveBackend } from '../backend/choose/load.js';
import { requireInteger } from '../options.js';
import { badIndex, readIndices } from '../tensor/labels.js';
import { type CreateOptions, checkCreateOptions } from '../tensor/options.js';
import { checkShape } from '../tensor/shape.js';
import { Tensor } from '../tensor/tensor.js';

/**
 * A tensor (N, classes) with a 1 at the class of each row; of a single index, (classes).
 *
 * @param labels class indices: a list, a column (N, 1), a typed array, a tensor, or one index
 * @throws {ArgumentError} for an index that is not an integer in [0, classes)
 * @example oneHot([2, 0], 3).toArray()   // [[0, 0, 1], [1, 0, 0]]
 */
export function oneHot(
  labels: number | ArrayLike<number> | readonly (readonly number[])[] | Tensor,
  classes: number,
  options: CreateOptions = {},
): Tensor {
  const operation = 'oneHot';
  const dtype = checkCreateOptions(operation, options) ?? 'float32';
  requireInteger(operation, 'classes', classes, 1);
  const indices =
    typeof labels === 'number' ? readSingle(labels, classes) : readIndices(operation, 'labels', labels, { classes });
  const shape = checkShape(operation, typeof labels === 'number' ? [classes] : [indices.length, classes]);
  const data = allocate(dtype, indices.length * classes, operation);
  indices.forEach((label, row) => {
    data[row * classes + label] = 1;
  });
  return new Tensor(data, shape, resolveBackend(options.backend));
}

function readSingle(label: number, classes: number): Int32Array {
  if (Number.isInteger(label) && label >= 0 && label < classes) return Int32Array.of(label);
  throw badIndex('oneHot', 'labels', label, classes);
}
