import { dtypeOf, type Floats } from '../backend/backend.js';
import { DtypeError, ShapeError } from '../errors.js';
import { isInstance } from '../identity.js';
import { Tensor } from '../tensor/tensor.js';
import type { RowWeights } from './layer.js';

/**
 * The weights of the rows of `scores` as the backend takes them; null where all rows count equally.
 *
 * @throws {ShapeError} unless there is one for each row, {DtypeError} unless they have the dtype of the scores
 */
export function rowWeights(operation: string, scores: Tensor, weights: RowWeights | undefined): Floats | null {
  if (weights === undefined) return null;
  const data = isInstance(weights, Tensor) ? weights.data : weights;
  const n = scores.shape[0]!;
  if (data.length !== n) {
    throw new ShapeError({
      operation,
      found: `weights has ${data.length} ${data.length === 1 ? 'entry' : 'entries'}`,
      expected: `${n}, one for each row`,
    });
  }
  if (dtypeOf(data) !== scores.dtype) {
    throw new DtypeError({
      operation,
      found: `weights is ${dtypeOf(data)}`,
      expected: `${scores.dtype}, the dtype of the scores`,
    });
  }
  return data;
}
