/**
 * The part of the backend that computes convolutions and pooling: the sizes of a layer, and the contract of each function.
 *
 * Images are rows, channels last: x is (images, height · width · channels). w is (kernelHeight, kernelWidth, channels,
 * filters), b is (filters). Row oy of an output has the window that begins at row oy · stride − padTop of its image, and
 * column ox likewise. Places of a window outside the image are not there: they are not multiplied, not counted and
 * never win.
 *
 * Common to all functions, beside what backend.ts says:
 * - A shape is an object that a layer makes once. Its fields are sizes, and need not agree: outHeight and outWidth may be any,
 *   and a window may lie wholly outside its image. `stride`, `poolStride`, `poolHeight` and `poolWidth` are at least 1.
 * - Sums may be added in any order; docs/numerics.md has the bound. The order depends on the sizes alone.
 * - A product with a place inside the image is never left out: 0 · NaN is NaN. `convolutionMaxPoolingBackward` says what
 *   it may leave out.
 */

import type { Activation, Floats } from './numbers.js';

/** The sizes of a convolution. */
export interface ConvolutionShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  /** The step from one window to the next, down and to the right; at least 1. */
  readonly stride: number;
  /** Rows of padding above the image, and columns to its left; how many lie below and to the right follows from the rest. */
  readonly padTop: number;
  readonly padLeft: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/** The sizes of a pooling layer, whose output has as many channels as its input. */
export interface PoolingShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly poolHeight: number;
  readonly poolWidth: number;
  /** The step from one window to the next, down and to the right; at least 1. */
  readonly stride: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/**
 * The sizes of a convolution whose output, outHeight × outWidth, is pooled without padding to pooledHeight × pooledWidth.
 * Of a pooled window that reaches beyond the output, only the places inside count.
 */
export interface PooledConvolutionShape extends ConvolutionShape {
  readonly poolHeight: number;
  readonly poolWidth: number;
  readonly poolStride: number;
  readonly pooledHeight: number;
  readonly pooledWidth: number;
}

export interface ConvolutionFunctions {
  /**
   * y ← f(x ∗ w + b): y[n, oy, ox, o] = f(b[o] + Σ x[n, oy · stride + ky − padTop, ox · stride + kx − padLeft, c] · w[ky, kx, c, o]),
   * summed over ky, kx and c. y is (images, outHeight · outWidth · filters). f is applied as in `biasActivation`.
   */
  convolution(y: Floats, x: Floats, w: Floats, b: Floats, images: number, shape: ConvolutionShape, f: Activation): void;

  /**
   * dw ← the gradient by w, where dz is the gradient by the argument of f. dz and the gradient by b come from
   * `biasActivationBackward` with m = images · outHeight · outWidth and n = filters.
   */
  convolutionWeightGradient(dw: Floats, x: Floats, dz: Floats, images: number, shape: ConvolutionShape): void;

  /** dx ← the gradient by x, likewise; 0 where no window reaches. */
  convolutionInputGradient(dx: Floats, dz: Floats, w: Floats, images: number, shape: ConvolutionShape): void;

  /**
   * y ← the largest number of each window and channel, and winners ← its place in the window, ky · poolWidth + kx. The first
   * maximum wins, and the first NaN wins over every number. A window outside the image gives y = 0 and winner 0. y and
   * winners are (images, outHeight · outWidth · channels). A window has at most 256 places.
   */
  maxPooling(y: Floats, winners: Uint8Array, x: Floats, images: number, shape: PoolingShape): void;

  /**
   * dx ← dy at the winners and 0 elsewhere, and sums where a place wins several windows. Winners lie below
   * poolHeight · poolWidth; one outside the image has no gradient.
   */
  maxPoolingBackward(dx: Floats, dy: Floats, winners: Uint8Array, images: number, shape: PoolingShape): void;

  /** y ← the mean over the places of each window that lie inside the image; 0 if none do. */
  averagePooling(y: Floats, x: Floats, images: number, shape: PoolingShape): void;

  /** dx ← at each place the sum of dy / (places inside the image) over the windows that it belongs to. */
  averagePoolingBackward(dx: Floats, dy: Floats, images: number, shape: PoolingShape): void;

  /**
   * y ← the maximum over each pooled window of f(x ∗ w + b), (images, pooledHeight · pooledWidth · filters), and winners ←
   * its place in the window: `convolution`, then `maxPooling`, without the array in between.
   *
   * The winner is the first maximum of the argument of f, which may be later than the first maximum of f where f is flat.
   * Arguments that differ by no more than the rounding of their sums may win one over the other. A window outside
   * outHeight × outWidth gives y = 0 and winner 0.
   */
  convolutionMaxPooling(
    y: Floats,
    winners: Uint8Array,
    x: Floats,
    w: Floats,
    b: Floats,
    images: number,
    shape: PooledConvolutionShape,
    f: Activation,
  ): void;

  /**
   * The gradients of `convolutionMaxPooling` from what it wrote: dz = dy · f′(at y) at the winners; db ← Σ dz, dw ← Σ x · dz,
   * dx ← Σ dz · w. `dx` null leaves it out, and w is not read; for identity y is not read. A winner outside outHeight ×
   * outWidth has no gradient. A pooled cell whose dz is 0 may be left out, although x or w may be NaN or ∞ there.
   */
  convolutionMaxPoolingBackward(
    dw: Floats,
    db: Floats,
    dx: Floats | null,
    dy: Floats,
    y: Floats,
    winners: Uint8Array,
    x: Floats,
    w: Floats,
    images: number,
    shape: PooledConvolutionShape,
    f: Activation,
  ): void;
}
