/** What a layer is: forward and backward side by side, parameters beside their gradients. */

import type { Floats } from '../backend/backend.js';
import type { Kind } from '../data/kind.js';
import type { Labels } from '../data/labels.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Values } from '../tensor/values.js';

/** What a network is trained towards: class labels, or for multi-label and regression rows of values (N, outputs). */
export type Targets = Labels | Values;

/** How much each row of a batch counts: N numbers of the dtype that is computed with. */
export type RowWeights = Tensor | Floats;

/** Named arrays, e.g. `{ W, b }`. The record is frozen; the arrays in it are live. */
export type Tensors<K extends string = string> = Readonly<Record<K, Tensor>>;

export interface BackwardOptions {
  /** Whether dL/dx is wanted. The first layer of a network is not asked: nobody reads it, and it costs a third of a step. */
  readonly inputGradient?: boolean;
}

/**
 * One layer of a network: y = layer(x), row by row.
 *
 * Returned tensors are *borrowed*: they lie in buffers of the layer and are valid until its next call of the same method.
 * A layer writes only into arrays it owns, never into x or dy.
 */
export interface Layer {
  /** Trained parameters, by the book's short names; empty for a layer without any. */
  readonly params: Tensors;
  /** dL/dparameter of the last `backward`: overwritten each time, never accumulated. Same names and shapes as `params`. */
  readonly grads: Tensors;
  /** The forward pass of training: remembers what `backward` reads. */
  forward(x: Tensor): Tensor;
  /** The forward pass of use: remembers nothing, in buffers of its own. Without it, `forward` serves both. */
  infer?(x: Tensor): Tensor;
  /**
   * Fills `grads` from dL/dy of the last `forward`.
   *
   * @returns dL/dx, or undefined when `inputGradient` is false
   * @throws {StateError} if there was no `forward`
   */
  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined;
}

/** The last layer of a network: turns scores into a loss, and the loss into dL/dscores. */
export interface LossLayer {
  /** What the network answers, and so which data sets belong to it. */
  readonly kind: Kind;
  /** Whether rows over the classes may have another sum than 1; default false. */
  readonly unnormalized?: boolean;
  /**
   * The loss Σ wᵢ · lossᵢ / N over the N rows, all wᵢ = 1 without `weights`; remembers dL/dscores for `backward`.
   * A call that throws remembers nothing and leaves what the last one remembered.
   */
  forward(scores: Tensor, targets: Targets, weights?: RowWeights): number;
  /** dL/dscores of the last `forward`, borrowed. */
  backward(): Tensor;
  /** The loss alone: remembers nothing. */
  loss(scores: Tensor, targets: Targets, weights?: RowWeights): number;
  /** The network's output for these scores: probabilities, or the values of a regression. Borrowed. */
  predict(scores: Tensor): Tensor;
}

/** The parameters of a layer that has none. */
export const NO_TENSORS: Tensors<never> = Object.freeze({});
