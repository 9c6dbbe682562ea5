import type { Floats } from '../backend/backend.js';
import { ShapeError, StateError } from '../errors.js';
import { isInt32, keepName } from '../identity.js';
import { checkOptions, requireOneOf } from '../options.js';
import { ANY, formatShape, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { LossLayer, RowWeights, Targets } from './layer.js';
import type { LossDescription } from './layer-types.js';
import { requireMemory } from './require-memory.js';
import { RowBuffer } from './row-buffer.js';
import { rowWeights } from './row-weights.js';
import { readTargets } from './targets.js';

/** Whether the outputs answer one question or several. */
export interface SigmoidWithLossOptions {
  /** 'binary' (default): one output, class 0 or 1. 'multiLabel': an output for each label; a row may have any number of labels. */
  readonly kind?: 'binary' | 'multiLabel';
}

const SCORES = [ANY, 'labels'] as const;

/**
 * The sigmoid and binary cross-entropy as a single last layer: yes or no, or several labels per row.
 *
 * Shapes: scores z and dz (N, outputs). Targets of 'binary': N class indices 0 or 1, or rows over both classes (N, 2); of
 * 'multiLabel': rows (N, labels) of 1 and 0. With y = σ(z), a row's loss is −Σ [t · log y + (1 − t) · log(1 − y)], summed
 * over its outputs; the loss is the mean over the N rows. backward: dz = (y − t) / N. The loss is computed from the scores:
 * exp does not overflow, and the log of 0 is never taken.
 *
 * Source: Bishop, Pattern Recognition and Machine Learning, §4.3.2; the book has softmax only.
 *
 * @throws {ShapeError} for scores or targets of another shape, {ArgumentError} for targets that are not labels
 */
export class SigmoidWithLoss implements LossLayer {
  static {
    keepName(SigmoidWithLoss, 'SigmoidWithLoss');
  }

  readonly kind: 'binary' | 'multiLabel';

  /** What backward returns: dL/dz of the last forward. */
  #dz: Tensor | undefined;

  readonly #gradients: RowBuffer = new RowBuffer();
  readonly #probabilities: RowBuffer = new RowBuffer();
  readonly #yes: RowBuffer = new RowBuffer();
  readonly #no: RowBuffer = new RowBuffer();

  constructor(options: SigmoidWithLossOptions = {}) {
    checkOptions('SigmoidWithLoss', options, ['kind']);
    this.kind = requireOneOf('SigmoidWithLoss', 'kind', options.kind ?? 'binary', ['binary', 'multiLabel']);
  }

  forward(scores: Tensor, targets: Targets, weights?: RowWeights): number {
    const operation = 'SigmoidWithLoss.forward';
    this.#requireScores(operation, scores);
    const dz = this.#gradients.rows(scores.shape[0]!, scores.shape[1]!, scores);
    const loss = this.#meanLoss(operation, dz, scores, targets, weights);
    this.#dz = dz;
    return loss;
  }

  backward(): Tensor {
    if (this.#dz === undefined) {
      throw new StateError({ operation: 'SigmoidWithLoss.backward', found: 'called before forward' });
    }
    return this.#dz;
  }

  loss(scores: Tensor, targets: Targets, weights?: RowWeights): number {
    this.#requireScores('SigmoidWithLoss.loss', scores);
    return this.#meanLoss('SigmoidWithLoss.loss', null, scores, targets, weights);
  }

  predict(scores: Tensor): Tensor {
    this.#requireScores('SigmoidWithLoss.predict', scores);
    const y = this.#probabilities.rows(scores.shape[0]!, scores.shape[1]!, scores);
    scores.backend.activation(y.data, scores.data, y.size, 'sigmoid');
    return y;
  }

  #requireScores(operation: string, scores: Tensor): void {
    if (this.kind === 'multiLabel') {
      requireShape(operation, 'scores', scores, SCORES, 'one row of scores per sample');
      return;
    }
    if (scores?.rank === 2 && scores.shape[1] === 1) return;
    if (scores?.shape === undefined) requireShape(operation, 'scores', scores, SCORES);
    throw new ShapeError({
      operation,
      found: `scores has shape ${formatShape(scores.shape)}`,
      expected: '[N, 1] (one output says yes or no)',
      fix: "For several labels per row use the kind 'multiLabel', for one class of several SoftmaxWithLoss",
    });
  }

  /** The mean binary cross-entropy of σ(scores) against targets; fills dz unless it is null. */
  #meanLoss(
    operation: string,
    dz: Tensor | null,
    scores: Tensor,
    targets: Targets,
    weights: RowWeights | undefined,
  ): number {
    const t = readTargets(operation, this.kind, scores, targets);
    const w = rowWeights(operation, scores, weights);
    requireMemory(operation, 'scores', scores);
    if (!isInt32(t)) requireMemory(operation, 'targets', t);
    const [n, outputs] = scores.shape as [number, number];
    const { yes, no } = this.#shares(t, scores);
    const gradient = dz === null ? null : dz.data;
    const scale = 1 / Math.max(n, 1);
    return scores.backend.sigmoidCrossEntropy(gradient, scores.data, yes, no, w, n, outputs, scale);
  }

  /** The share of yes of each score, and that of no unless it is the rest. Rows over both classes have no first. */
  #shares(t: Int32Array | Tensor, scores: Tensor): { readonly yes: Floats; readonly no: Floats | null } {
    const [n, outputs] = scores.shape as [number, number];
    if (!isInt32(t) && t.size === n * outputs) return { yes: t.data, no: null };
    const yes = this.#yes.rows(n, 1, scores).data;
    if (isInt32(t)) {
      yes.set(t);
      return { yes, no: null };
    }
    const no = this.#no.rows(n, 1, scores).data;
    for (let row = 0; row < n; row++) {
      no[row] = t.data[2 * row]!;
      yes[row] = t.data[2 * row + 1]!;
    }
    return { yes, no };
  }

  describe(): LossDescription {
    return { loss: 'binaryCrossEntropy', task: this.kind };
  }
}
