/** Class indices as rows of zeros with a single one. */

import { allocate } from '../backend/backend.js';
import { resolveBackend } from '../backend/choose/load.js';
import { ArgumentError, show } from '../errors.js';
import { requireInteger } from '../options.js';
import { type CreateOptions, checkCreateOptions } from '../tensor/options.js';
import { requireShape } from '../tensor/shape.js';
import { Tensor } from '../tensor/tensor.js';
import { borrowable } from '../tensor/typed.js';

/**
 * A tensor (N, classes) with a 1 at the class of each row; of a single index, (classes).
 *
 * @param labels class indices: a list, a typed array, a tensor of one axis, or one index
 * @throws {ArgumentError} for an index that is no integer in [0, classes)
 * @example oneHot([2, 0], 3).toArray()   // [[0, 0, 1], [1, 0, 0]]
 */
export function oneHot(
  labels: number | ArrayLike<number> | Tensor,
  classes: number,
  options: CreateOptions = {},
): Tensor {
  const operation = 'oneHot';
  const dtype = checkCreateOptions(operation, options) ?? 'float32';
  requireInteger(operation, 'classes', classes, 1);
  const indices = readLabels(operation, labels);
  const data = allocate(dtype, indices.length * classes);
  indices.forEach((label, row) => {
    data[
      row * classes + requireLabel(operation, typeof labels === 'number' ? 'labels' : `labels[${row}]`, label, classes)
    ] = 1;
  });
  const shape = typeof labels === 'number' ? [classes] : [indices.length, classes];
  return new Tensor(data, shape, resolveBackend(options.backend));
}

function readLabels(operation: string, labels: unknown): unknown[] {
  if (typeof labels === 'number') return [labels];
  if (Array.isArray(labels)) return Array.from(labels);
  const typed = borrowable(operation, 'labels', labels);
  if (typed === undefined) {
    const expected = 'a class index, an array of them or a tensor';
    throw new ArgumentError({ operation, found: `labels is ${show(labels)}`, expected });
  }
  requireShape(operation, 'labels', typed, ['N'], 'one class index for each row');
  return Array.from(typed.data);
}

function requireLabel(operation: string, argument: string, label: unknown, classes: number): number {
  if (typeof label === 'number' && Number.isInteger(label) && label >= 0 && label < classes) return label;
  throw new ArgumentError({
    operation,
    found: `${argument} is ${show(label)}`,
    expected: `an integer in [0, ${classes})`,
  });
}
