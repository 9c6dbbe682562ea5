import type { Floats } from '../backend/backend.js';
import { keepName } from '../identity.js';
import type { Tensor } from '../tensor/tensor.js';
import type { LossDescription } from './layer-types.js';
import { RegressionLoss } from './regression-loss.js';

/**
 * The identity and half the squared error as a single last layer, for regression.
 *
 * Shapes: y and targets t (N, outputs). The loss is ½ · Σ (y − t)² / N: the book's sum of squares, as the mean over the
 * N rows. backward: dy = (y − t) / N.
 *
 * Source: Saito, Deep Learning from Scratch, §3.5 (identity for regression), §4.2.1 and appendix A.
 *
 * @throws {ShapeError} for targets of another shape than y
 */
export class IdentityWithLoss extends RegressionLoss {
  static {
    keepName(IdentityWithLoss, 'IdentityWithLoss');
  }

  constructor() {
    super('IdentityWithLoss');
  }

  protected weightedLoss(
    dy: Floats | null,
    y: Tensor,
    targets: Tensor,
    weights: Floats | null,
    n: number,
    scale: number,
  ): number {
    return y.backend.squaredError(dy, y.data, targets.data, weights, n, y.shape[1]!, scale);
  }

  /** What `Sequential.from` builds this loss from. */
  describe(): LossDescription {
    return { loss: 'meanSquaredError' };
  }
}
