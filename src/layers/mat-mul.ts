import { StateError } from '../errors.js';
import { keepName } from '../identity.js';
import { ANY, type Dimension, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { allocateTensor } from './allocate-tensor.js';
import { type BackwardOptions, type Layer, NO_TENSORS, type Tensors, WEIGHTS } from './layer.js';
import type { LayerDescription } from './layer-types.js';
import { matrixOutput } from './output-shape.js';
import { inputGradient, product, weightGradient } from './products.js';
import { requireDtypeOf } from './require-dtype.js';
import { RowBuffer } from './row-buffer.js';

/**
 * A product with a weight matrix, without bias: y = x·W.
 *
 * Shapes: x (N, inputSize) · W (inputSize, outputSize) → y (N, outputSize). The layer owns W, a copy of what it is given.
 * Source: Saito, Deep Learning from Scratch, §4.4.2 (simpleNet's only layer).
 *
 * @throws {ShapeError} if `weights` is not a matrix
 */
export class MatMul implements Layer {
  static {
    keepName(MatMul, 'MatMul');
  }

  readonly inputSize: number;
  readonly outputSize: number;
  readonly params: Tensors<'W'>;
  readonly grads: Tensors<'W'>;
  readonly buffers: Tensors<never> = NO_TENSORS;
  readonly decayed: readonly string[] = WEIGHTS;

  /** The shape that x must have; kept as an array, so that checking it creates no garbage. */
  readonly #inputShape: readonly Dimension[];

  /** What backward reads: the input of the last forward (the caller's array). */
  #x: Tensor | undefined;

  readonly #outputs: RowBuffer = new RowBuffer();
  readonly #inferredOutputs: RowBuffer = new RowBuffer();
  readonly #inputGradients: RowBuffer = new RowBuffer();

  constructor(weights: Tensor) {
    requireShape('MatMul', 'weights', weights, ['inputSize', 'outputSize'], 'a matrix');
    const [inputSize, outputSize] = weights.shape as [number, number];
    this.inputSize = inputSize;
    this.outputSize = outputSize;
    this.#inputShape = [ANY, inputSize];
    this.params = Object.freeze({ W: weights.clone() });
    this.grads = Object.freeze({ W: allocateTensor('MatMul', 'dW', weights.shape, weights) });
  }

  forward(x: Tensor): Tensor {
    this.#requireInput('MatMul.forward', x);
    const y = this.#output(x, this.#outputs);
    this.#x = x;
    return y;
  }

  infer(x: Tensor): Tensor {
    this.#requireInput('MatMul.infer', x);
    return this.#output(x, this.#inferredOutputs);
  }

  #requireInput(operation: string, x: Tensor): void {
    requireShape(operation, 'x', x, this.#inputShape, 'rows of W');
    requireDtypeOf(operation, 'x', x, this.params.W, 'the weights');
  }

  #output(x: Tensor, buffer: RowBuffer): Tensor {
    const { W } = this.params;
    const y = buffer.rows(x.shape[0]!, this.outputSize, W); // (N, outputSize)
    product(y, x, W);
    return y;
  }

  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const x = this.#x;
    if (x === undefined) throw new StateError({ operation: 'MatMul.backward', found: 'called before forward' });
    const { W } = this.params;
    const n = x.shape[0]!;
    requireShape('MatMul.backward', 'dy', dy, [n, this.outputSize], 'the shape of the last output');
    requireDtypeOf('MatMul.backward', 'dy', dy, W, 'the weights');

    weightGradient(this.grads.W, x, dy);
    if (options?.inputGradient === false) return undefined;
    const dx = this.#inputGradients.rows(n, this.inputSize, W); // (N, inputSize)
    inputGradient(dx, dy, W);
    return dx;
  }

  outputShape(inputShape: readonly number[]): readonly number[] {
    return matrixOutput('MatMul', inputShape, this.inputSize, this.outputSize);
  }

  describe(): LayerDescription {
    return { type: 'matMul', outputSize: this.outputSize };
  }
}
