import type { Tensor } from '../tensor/tensor.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { LayerDescription } from './layer-types.js';

/** The activations of the backend that are layers: all but the identity, under the names that descriptions give them. */
type ActivationType = 'relu' | 'sigmoid' | 'tanh';

/**
 * An activation function of the backend as a layer of its own.
 *
 * `Relu`, `Sigmoid` and `Tanh` name the three. f′ is taken at the output.
 */
export abstract class ActivationLayer extends ElementwiseLayer {
  readonly #activation: ActivationType;

  protected constructor(name: string, activation: ActivationType) {
    super(name);
    this.#activation = activation;
  }

  protected values(y: Tensor, x: Tensor): void {
    x.backend.activation(y.data, x.data, y.size, this.#activation);
  }

  protected gradients(dx: Tensor, dy: Tensor, _: Tensor, y: Tensor): void {
    y.backend.activationBackward(dx.data, dy.data, y.data, y.size, this.#activation); // dx = dy·f′
  }

  describe(): LayerDescription {
    return { type: this.#activation };
  }
}
