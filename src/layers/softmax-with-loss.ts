import { ArgumentError, ShapeError, StateError, show } from '../errors.js';
import { isInt32, keepName } from '../identity.js';
import { checkOptions } from '../options.js';
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
  /** Whether rows of labels may have another sum than 1. Default false: such rows are refused. */
  readonly unnormalized?: boolean;
}

/**
 * Softmax and cross-entropy as one last layer, for classification.
 *
 * Shapes: logits (N, classes) of at least 2 classes; labels: N class indices, or one-hot or soft rows (N, classes); the
 * loss is the mean over the N rows. backward: dlogits = (y − t) / N with y = softmax(logits). Rows t that do not sum to 1
 * are refused, or with the option `unnormalized` take the general form (y · Σt − t) / N. The loss is computed from the
 * logits by log-sum-exp: no exp overflows, no log of 0 is taken.
 *
 * Source: Saito, Deep Learning from Scratch, §5.6.3 and appendix A.
 *
 * @throws {ShapeError} for logits that are no matrix of at least 2 columns or labels of another count, {ArgumentError} for
 *   labels out of range
 */
export class SoftmaxWithLoss implements LossLayer {
  static {
    keepName(SoftmaxWithLoss, 'SoftmaxWithLoss');
  }

  readonly kind = 'classification';
  readonly unnormalized: boolean;

  /** What backward returns: dL/dlogits of the last forward. */
  #dlogits: Tensor | undefined;

  readonly #gradients: RowBuffer = new RowBuffer();
  readonly #probabilities: RowBuffer = new RowBuffer();

  constructor(options: SoftmaxWithLossOptions = {}) {
    checkOptions('SoftmaxWithLoss', options, ['unnormalized']);
    const { unnormalized = false } = options;
    if (typeof unnormalized !== 'boolean') {
      const found = `unnormalized is ${show(unnormalized)}`;
      throw new ArgumentError({ operation: 'SoftmaxWithLoss', found, expected: 'true or false' });
    }
    this.unnormalized = unnormalized;
  }

  forward(logits: Tensor, labels: Targets, weights?: RowWeights): number {
    requireLogits('SoftmaxWithLoss.forward', logits);
    const dlogits = this.#gradients.rows(logits.shape[0]!, logits.shape[1]!, logits);
    const loss = meanLoss('SoftmaxWithLoss.forward', dlogits, logits, labels, weights, this.unnormalized);
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
    return meanLoss('SoftmaxWithLoss.loss', null, logits, labels, weights, this.unnormalized);
  }

  predict(logits: Tensor): Tensor {
    requireLogits('SoftmaxWithLoss.predict', logits);
    const [n, classes] = logits.shape as [number, number];
    const y = this.#probabilities.rows(n, classes, logits);
    logits.backend.softmax(y.data, logits.data, n, classes);
    return y;
  }

  describe(): LossDescription {
    return { loss: 'crossEntropy', ...(this.unnormalized ? { unnormalized: true } : {}) };
  }
}

/** @throws {ShapeError} unless there is a row of at least two scores for each sample */
function requireLogits(operation: string, logits: Tensor): void {
  requireShape(operation, 'logits', logits, LOGITS, 'one row of scores a sample');
  if (logits.shape[1]! >= 2) return;
  throw new ShapeError({
    operation,
    found: `logits has shape ${formatShape(logits.shape)}`,
    expected: 'at least 2 columns: softmax of a single score is always 1',
    fix: ONE_CLASS,
  });
}

/** What to do about a classifier of a single class. */
export const ONE_CLASS =
  "Use two outputs, or one sigmoid output: task: 'binary' of a MultiLayerNet, SigmoidWithLoss as the loss of a Sequential";

/** The mean cross-entropy of softmax(logits) against labels; fills dlogits unless it is null. */
function meanLoss(
  operation: string,
  dlogits: Tensor | null,
  logits: Tensor,
  labels: Targets,
  weights: RowWeights | undefined,
  unnormalized: boolean,
): number {
  const { backend } = logits;
  const n = logits.shape[0]!; // taking the shape apart as a list would make an iterator at each step
  const classes = logits.shape[1]!;
  const t = readTargets(operation, 'classification', logits, labels, unnormalized);
  const w = rowWeights(operation, logits, weights);
  const gradient = dlogits === null ? null : dlogits.data;
  const scale = 1 / Math.max(n, 1);
  return isInt32(t)
    ? backend.softmaxCrossEntropy(gradient, logits.data, t, w, n, classes, scale)
    : backend.softmaxCrossEntropyDense(gradient, logits.data, t.data, w, n, classes, scale);
}
