import type { Activation } from '../backend/backend.js';
import { StateError } from '../errors.js';
import { ANY, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { type BackwardOptions, type Layer, NO_TENSORS, type Tensors } from './layer.js';
import { requireDtypeOf } from './require-dtype.js';
import { RowBuffer } from './row-buffer.js';

/**
 * An activation function as a layer of its own: y = f(x), element by element; x and y are (N, M).
 *
 * `Relu`, `Sigmoid` and `Tanh` name the three. f′ is taken at the output, so that only y is kept for backward.
 */
export abstract class ActivationLayer implements Layer {
  readonly params: Tensors<never> = NO_TENSORS;
  readonly grads: Tensors<never> = NO_TENSORS;

  /** What backward reads: the output of the last forward. */
  private y: Tensor | undefined;

  private readonly outputs: RowBuffer = new RowBuffer();
  private readonly inferredOutputs: RowBuffer = new RowBuffer();
  private readonly inputGradients: RowBuffer = new RowBuffer();

  protected constructor(
    private readonly name: string,
    private readonly activation: Activation,
  ) {}

  forward(x: Tensor): Tensor {
    this.y = this.output('forward', x, this.outputs);
    return this.y;
  }

  infer(x: Tensor): Tensor {
    return this.output('infer', x, this.inferredOutputs);
  }

  private output(method: string, x: Tensor, buffer: RowBuffer): Tensor {
    requireShape(`${this.name}.${method}`, 'x', x, [ANY, 'M'], 'the rows of a batch');
    const y = buffer.rows(x.shape[0]!, x.shape[1]!, x);
    x.backend.activation(y.data, x.data, x.size, this.activation);
    return y;
  }

  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const { y } = this;
    const operation = `${this.name}.backward`;
    if (y === undefined) throw new StateError({ operation, found: 'called before forward' });
    requireShape(operation, 'dy', dy, y.shape, 'the shape of the last output');
    requireDtypeOf(operation, 'dy', dy, y, 'the last output');
    if (options?.inputGradient === false) return undefined;
    const dx = this.inputGradients.rows(y.shape[0]!, y.shape[1]!, y);
    y.backend.activationBackward(dx.data, dy.data, y.data, y.size, this.activation); // dx = dy·f′
    return dx;
  }
}
