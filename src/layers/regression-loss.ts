import type { Floats } from '../backend/backend.js';
import { StateError } from '../errors.js';
import { ANY, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { LossLayer, RowWeights, Targets } from './layer.js';
import type { LossDescription } from './layer-types.js';
import { requireMemory } from './require-memory.js';
import { RowBuffer } from './row-buffer.js';
import { rowWeights } from './row-weights.js';
import { readTargets } from './targets.js';

const OUTPUTS = [ANY, 'outputs'] as const;

/**
 * The identity and a loss of the difference y − t as one last layer: what the losses of regression have in common.
 *
 * Shapes: y and targets t (N, outputs). A row's loss is the sum over its outputs; the loss is the mean over the N rows.
 */
export abstract class RegressionLoss implements LossLayer {
  readonly kind = 'regression';

  readonly #name: string;

  /** What backward returns: dL/dy of the last forward. */
  #dy: Tensor | undefined;

  readonly #gradients: RowBuffer = new RowBuffer();

  protected constructor(name: string) {
    this.#name = name;
  }

  /**
   * scale · Σ over n rows of their weight (1 if null) times their loss.
   *
   * @param dy null, or where its gradient goes
   */
  protected abstract weightedLoss(
    dy: Floats | null,
    y: Tensor,
    targets: Tensor,
    weights: Floats | null,
    n: number,
    scale: number,
  ): number;

  abstract describe(): LossDescription;

  forward(y: Tensor, targets: Targets, weights?: RowWeights): number {
    const operation = `${this.#name}.forward`;
    requireOutputs(operation, y);
    const dy = this.#gradients.rows(y.shape[0]!, y.shape[1]!, y);
    const loss = this.#meanLoss(operation, dy, y, targets, weights);
    this.#dy = dy;
    return loss;
  }

  backward(): Tensor {
    if (this.#dy === undefined) {
      throw new StateError({ operation: `${this.#name}.backward`, found: 'called before forward' });
    }
    return this.#dy;
  }

  loss(y: Tensor, targets: Targets, weights?: RowWeights): number {
    const operation = `${this.#name}.loss`;
    requireOutputs(operation, y);
    return this.#meanLoss(operation, null, y, targets, weights);
  }

  predict(y: Tensor): Tensor {
    requireOutputs(`${this.#name}.predict`, y);
    return y;
  }

  #meanLoss(
    operation: string,
    dy: Tensor | null,
    y: Tensor,
    targets: Targets,
    weights: RowWeights | undefined,
  ): number {
    const t = readTargets(operation, 'regression', y, targets) as Tensor;
    const w = rowWeights(operation, y, weights);
    requireMemory(operation, 'y', y);
    requireMemory(operation, 'targets', t);
    const n = y.shape[0]!;
    return this.weightedLoss(dy === null ? null : dy.data, y, t, w, n, 1 / Math.max(n, 1));
  }
}

function requireOutputs(operation: string, y: Tensor): void {
  requireShape(operation, 'y', y, OUTPUTS, 'one row of outputs per sample');
}
