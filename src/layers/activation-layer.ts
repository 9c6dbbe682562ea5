import { StateError } from '../errors.js';
import { ANY, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { type BackwardOptions, type Layer, NO_NAMES, NO_TENSORS, type Tensors } from './layer.js';
import type { LayerDescription } from './layer-types.js';
import { requireDtypeOf } from './require-dtype.js';
import { RowBuffer } from './row-buffer.js';

/** The activations that are layers: all but the identity, under the names that descriptions give them. */
type ActivationType = 'relu' | 'sigmoid' | 'tanh';

/**
 * An activation function as a layer of its own: y = f(x), element by element; x and y are (N, M).
 *
 * `Relu`, `Sigmoid` and `Tanh` name the three. f′ is taken at the output, so that only y is kept for backward.
 */
export abstract class ActivationLayer implements Layer {
  readonly params: Tensors<never> = NO_TENSORS;
  readonly grads: Tensors<never> = NO_TENSORS;
  readonly buffers: Tensors<never> = NO_TENSORS;
  readonly decayed: readonly string[] = NO_NAMES;

  readonly #name: string;
  readonly #activation: ActivationType;

  /** What backward reads: the output of the last forward. */
  #y: Tensor | undefined;

  readonly #outputs: RowBuffer = new RowBuffer();
  readonly #inferredOutputs: RowBuffer = new RowBuffer();
  readonly #inputGradients: RowBuffer = new RowBuffer();

  protected constructor(name: string, activation: ActivationType) {
    this.#name = name;
    this.#activation = activation;
  }

  forward(x: Tensor): Tensor {
    this.#y = this.#output('forward', x, this.#outputs);
    return this.#y;
  }

  infer(x: Tensor): Tensor {
    return this.#output('infer', x, this.#inferredOutputs);
  }

  #output(method: string, x: Tensor, buffer: RowBuffer): Tensor {
    if (x.rank !== 2) requireShape(`${this.#name}.${method}`, 'x', x, [ANY, 'M'], 'the rows of a batch');
    const y = buffer.rows(x.shape[0]!, x.shape[1]!, x);
    x.backend.activation(y.data, x.data, y.size, this.#activation);
    return y;
  }

  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const y = this.#y;
    const operation = `${this.#name}.backward`;
    if (y === undefined) throw new StateError({ operation, found: 'called before forward' });
    requireShape(operation, 'dy', dy, y.shape, 'the shape of the last output');
    requireDtypeOf(operation, 'dy', dy, y, 'the last output');
    if (options?.inputGradient === false) return undefined;
    const dx = this.#inputGradients.rows(y.shape[0]!, y.shape[1]!, y);
    y.backend.activationBackward(dx.data, dy.data, y.data, y.size, this.#activation); // dx = dy·f′
    return dx;
  }

  outputShape(inputShape: readonly number[]): readonly number[] {
    return inputShape;
  }

  describe(): LayerDescription {
    return { type: this.#activation };
  }
}
