import type { Floats } from '../backend/backend.js';
import { keepName } from '../identity.js';
import { checkOptions, requirePositive } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import type { LossDescription } from './layer-types.js';
import { RegressionLoss } from './regression-loss.js';

/** Where a `HuberWithLoss` turns from squares to distances. */
export interface HuberWithLossOptions {
  /** The |y − t| up to which the loss is a square, greater than 0; default 1. */
  readonly delta?: number;
}

/**
 * The identity and Huber's loss as one last layer, for regression with targets some of which are far off.
 *
 * With d = y − t, a number's loss is ½ d² where |d| ≤ δ, else δ · (|d| − ½ δ): an outlier pulls with δ at most. Shapes: y and
 * targets t (N, outputs); the loss is the sum over the outputs, as the mean over the N rows. backward: dy = d / N, cut to
 * [−δ, δ] / N.
 *
 * Source: Huber, Robust Estimation of a Location Parameter, 1964.
 *
 * @throws {ArgumentError} for a delta that is not above 0
 */
export class HuberWithLoss extends RegressionLoss {
  static {
    keepName(HuberWithLoss, 'HuberWithLoss');
  }

  readonly delta: number;

  constructor(options: HuberWithLossOptions = {}) {
    super('HuberWithLoss');
    checkOptions('HuberWithLoss', options, ['delta']);
    this.delta = requirePositive('HuberWithLoss', 'delta', options.delta ?? 1);
  }

  protected weightedLoss(
    dy: Floats | null,
    y: Tensor,
    targets: Tensor,
    weights: Floats | null,
    n: number,
    scale: number,
  ): number {
    return y.backend.huber(dy, y.data, targets.data, weights, n, y.shape[1]!, scale, this.delta);
  }

  /** What `Sequential.from` builds this loss from. */
  describe(): LossDescription {
    return { loss: 'huber', ...(this.delta === 1 ? {} : { delta: this.delta }) };
  }
}
