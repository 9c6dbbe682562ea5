/** The training targets of the rows of a batch: read and checked in one place, for every loss and every method. */

import type { Kind } from '../data/kind.js';
import { type Labels, type MultiLabels, toLabels, toMultiLabels } from '../data/labels.js';
import { ArgumentError } from '../errors.js';
import { isInt32 } from '../identity.js';
import { formatShape, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { toTensor, type Values } from '../tensor/values.js';
import type { Targets } from './layer.js';

/**
 * The targets of the rows of `scores`, in the form that a network of this kind computes with.
 *
 * Classification and binary: class indices in [0, classes), or rows over the classes, (N, classes); binary has two classes
 * and one score. Multi-label: a tensor of 0 and 1 of the shape of the scores; regression: a tensor of values of that shape, or for one output a flat list.
 *
 * @param scores (N, outputs)
 * @param unnormalized whether rows over the classes may have a sum other than 1
 * @throws {ShapeError} for targets of another count or width, {ArgumentError} for what is not a label
 */
export function readTargets(
  operation: string,
  kind: Kind,
  scores: Tensor,
  targets: Targets,
  unnormalized = false,
): Int32Array | Tensor {
  const { dtype, backend } = scores;
  if (kind === 'regression') {
    const t = toTensor(operation, 'targets', targets as Values, scores);
    if (isInt32(targets)) {
      throw new ArgumentError({
        operation,
        found: 'targets is an Int32Array, which is what class indices are',
        expected: `values of shape ${formatShape(scores.shape)} (the shape of the outputs)`,
      });
    }
    // A flat list is the column of a single output, as in a data set.
    const column = t.rank === 1 && scores.shape[1] === 1 && t.size === scores.shape[0] ? t.reshape([t.size, 1]) : t;
    requireShape(operation, 'targets', column, scores.shape, 'the shape of the outputs');
    return column;
  }
  const classes = kind === 'binary' ? 2 : scores.shape[1]!;
  const context = { count: scores.shape[0]!, classes, dtype, backend, unnormalized };
  return kind === 'multiLabel'
    ? toMultiLabels(operation, targets as MultiLabels, context)
    : toLabels(operation, targets as Labels, context);
}
