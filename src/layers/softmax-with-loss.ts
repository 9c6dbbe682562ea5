import { ArgumentError, ShapeError, StateError, show } from '../errors.js';
import { isInt32, keepName } from '../identity.js';
import { checkOptions, requireFlag } from '../options.js';
import { ANY, formatShape, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { LossLayer, RowWeights, Targets } from './layer.js';
import type { LossDescription } from './layer-types.js';
import { RowBuffer } from './row-buffer.js';
import { rowWeights } from './row-weights.js';
import { readTargets } from './targets.js';

const LOGITS = [ANY, 'classes'] as const;

/** Which targets `SoftmaxWithLoss` takes. */
export interface SoftmaxWithLossOptions {
  /** Whether rows of labels may have a sum other than 1. Default false: such rows are refused. */
  readonly unnormalized?: boolean;
  /**
   * The share s of each label that is spread over all classes, in [0, 1); default 0. The loss is then that of the targets
   * (1 − s) · t + s / classes, in training and in evaluation, so that no score grows for ever.
   */
  readonly labelSmoothing?: number;
}

/**
 * Softmax and cross-entropy as a single last layer, for classification.
 *
 * Shapes: logits (N, classes) of at least 2 classes; labels: N class indices, or one-hot or soft rows (N, classes); the
 * loss is the mean over the N rows. backward: dlogits = (y − t) / N with y = softmax(logits). Rows t that do not sum to 1
 * are refused, or, with the option `unnormalized`, use the general form (y · Σt − t) / N. The loss is computed from the
 * logits by log-sum-exp: exp does not overflow, and the log of 0 is never taken.
 *
 * Source: Saito, Deep Learning from Scratch, §5.6.3 and appendix A.
 *
 * @throws {ShapeError} for logits that are not a matrix of at least 2 columns or labels of another count, {ArgumentError} for
 *   labels out of range
 */
export class SoftmaxWithLoss implements LossLayer {
  static {
    keepName(SoftmaxWithLoss, 'SoftmaxWithLoss');
  }

  readonly kind = 'classification';
  readonly unnormalized: boolean;
  readonly labelSmoothing: number;

  /** What backward returns: dL/dlogits of the last forward. */
  #dlogits: Tensor | undefined;

  readonly #gradients: RowBuffer = new RowBuffer();
  readonly #probabilities: RowBuffer = new RowBuffer();
  readonly #smoothed: RowBuffer = new RowBuffer();

  constructor(options: SoftmaxWithLossOptions = {}) {
    checkOptions('SoftmaxWithLoss', options, ['unnormalized', 'labelSmoothing']);
    const { unnormalized = false, labelSmoothing = 0 } = options;
    this.unnormalized = requireFlag('SoftmaxWithLoss', 'unnormalized', unnormalized);
    this.labelSmoothing = requireSmoothing('SoftmaxWithLoss', labelSmoothing);
  }

  forward(logits: Tensor, labels: Targets, weights?: RowWeights): number {
    requireLogits('SoftmaxWithLoss.forward', logits);
    const dlogits = this.#gradients.rows(logits.shape[0]!, logits.shape[1]!, logits);
    const loss = this.#meanLoss('SoftmaxWithLoss.forward', dlogits, logits, labels, weights);
    this.#dlogits = dlogits;
    return loss;
  }

  backward(): Tensor {
    if (this.#dlogits === undefined) {
      throw new StateError({ operation: 'SoftmaxWithLoss.backward', found: 'called before forward' });
    }
    return this.#dlogits;
  }

  loss(logits: Tensor, labels: Targets, weights?: RowWeights): number {
    requireLogits('SoftmaxWithLoss.loss', logits);
    return this.#meanLoss('SoftmaxWithLoss.loss', null, logits, labels, weights);
  }

  predict(logits: Tensor): Tensor {
    requireLogits('SoftmaxWithLoss.predict', logits);
    const [n, classes] = logits.shape as [number, number];
    const y = this.#probabilities.rows(n, classes, logits);
    logits.backend.softmax(y.data, logits.data, n, classes);
    return y;
  }

  /** The mean cross-entropy of softmax(logits) against labels; fills dlogits unless it is null. */
  #meanLoss(
    operation: string,
    dlogits: Tensor | null,
    logits: Tensor,
    labels: Targets,
    weights: RowWeights | undefined,
  ): number {
    const { backend } = logits;
    const n = logits.shape[0]!; // destructuring the shape would make an iterator at each step
    const classes = logits.shape[1]!;
    const read = readTargets(operation, 'classification', logits, labels, this.unnormalized);
    const w = rowWeights(operation, logits, weights);
    const t = this.labelSmoothing === 0 ? read : this.#smooth(read, logits);
    const gradient = dlogits === null ? null : dlogits.data;
    const scale = 1 / Math.max(n, 1);
    return isInt32(t)
      ? backend.softmaxCrossEntropy(gradient, logits.data, t, w, n, classes, scale)
      : backend.softmaxCrossEntropyDense(gradient, logits.data, t.data, w, n, classes, scale);
  }

  /** (1 − s) · t + s / classes, (N, classes); of rows with a sum other than 1, s / classes of that sum. */
  #smooth(t: Int32Array | Tensor, logits: Tensor): Tensor {
    const n = logits.shape[0]!;
    const classes = logits.shape[1]!;
    const smoothed = this.#smoothed.rows(n, classes, logits);
    const { data } = smoothed;
    const kept = 1 - this.labelSmoothing;
    const spread = this.labelSmoothing / classes;
    for (let row = 0; row < n; row++) {
      const start = row * classes;
      if (isInt32(t)) {
        data.fill(spread, start, start + classes);
        data[start + t[row]!] = kept + spread;
        continue;
      }
      let sum = 0;
      for (let j = start; j < start + classes; j++) sum += t.data[j]!;
      for (let j = start; j < start + classes; j++) data[j] = kept * t.data[j]! + spread * sum;
    }
    return smoothed;
  }

  describe(): LossDescription {
    const { unnormalized, labelSmoothing } = this;
    return {
      loss: 'crossEntropy',
      ...(unnormalized ? { unnormalized } : {}),
      ...(labelSmoothing === 0 ? {} : { labelSmoothing }),
    };
  }
}

/** @throws {ArgumentError} unless it is a number in [0, 1) */
export function requireSmoothing(operation: string, labelSmoothing: unknown): number {
  if (typeof labelSmoothing === 'number' && labelSmoothing >= 0 && labelSmoothing < 1) return labelSmoothing;
  throw new ArgumentError({
    operation,
    found: `labelSmoothing is ${show(labelSmoothing)}`,
    expected: 'a number in [0, 1)',
  });
}

/** @throws {ShapeError} unless there is a row of at least two scores for each sample */
function requireLogits(operation: string, logits: Tensor): void {
  requireShape(operation, 'logits', logits, LOGITS, 'one row of scores per sample');
  if (logits.shape[1]! >= 2) return;
  throw new ShapeError({
    operation,
    found: `logits has shape ${formatShape(logits.shape)}`,
    expected: 'at least 2 columns: softmax of a single score is always 1',
    fix: ONE_CLASS,
  });
}

/** What to do about a classifier with a single class. */
export const ONE_CLASS =
  "Use two outputs, or one sigmoid output: task: 'binary' of a MultiLayerNet, SigmoidWithLoss as the loss of a Sequential";
