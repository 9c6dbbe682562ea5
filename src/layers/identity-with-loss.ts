import { StateError } from '../errors.js';
import { ANY, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { toTensor, type Values } from '../tensor/values.js';
import type { LossLayer, Targets } from './layer.js';
import { RowBuffer } from './row-buffer.js';

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
  readonly kind = 'regression';

  /** What backward returns: dL/dy of the last forward. */
  private dy: Tensor | undefined;

  private readonly gradients: RowBuffer = new RowBuffer();

  forward(y: Tensor, targets: Targets): number {
    const t = targetsLike('IdentityWithLoss.forward', y, targets);
    const [n, outputs] = y.shape as [number, number];
    this.dy = this.gradients.rows(n, outputs, y);
    const dy = this.dy.data;
    let sum = 0;
    for (let i = 0; i < dy.length; i++) {
      const difference = y.data[i]! - t.data[i]!;
      sum += difference * difference;
      dy[i] = difference / n;
    }
    return sum / 2 / Math.max(n, 1);
  }

  backward(): Tensor {
    if (this.dy === undefined) {
      throw new StateError({ operation: 'IdentityWithLoss.backward', found: 'called before forward' });
    }
    return this.dy;
  }

  loss(y: Tensor, targets: Targets): number {
    const t = targetsLike('IdentityWithLoss.loss', y, targets);
    let sum = 0;
    for (let i = 0; i < y.size; i++) sum += (y.data[i]! - t.data[i]!) ** 2;
    return sum / 2 / Math.max(y.shape[0]!, 1);
  }

  predict(y: Tensor): Tensor {
    return y;
  }
}

/** The targets as a tensor of y's shape and dtype. */
function targetsLike(operation: string, y: Tensor, targets: Targets): Tensor {
  requireShape(operation, 'y', y, [ANY, 'outputs'], 'one row of outputs a sample');
  const t = toTensor(operation, 'targets', targets as Values, { dtype: y.dtype, backend: y.backend });
  requireShape(operation, 'targets', t, y.shape, 'the shape of the outputs');
  return t;
}
