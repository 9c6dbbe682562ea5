import { StateError } from '../errors.js';
import { ANY, requireShape } from '../tensor/shape.js';
import { Tensor } from '../tensor/tensor.js';
import type { BackwardOptions, Layer, Tensors } from './layer.js';
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
    const y = this.product('MatMul.forward', x, this.outputs);
    this.x = x;
    return y;
  }

  infer(x: Tensor): Tensor {
    return this.product('MatMul.infer', x, this.inferredOutputs);
  }

  private product(operation: string, x: Tensor, buffer: RowBuffer): Tensor {
    const { W } = this.params;
    const [inputSize, outputSize] = W.shape as [number, number];
    requireShape(operation, 'x', x, [ANY, inputSize], 'rows of W');
    requireDtypeOf(operation, 'x', x, W, 'the weights');
    const n = x.shape[0]!;
    const y = buffer.rows(n, outputSize, W); // (N, outputSize)
    W.backend.gemm(
      false,
      false,
      n,
      outputSize,
      inputSize,
      1,
      x.data,
      inputSize,
      W.data,
      outputSize,
      0,
      y.data,
      outputSize,
    );
    return y;
  }

  backward(dy: Tensor, { inputGradient = true }: BackwardOptions = {}): Tensor | undefined {
    const { x } = this;
    const { W } = this.params;
    const [inputSize, outputSize] = W.shape as [number, number];
    if (x === undefined) throw new StateError({ operation: 'MatMul.backward', found: 'called before forward' });
    const n = x.shape[0]!;
    requireShape('MatMul.backward', 'dy', dy, [n, outputSize], 'the shape of the last output');
    requireDtypeOf('MatMul.backward', 'dy', dy, W, 'the weights');
    const { backend } = W;
    const dW = this.grads.W.data;
    // dW = xᵀ·dy, (inputSize, outputSize).
    backend.gemm(true, false, inputSize, outputSize, n, 1, x.data, inputSize, dy.data, outputSize, 0, dW, outputSize);
    if (!inputGradient) return undefined;

    // dx = dy·Wᵀ, (N, inputSize).
    const dx = this.inputGradients.rows(n, inputSize, W);
    backend.gemm(
      false,
      true,
      n,
      inputSize,
      outputSize,
      1,
      dy.data,
      outputSize,
      W.data,
      outputSize,
      0,
      dx.data,
      inputSize,
    );
    return dx;
  }
}
