import type { Tensor } from '../tensor/tensor.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { LayerDescription } from './layer-types.js';

/** The backend's activations that exist as layers: all but the identity, under their names in descriptions. */
type ActivationType = 'relu' | 'sigmoid' | 'tanh';

/**
 * One of the backend's activation functions as a separate layer.
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

  /** What `Sequential.from` builds this layer from. */
  describe(): LayerDescription {
    return { type: this.#activation };
  }
}
