/** What the rows of a batch are trained towards: read and checked in one place, for every loss and every method. */

import type { Kind } from '../data/kind.js';
import { type Labels, requireClasses, toLabels } from '../data/labels.js';
import { ArgumentError } from '../errors.js';
import { requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { toTensor, type Values } from '../tensor/values.js';
import type { Targets } from './layer.js';

/**
 * The targets of the rows of `scores`, as a network of this kind computes with them.
 *
 * Classification and binary: class indices in [0, classes), or rows over the classes, (N, classes); binary has two classes
 * and one score. Multi-label and regression: a tensor of the shape of the scores, for multi-label within [0, 1].
 *
 * @param scores (N, outputs)
 * @throws {ShapeError} for targets of another count or width, {ArgumentError} for a label out of range
 */
export function readTargets(operation: string, kind: Kind, scores: Tensor, targets: Targets): Int32Array | Tensor {
  if (kind === 'classification') return readLabels(operation, scores, targets, scores.shape[1]!);
  if (kind === 'binary') return readLabels(operation, scores, targets, 2);
  const t = toTensor(operation, 'targets', targets as Values, scores);
  requireShape(operation, 'targets', t, scores.shape, 'the shape of the outputs');
  return kind === 'multiLabel' ? requireShares(operation, t) : t;
}

function readLabels(operation: string, scores: Tensor, labels: Targets, classes: number): Int32Array | Tensor {
  const { dtype, backend } = scores;
  const t = toLabels(operation, labels as Labels, { count: scores.shape[0]!, classes, dtype, backend });
  return t instanceof Int32Array ? requireClasses(operation, t, classes) : t;
}

/** @throws {ArgumentError} for a target that is no share of a label: below 0, above 1, or NaN */
function requireShares(operation: string, t: Tensor): Tensor {
  const { data } = t;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value >= 0 && value <= 1) continue;
    const labels = t.shape[1]!;
    throw new ArgumentError({
      operation,
      found: `targets[${Math.floor(i / labels)}][${i % labels}] is ${value}`,
      expected: '1 where the row has the label, 0 where it has not',
    });
  }
  return t;
}
