/** What a layer is: forward and backward side by side, parameters beside their gradients. */

import type { Floats } from '../backend/backend.js';
import type { Kind } from '../data/kind.js';
import type { Labels } from '../data/labels.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Values } from '../tensor/values.js';
import type { LayerDescription, LossDescription } from './layer-types.js';

/** What a network is trained towards: class labels, or for multi-label and regression rows of values (N, outputs). */
export type Targets = Labels | Values;

/** How much each row of a batch counts: N numbers of the dtype of the computation. */
export type RowWeights = Tensor | Floats;

/** Named arrays, e.g. `{ W, b }`. The record is frozen; the arrays in it are live. */
export type Tensors<K extends string = string> = Readonly<Record<K, Tensor>>;

/** What a backward pass has to compute. */
export interface BackwardOptions {
  /** Whether dL/dx is wanted. Not for the first layer of a network: nothing reads it, and it costs a third of a step. */
  readonly inputGradient?: boolean;
}

/** What a layer remembers besides its tensors, as plain data that JSON can hold: the state of its own generator. */
export type LayerState = Readonly<Record<string, unknown>>;

/**
 * One layer of a network: y = layer(x), row by row.
 *
 * Returned tensors are *borrowed*: they use the layer's buffers and are valid until the next call of the same method.
 * A layer writes only into arrays it owns, never into x or dy, and keeps nothing of a call that it refuses. Each optional
 * member has a default that suits a layer of a few lines; the built-in layers have them all.
 */
export interface Layer {
  /** Trained parameters, by the book's short names; empty for a layer without any. */
  readonly params: Tensors;
  /** dL/dparameter of the last `backward`: overwritten each time, never accumulated. Same names and shapes as `params`. */
  readonly grads: Tensors;
  /** Which parameters weight decay touches. Default: those called W. */
  readonly decayed?: readonly string[];
  /** Tensors that are kept and saved with the network but not trained, e.g. a running mean. */
  readonly buffers?: Tensors;
  /** Columns of x, where the layer fixes them. */
  readonly inputSize?: number;
  /** The shape of one row of x, where the layer fixes more than its size, e.g. [28, 28, 1]. */
  readonly inputShape?: readonly number[];
  /** Rows that a training pass needs at least; default 0. The Trainer refuses smaller batches before the first step. */
  readonly minimumRows?: number;
  /**
   * Whether x holds whole numbers that name rows or classes, not quantities; default false. Such a layer comes first in
   * a network, and has no dL/dx.
   */
  readonly readsIndices?: boolean;
  /** The training pass: remembers what `backward` reads, and may draw random numbers. */
  forward(x: Tensor): Tensor;
  /** The inference pass: remembers nothing, and uses separate buffers. Without it, `forward` serves both. */
  infer?(x: Tensor): Tensor;
  /**
   * Fills `grads` from dL/dy of the last `forward`.
   *
   * @returns dL/dx, or undefined when `inputGradient` is false
   * @throws {StateError} if `forward` has not been called
   */
  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined;
  /**
   * The shape of one row of y from that of one row of x, e.g. [28, 28, 1] → [14, 14, 1]. Without it, a description assumes
   * that the layer keeps the shape, and a summary does not show it.
   *
   * @throws {ShapeError} for a shape that the layer cannot take
   */
  outputShape?(inputShape: readonly number[]): readonly number[];
  /** What builds the layer again, without its numbers. Without it, only `describe` and `save` of the network throw. */
  describe?(): LayerDescription;
  /** Random state that the layer carries from step to step, as plain data; a resumed run continues from it. */
  state?(): LayerState;
  /** Continues from what `state` returned. */
  restore?(state: LayerState): void;
  /**
   * Draws what `forward` would draw for so many rows, and forgets it: they are computed by another process. With it the rows of
   * a batch get the same random numbers, however many processes share them.
   */
  skip?(rows: number): void;
  /**
   * From now on, a training pass computes on a part of the rows of a batch, and this gathers what other processes have of the
   * others: `forward` and `backward` call it once each. Undefined: it has all rows again. Only a layer with statistics of the
   * whole batch has this method.
   *
   * @returns how many numbers it gives to each of the two calls
   */
  synchronize?(gather: GatherOfParts | undefined): number;
}

/** Takes the numbers of this process, gives those of each process that shares the batch, one after another. */
export type GatherOfParts = (own: Float64Array) => Float64Array;

/** What a network calls in each pass. */
export type Passes = Pick<Layer, 'forward' | 'infer' | 'backward'>;

/** The method of a layer that can run at once with the one in front of it; the library's own. */
export const JOINED: unique symbol = Symbol('zerokara.joined');

/** A layer that may have it. */
export type Joining = Layer & { [JOINED]?(previous: Layer): Passes | undefined };

/** Which parameters of a layer weight decay touches. */
export function decayedOf({ decayed, params }: Layer): readonly string[] {
  return decayed ?? WEIGHTS.filter((name) => name in params);
}

/** The last layer of a network: turns scores into a loss, and the loss into dL/dscores. */
export interface LossLayer {
  /** What the network answers, and so which data sets it takes. */
  readonly kind: Kind;
  /** Whether rows over the classes may have a sum other than 1; default false. */
  readonly unnormalized?: boolean;
  /**
   * The loss Σ wᵢ · lossᵢ / N over the N rows, all wᵢ = 1 without `weights`; remembers dL/dscores for `backward`.
   * A call that throws remembers nothing and keeps what the previous one remembered.
   */
  forward(scores: Tensor, targets: Targets, weights?: RowWeights): number;
  /** dL/dscores of the last `forward`, borrowed. */
  backward(): Tensor;
  /** The loss alone: remembers nothing. */
  loss(scores: Tensor, targets: Targets, weights?: RowWeights): number;
  /** The network's output for these scores: probabilities, or the values of a regression. Borrowed. */
  predict(scores: Tensor): Tensor;
  /** What builds the loss again. Without it, only `describe` and `save` of the network throw. */
  describe?(): LossDescription;
}

/** The parameters of a layer that has none, and their names. */
export const NO_TENSORS: Tensors<never> = Object.freeze({});
export const NO_NAMES: readonly string[] = Object.freeze([]);

/** What weight decay applies to in a layer with weights and biases. */
export const WEIGHTS: readonly string[] = Object.freeze(['W']);
