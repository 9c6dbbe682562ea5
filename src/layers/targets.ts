/** The training targets of the rows of a batch: read and checked in one place, for every loss and every method. */

import type { Kind } from '../data/kind.js';
import { type Labels, type MultiLabels, toLabels, toMultiLabels } from '../data/labels.js';
import { ShapeError } from '../errors.js';
import { formatShape, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { toTensor, type Values } from '../tensor/values.js';
import type { Targets } from './layer.js';

/**
 * The targets of the rows of `scores`, in the form that a network of this kind computes with.
 *
 * Classification and binary: class indices in [0, classes), or rows over the classes, (N, classes); binary has two classes
 * and one score. Multi-label: a tensor of 0 and 1 of the shape of the scores; regression: a tensor of values of that shape.
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
    if (t.rank === 1 && scores.rank === 2 && scores.shape[1] === 1) {
      // Only a data set takes them: here they may be labels.
      throw new ShapeError({
        operation,
        found: `targets has shape ${formatShape(t.shape)}`,
        expected: `${formatShape(scores.shape)} (the shape of the outputs)`,
        fix: 'If they are values and not labels, nest them, as in [[1], [2]]',
      });
    }
    requireShape(operation, 'targets', t, scores.shape, 'the shape of the outputs');
    return t;
  }
  const classes = kind === 'binary' ? 2 : scores.shape[1]!;
  const context = { count: scores.shape[0]!, classes, dtype, backend, unnormalized };
  return kind === 'multiLabel'
    ? toMultiLabels(operation, targets as MultiLabels, context)
    : toLabels(operation, targets as Labels, context);
}
