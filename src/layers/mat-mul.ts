import { StateError } from '../errors.js';
import { ANY, requireShape } from '../tensor/shape.js';
import { Tensor } from '../tensor/tensor.js';
import type { BackwardOptions, Layer, Tensors } from './layer.js';
import { inputGradient, product, weightGradient } from './products.js';
import { requireDtypeOf } from './require-dtype.js';
import { RowBuffer } from './row-buffer.js';

/**
 * A product with a weight matrix, without bias: y = x·W.
 *
 * Shapes: x (N, inputSize) · W (inputSize, outputSize) → y (N, outputSize). The layer owns W: a copy of what it is given.
 * Source: Saito, Deep Learning from Scratch, §4.4.2 (simpleNet's only layer).
 *
 * @throws {ShapeError} if `weights` is no matrix
 */
export class MatMul implements Layer {
  readonly params: Tensors<'W'>;
  readonly grads: Tensors<'W'>;

  /** What backward reads: the input of the last forward (the caller's array). */
  private x: Tensor | undefined;

  private readonly outputs: RowBuffer = new RowBuffer();
  private readonly inferredOutputs: RowBuffer = new RowBuffer();
  private readonly inputGradients: RowBuffer = new RowBuffer();

  constructor(weights: Tensor) {
    requireShape('MatMul', 'weights', weights, ['inputSize', 'outputSize'], 'a matrix');
    this.params = Object.freeze({ W: weights.clone() });
    this.grads = Object.freeze({ W: Tensor.zeros(weights.shape, { dtype: weights.dtype, backend: weights.backend }) });
  }

  forward(x: Tensor): Tensor {
    const y = this.output('MatMul.forward', x, this.outputs);
    this.x = x;
    return y;
  }

  infer(x: Tensor): Tensor {
    return this.output('MatMul.infer', x, this.inferredOutputs);
  }

  private output(operation: string, x: Tensor, buffer: RowBuffer): Tensor {
    const { W } = this.params;
    const [inputSize, outputSize] = W.shape as [number, number];
    requireShape(operation, 'x', x, [ANY, inputSize], 'rows of W');
    requireDtypeOf(operation, 'x', x, W, 'the weights');
    const y = buffer.rows(x.shape[0]!, outputSize, W); // (N, outputSize)
    product(y, x, W);
    return y;
  }

  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const { x } = this;
    if (x === undefined) throw new StateError({ operation: 'MatMul.backward', found: 'called before forward' });
    const { W } = this.params;
    const [inputSize, outputSize] = W.shape as [number, number];
    const n = x.shape[0]!;
    requireShape('MatMul.backward', 'dy', dy, [n, outputSize], 'the shape of the last output');
    requireDtypeOf('MatMul.backward', 'dy', dy, W, 'the weights');

    weightGradient(this.grads.W, x, dy);
    if (options?.inputGradient === false) return undefined;
    const dx = this.inputGradients.rows(n, inputSize, W); // (N, inputSize)
    inputGradient(dx, dy, W);
    return dx;
  }
}
