/** The minimum cost of a backend call: its floating-point operations, and each number read or written once. */

import type { Activation, Backend, ConvolutionShape, Floats, PoolingShape } from '../src/backend/backend.js';
import type { Call, Operation } from './recording.js';

export interface Cost {
  /** The call in a few words, e.g. `gemm 100×784×50`. */
  readonly label: string;
  readonly flops: number;
  readonly bytes: number;
}

/** Operations of an exponential: the multiply-adds of a polynomial and the scaling around them. */
const EXP = 16;

/** Operations an element needs for f(y + bias), and for dy · f′. */
const FORWARD: Readonly<Record<Activation, number>> = { identity: 1, relu: 2, sigmoid: EXP + 4, tanh: EXP + 6 };
const BACKWARD: Readonly<Record<Activation, number>> = { identity: 0, relu: 2, sigmoid: 3, tanh: 3 };

type Costs = { readonly [K in Operation]?: (...args: Parameters<Backend[K]>) => Cost };

const COSTS: Costs = {
  gemm: (transA, transB, m, n, k, _alpha, a, _lda, _b, _ldb, beta) => ({
    label: `gemm ${m}×${k}×${n}${transA || transB ? `, ${transA ? 'aᵀ' : 'a'}·${transB ? 'bᵀ' : 'b'}` : ''}`,
    flops: 2 * m * n * k,
    bytes: size(a) * (m * k + k * n + m * n * (beta === 0 ? 1 : 2)),
  }),
  affine: (y, _x, _w, _b, m, n, k, f) => ({
    label: `affine ${m}×${k}×${n}, ${f}`,
    flops: (2 * k + 1 + FORWARD[f]) * m * n,
    bytes: size(y) * (m * k + k * n + m * n + n),
  }),
  biasActivation: (y, _bias, m, n, f) => ({
    label: `biasActivation ${m}×${n}, ${f}`,
    flops: (1 + FORWARD[f]) * m * n,
    bytes: size(y) * (2 * m * n + n),
  }),
  biasActivationBackward: (dz, _db, _dy, _y, m, n, f) => ({
    label: `biasActivationBackward ${m}×${n}, ${f}`,
    flops: (1 + BACKWARD[f]) * m * n,
    bytes: size(dz) * (3 * m * n + n),
  }),
  columnSums: (out, _x, m, n) => ({ label: `columnSums ${m}×${n}`, flops: m * n, bytes: size(out) * (m * n + n) }),
  softmaxCrossEntropy: (_d, logits, _labels, _weights, m, n) => ({
    label: `softmaxCrossEntropy ${m}×${n}`,
    flops: (EXP + 4) * m * n,
    bytes: size(logits) * 2 * m * n + 4 * m,
  }),
  gatherRows: (out, source, _indices, _start, count, width) => ({
    label: `gatherRows ${count}×${width}`,
    flops: count * width,
    bytes: (size(out) + size(source)) * count * width + 4 * count,
  }),
  axpy: (n, _alpha, x) => ({ label: `axpy ${n}`, flops: 2 * n, bytes: size(x) * 3 * n }),
  convolution: (y, x, w, _b, images, shape, f) => ({
    label: `convolution ${shapeOf(shape)}, ${f}`,
    flops: products(images, shape) + (1 + FORWARD[f]) * y.length,
    bytes: size(y) * (y.length + x.length + w.length),
  }),
  convolutionWeightGradient: (dw, x, dz, images, shape) => ({
    label: `convolutionWeightGradient ${shapeOf(shape)}`,
    flops: products(images, shape),
    bytes: size(dw) * (dw.length + x.length + dz.length),
  }),
  convolutionInputGradient: (dx, dz, w, images, shape) => ({
    label: `convolutionInputGradient ${shapeOf(shape)}`,
    flops: products(images, shape),
    bytes: size(dx) * (dx.length + dz.length + w.length),
  }),
  convolutionMaxPooling: (y, winners, x, w, _b, images, shape, f) => ({
    label: `convolutionMaxPooling ${shapeOf(shape)}, ${f}`,
    flops: products(images, shape) + (1 + FORWARD[f]) * images * shape.outHeight * shape.outWidth * shape.filters,
    bytes: size(y) * (y.length + x.length + w.length) + winners.length,
  }),
  // A pooled cell has one winner, whose gradient meets one patch of x and, for dx, one filter.
  convolutionMaxPoolingBackward: (dw, _db, dx, dy, y, winners, x, w, _images, shape) => {
    const patch = shape.kernelHeight * shape.kernelWidth * shape.channels;
    return {
      label: `convolutionMaxPoolingBackward ${shapeOf(shape)}${dx === null ? '' : ', with dx'}`,
      flops: 2 * (dx === null ? 1 : 2) * dy.length * patch,
      bytes:
        size(dw) * (dw.length + 2 * y.length + x.length + (dx === null ? 0 : dx.length + w.length)) + winners.length,
    };
  },
  maxPooling: (y, winners, x, _images, shape) => ({
    label: `maxPooling ${windowsOf(shape)}`,
    flops: y.length * shape.poolHeight * shape.poolWidth,
    bytes: size(y) * (y.length + x.length) + winners.length,
  }),
  maxPoolingBackward: (dx, dy, winners, _images, shape) => ({
    label: `maxPoolingBackward ${windowsOf(shape)}`,
    flops: dy.length,
    bytes: size(dx) * (dx.length + dy.length) + winners.length,
  }),
};

/** Operations of all multiply-adds of a dense convolution, or of one of its gradients. */
function products(images: number, shape: ConvolutionShape): number {
  const { outHeight, outWidth, filters, kernelHeight, kernelWidth, channels } = shape;
  return 2 * images * outHeight * outWidth * filters * kernelHeight * kernelWidth * channels;
}

function shapeOf({ height, width, channels, kernelHeight, kernelWidth, filters }: ConvolutionShape): string {
  return `${height}×${width}×${channels}, ${kernelHeight}×${kernelWidth} → ${filters}`;
}

function windowsOf({ height, width, channels, poolHeight, poolWidth }: PoolingShape): string {
  return `${height}×${width}×${channels}, ${poolHeight}×${poolWidth}`;
}

export function costOf({ operation, args }: Pick<Call, 'operation' | 'args'>): Cost {
  const cost = COSTS[operation] as ((...args: readonly unknown[]) => Cost) | undefined;
  if (cost !== undefined) return cost(...args);
  // Any other function: each of its arrays once.
  return { label: operation, flops: 0, bytes: arraysOf({ operation, args }).reduce((sum, a) => sum + a.byteLength, 0) };
}

/** The arrays that a call uses completely: all but the data set that rows are gathered from, and its order. */
export function arraysOf({ operation, args }: Pick<Call, 'operation' | 'args'>): Floats[] {
  const used = operation === 'gatherRows' ? args.slice(0, 1) : args;
  return used.filter((arg): arg is Floats => ArrayBuffer.isView(arg));
}

function size(array: Floats | Uint8Array): number {
  return array.BYTES_PER_ELEMENT;
}
