import { type Labels, toLabels } from '../data/labels.js';
import { StateError } from '../errors.js';
import { ANY, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { LossLayer, Targets } from './layer.js';
import { RowBuffer } from './row-buffer.js';

/**
 * Softmax and cross-entropy as one last layer, for classification.
 *
 * Shapes: logits (N, classes); labels: N class indices, or one-hot or soft rows (N, classes); the loss is the mean over
 * the N rows. backward: dlogits = (y − t) / N with y = softmax(logits); rows t that do not sum to 1 take the general form
 * (y · Σt − t) / N. The loss is computed from the logits by log-sum-exp: no exp overflows, no log of 0 is taken.
 *
 * Source: Saito, Deep Learning from Scratch, §5.6.3 and appendix A.
 *
 * @throws {ShapeError} for logits that are no matrix or labels of another count, {ArgumentError} for labels out of range
 */
export class SoftmaxWithLoss implements LossLayer {
  readonly kind = 'classification';

  /** What backward returns: dL/dlogits of the last forward. */
  private dlogits: Tensor | undefined;

  private readonly gradients: RowBuffer = new RowBuffer();
  private readonly probabilities: RowBuffer = new RowBuffer();

  forward(logits: Tensor, labels: Targets): number {
    requireShape('SoftmaxWithLoss.forward', 'logits', logits, [ANY, 'classes'], 'one row of scores a sample');
    this.dlogits = this.gradients.rows(logits.shape[0]!, logits.shape[1]!, logits);
    return meanLoss('SoftmaxWithLoss.forward', this.dlogits, logits, labels);
  }

  backward(): Tensor {
    if (this.dlogits === undefined) {
      throw new StateError({ operation: 'SoftmaxWithLoss.backward', found: 'called before forward' });
    }
    return this.dlogits;
  }

  loss(logits: Tensor, labels: Targets): number {
    requireShape('SoftmaxWithLoss.loss', 'logits', logits, [ANY, 'classes'], 'one row of scores a sample');
    return meanLoss('SoftmaxWithLoss.loss', null, logits, labels);
  }

  predict(logits: Tensor): Tensor {
    requireShape('SoftmaxWithLoss.predict', 'logits', logits, [ANY, 'classes'], 'one row of scores a sample');
    const [n, classes] = logits.shape as [number, number];
    const y = this.probabilities.rows(n, classes, logits);
    logits.backend.softmax(y.data, logits.data, n, classes);
    return y;
  }
}

/** The mean cross-entropy of softmax(logits) against labels; fills dlogits unless it is null. */
function meanLoss(operation: string, dlogits: Tensor | null, logits: Tensor, labels: Targets): number {
  const { backend, dtype } = logits;
  const [n, classes] = logits.shape as [number, number];
  const t = toLabels(operation, labels as Labels, { count: n, classes, dtype, backend });
  const gradient = dlogits === null ? null : dlogits.data;
  const scale = 1 / Math.max(n, 1);
  return t instanceof Int32Array
    ? backend.softmaxCrossEntropy(gradient, logits.data, t, null, n, classes, scale)
    : backend.softmaxCrossEntropyDense(gradient, logits.data, t.data, null, n, classes, scale);
}
