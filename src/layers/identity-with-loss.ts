import { StateError } from '../errors.js';
import { keepName } from '../identity.js';
import { ANY, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { LossLayer, RowWeights, Targets } from './layer.js';
import type { LossDescription } from './layer-types.js';
import { RowBuffer } from './row-buffer.js';
import { rowWeights } from './row-weights.js';
import { readTargets } from './targets.js';

const OUTPUTS = [ANY, 'outputs'] as const;

/**
 * The identity and half the squared error as one last layer, for regression.
 *
 * Shapes: y and targets t (N, outputs). The loss is ½ · Σ (y − t)² / N: the book's sum of squares, as the mean over the
 * N rows. backward: dy = (y − t) / N.
 *
 * Source: Saito, Deep Learning from Scratch, §3.5 (identity for regression), §4.2.1 and appendix A.
 *
 * @throws {ShapeError} for targets of another shape than y
 */
export class IdentityWithLoss implements LossLayer {
  static {
    keepName(IdentityWithLoss, 'IdentityWithLoss');
  }

  readonly kind = 'regression';

  /** What backward returns: dL/dy of the last forward. */
  #dy: Tensor | undefined;

  readonly #gradients: RowBuffer = new RowBuffer();

  forward(y: Tensor, targets: Targets, weights?: RowWeights): number {
    requireOutputs('IdentityWithLoss.forward', y);
    const dy = this.#gradients.rows(y.shape[0]!, y.shape[1]!, y);
    const loss = meanLoss('IdentityWithLoss.forward', dy, y, targets, weights);
    this.#dy = dy;
    return loss;
  }

  backward(): Tensor {
    if (this.#dy === undefined) {
      throw new StateError({ operation: 'IdentityWithLoss.backward', found: 'called before forward' });
    }
    return this.#dy;
  }

  loss(y: Tensor, targets: Targets, weights?: RowWeights): number {
    requireOutputs('IdentityWithLoss.loss', y);
    return meanLoss('IdentityWithLoss.loss', null, y, targets, weights);
  }

  predict(y: Tensor): Tensor {
    requireOutputs('IdentityWithLoss.predict', y);
    return y;
  }

  describe(): LossDescription {
    return { loss: 'meanSquaredError' };
  }
}

function requireOutputs(operation: string, y: Tensor): void {
  requireShape(operation, 'y', y, OUTPUTS, 'one row of outputs a sample');
}

/** Half the squared error of a row, as the mean over the rows; fills dy unless it is null. */
function meanLoss(
  operation: string,
  dy: Tensor | null,
  y: Tensor,
  targets: Targets,
  weights: RowWeights | undefined,
): number {
  const t = readTargets(operation, 'regression', y, targets) as Tensor;
  const w = rowWeights(operation, y, weights);
  const n = y.shape[0]!;
  const outputs = y.shape[1]!;
  const rows = Math.max(n, 1);
  let sum = 0;
  for (let row = 0; row < n; row++) {
    const weight = w === null ? 1 : w[row]!;
    for (let i = row * outputs; i < (row + 1) * outputs; i++) {
      const difference = y.data[i]! - t.data[i]!;
      sum += weight * difference * difference;
      if (dy !== null) dy.data[i] = (weight * difference) / n;
    }
  }
  return sum / 2 / rows;
}
