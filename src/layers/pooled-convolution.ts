import type { PooledConvolutionShape } from '../backend/backend.js';
import { StateError } from '../errors.js';
import { requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { ByteBuffer } from './byte-buffer.js';
import { Convolution } from './convolution.js';
import type { BackwardOptions, Layer, Passes } from './layer.js';
import type { PoolingLayer } from './pooling.js';
import { requireDtypeOf } from './require-dtype.js';
import { RowBuffer } from './row-buffer.js';

/**
 * A Convolution and the MaxPooling behind it at once: the array between them, the largest of most networks, is never made.
 *
 * The parameters and gradients are those of the convolution, and the numbers are those of the two layers to rounding.
 * The layers themselves are not called: they remember nothing of these passes.
 *
 * Shapes: x (N, height · width · channels) → y (N, pooledHeight · pooledWidth · filters).
 */
export class PooledConvolution implements Passes {
  readonly #convolution: Convolution;
  readonly #sizes: PooledConvolutionShape;
  readonly #outputSize: number;

  /** What backward reads: the input of the last forward (the caller's array), its output, and where each number was. */
  #x: Tensor | undefined;
  #y: Tensor | undefined;
  readonly #winners: ByteBuffer = new ByteBuffer();

  readonly #outputs: RowBuffer = new RowBuffer();
  readonly #inferredOutputs: RowBuffer = new RowBuffer();
  readonly #inferredWinners: ByteBuffer = new ByteBuffer();
  readonly #inputGradients: RowBuffer = new RowBuffer();

  constructor(convolution: Convolution, pooling: PoolingLayer) {
    const { poolHeight, poolWidth, stride: poolStride, outHeight, outWidth } = pooling.sizes;
    const pooled = { poolHeight, poolWidth, poolStride, pooledHeight: outHeight, pooledWidth: outWidth };
    this.#convolution = convolution;
    this.#sizes = Object.freeze({ ...convolution.sizes, ...pooled });
    this.#outputSize = pooling.outputSize;
  }

  forward(x: Tensor): Tensor {
    this.#convolution.requireInput('Convolution.forward', x);
    this.#y = undefined;
    const y = this.#output(x, this.#outputs, this.#winners);
    this.#x = x;
    this.#y = y;
    return y;
  }

  infer(x: Tensor): Tensor {
    this.#convolution.requireInput('Convolution.infer', x);
    return this.#output(x, this.#inferredOutputs, this.#inferredWinners);
  }

  #output(x: Tensor, outputs: RowBuffer, places: ByteBuffer): Tensor {
    const { params, activation } = this.#convolution;
    const { W, b } = params;
    const n = x.shape[0]!;
    const y = outputs.rows(n, this.#outputSize, W);
    const winners = places.atLeast(y.size);
    W.backend.convolutionMaxPooling(y.data, winners, x.data, W.data, b.data, n, this.#sizes, activation);
    return y;
  }

  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const operation = 'MaxPooling.backward';
    const x = this.#x;
    const y = this.#y;
    if (x === undefined || y === undefined) throw new StateError({ operation, found: 'called before forward' });
    const { params, grads, activation, inputSize } = this.#convolution;
    const { W } = params;
    requireShape(operation, 'dy', dy, y.shape, 'the shape of the last output');
    requireDtypeOf(operation, 'dy', dy, W, 'the last output');

    const n = x.shape[0]!;
    const dx = options?.inputGradient === false ? undefined : this.#inputGradients.rows(n, inputSize, W);
    W.backend.convolutionMaxPoolingBackward(
      grads.W.data,
      grads.b.data,
      dx === undefined ? null : dx.data,
      dy.data,
      y.data,
      this.#winners.atLeast(y.size),
      x.data,
      W.data,
      n,
      this.#sizes,
      activation,
    );
    return dx;
  }
}

/**
 * The passes of two neighbours at once: of a Convolution with a max pooling whose windows need no padding. Layers derived from
 * the two, or with a pass of their own, run one by one: they may compute something else.
 */
export function pooledConvolution(layer: Layer, next: PoolingLayer): Passes | undefined {
  if (!isExactly(layer, Convolution)) return undefined;
  const { outHeight, outWidth, filters } = layer.sizes;
  const { height, width, channels } = next.sizes;
  if (height !== outHeight || width !== outWidth || channels !== filters) return undefined;
  return isInside(next) ? new PooledConvolution(layer, next) : undefined;
}

const PASSES: readonly (keyof Passes)[] = ['forward', 'infer', 'backward'];

/** Whether no window reaches over the edge of the image. */
function isInside({ sizes }: PoolingLayer): boolean {
  const { height, width, poolHeight, poolWidth, stride, padTop, padLeft, outHeight, outWidth } = sizes;
  if (padTop > 0 || padLeft > 0) return false;
  return (outHeight - 1) * stride + poolHeight <= height && (outWidth - 1) * stride + poolWidth <= width;
}

/** Whether it is a layer of that class, with no pass of its own. */
export function isExactly<T extends Layer>(layer: Layer, of: { readonly prototype: T }): layer is T {
  if (Object.getPrototypeOf(layer) !== of.prototype) return false;
  return !PASSES.some((pass) => Object.hasOwn(layer, pass));
}
