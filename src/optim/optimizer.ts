import type { Tensors } from '../layers/layer.js';

/** What an optimizer remembers between two updates, as plain data: what a saved run needs to continue with the same bits. */
export interface OptimizerState {
  /** Single numbers: the learning rate, how many updates were made, … */
  readonly numbers: Readonly<Record<string, number>>;
  /** Arrays kept for each parameter, by name: `{ velocity: { W1, b1, … } }`. Live: copy them to keep them. */
  readonly tensors: Readonly<Record<string, Tensors>>;
}

/** A rule that turns gradients into new parameters. */
export interface Optimizer {
  /** What a saved run calls the rule; 'sgd' for SGD. */
  readonly name?: string;
  /** η, the factor of the gradient: that of the next update where a schedule changes it. */
  readonly learningRate: number;
  /**
   * Writes new values into `params`, in place, from `grads` of the same names and shapes. The book's signature.
   *
   * @param decayed names of the parameters that weight decay touches; default all of them. The Trainer passes the network's
   *   weights, without biases
   */
  update(params: Tensors, grads: Tensors, decayed?: readonly string[]): void;
  /** Everything that the next update depends on besides its arguments. `trainer.save` needs it. */
  state?(): OptimizerState;
  /** Continues from a state that `state` returned, of this or another optimizer of the same kind; copies its arrays. */
  restore?(state: OptimizerState): void;
}
