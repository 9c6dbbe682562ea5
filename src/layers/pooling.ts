import type { PoolingShape } from '../backend/backend.js';
import { ArgumentError, StateError } from '../errors.js';
import {
  type Padding,
  requireImageShape,
  requirePadding,
  requireStride,
  requireWindowSize,
  slideOver,
  type WindowSize,
} from '../functions/windows.js';
import { requireShape } from '../tensor/shape.js';
import type { ImageShape } from '../tensor/shape-types.js';
import type { Tensor } from '../tensor/tensor.js';
import { requireCountable } from './allocate-tensor.js';
import { describeSize, imageOutput, isImages, notImages } from './images.js';
import { type BackwardOptions, type Layer, NO_NAMES, NO_TENSORS, type Tensors } from './layer.js';
import type { LayerDescription } from './layer-types.js';
import { requireDtypeOf } from './require-dtype.js';
import { requireMemory } from './require-memory.js';
import { RowBuffer } from './row-buffer.js';

/** The windows of a pooling layer. */
export interface PoolingOptions {
  /** The images in the rows of x: [height, width, channels], channels last. */
  readonly inputShape: ImageShape;
  /** Height and width of the windows, or the side of square ones. */
  readonly poolSize: WindowSize;
  /** Places from one window to the next, down and across; default `poolSize`, which then must be square. */
  readonly stride?: number;
  /**
   * Places around each image that belong to windows but do not count. A number: so many rows and columns on each side,
   * fewer than those of the window; default 0. 'same': as many as give ⌈length / stride⌉ outputs. 'valid': none, and the
   * last rows and columns are dropped if no window reaches them; for numbers this is an error.
   */
  readonly padding?: Padding;
}

/**
 * A layer that makes one number of each window of an image, channel by channel.
 *
 * The code around it is written here once: a layer says how y is computed from x, and dx from dy.
 */
export abstract class PoolingLayer implements Layer {
  readonly inputShape: ImageShape;
  readonly inputSize: number;
  readonly poolSize: readonly [height: number, width: number];
  readonly stride: number;
  readonly padding: Padding;
  readonly params: Tensors<never> = NO_TENSORS;
  readonly grads: Tensors<never> = NO_TENSORS;
  readonly buffers: Tensors<never> = NO_TENSORS;
  readonly decayed: readonly string[] = NO_NAMES;

  /** Columns of y. */
  readonly outputSize: number;

  readonly #name: string;
  readonly #sizes: PoolingShape;

  /** What backward reads: the output of the last forward, for its shape; a layer may remember more. */
  #y: Tensor | undefined;

  readonly #outputs: RowBuffer = new RowBuffer();
  readonly #inferredOutputs: RowBuffer = new RowBuffer();
  readonly #inputGradients: RowBuffer = new RowBuffer();

  protected constructor(name: string, options: PoolingOptions) {
    this.#name = name;
    this.inputShape = requireImageShape(name, options.inputShape);
    this.poolSize = requireWindowSize(name, 'poolSize', options.poolSize);
    const [poolHeight, poolWidth] = this.poolSize;
    this.stride = requireStride(name, options.stride ?? (poolHeight === poolWidth ? poolHeight : undefined));
    this.padding = requirePadding(name, options.padding ?? 0);
    const [height, width, channels] = this.inputShape;
    const { stride, padding } = this;
    const windows = slideOver(name, 'poolSize', this.inputShape, { size: this.poolSize, stride, padding });
    this.#sizes = Object.freeze({ height, width, channels, poolHeight, poolWidth, stride, ...windows });
    if (typeof padding === 'number') requireCovered(name, this.#sizes, padding);
    this.inputSize = requireCountable(name, 'a row of x', this.inputShape);
    this.outputSize = requireCountable(name, 'a row of y', [windows.outHeight, windows.outWidth, channels]);
  }

  /** Sizes and places as the backend takes them. @internal */
  get sizes(): PoolingShape {
    return this.#sizes;
  }

  /** y ← the windows of x; in training it may remember what `gradients` reads. */
  protected abstract values(y: Tensor, x: Tensor, isTraining: boolean): void;

  /** dx ← what each place has in the windows, times their dy. */
  protected abstract gradients(dx: Tensor, dy: Tensor): void;

  abstract describe(): LayerDescription;

  forward(x: Tensor): Tensor {
    this.#requireInput('forward', x);
    // Until the output is complete, backward has nothing to read: a call that fails midway leaves no mixture of two calls.
    this.#y = undefined;
    const y = this.#outputs.rows(x.shape[0]!, this.outputSize, x); // (N, outHeight · outWidth · channels)
    this.values(y, x, true);
    this.#y = y;
    return y;
  }

  infer(x: Tensor): Tensor {
    this.#requireInput('infer', x);
    const y = this.#inferredOutputs.rows(x.shape[0]!, this.outputSize, x);
    this.values(y, x, false);
    return y;
  }

  #requireInput(method: string, x: Tensor): void {
    const { inputShape, inputSize } = this;
    if (!isImages(x, inputSize)) throw notImages(`${this.#name}.${method}`, x, inputShape, inputSize);
    requireMemory(this.#name, 'x', x);
  }

  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const y = this.#y;
    const operation = `${this.#name}.backward`;
    if (y === undefined) throw new StateError({ operation, found: 'called before forward' });
    requireShape(operation, 'dy', dy, y.shape, 'the shape of the last output');
    requireDtypeOf(operation, 'dy', dy, y, 'the last output');
    requireMemory(operation, 'dy', dy);
    if (options?.inputGradient === false) return undefined;
    const dx = this.#inputGradients.rows(y.shape[0]!, this.inputSize, y); // (N, height · width · channels)
    this.gradients(dx, dy);
    return dx;
  }

  outputShape(inputShape: readonly number[]): readonly number[] {
    const { outHeight, outWidth, channels } = this.#sizes;
    return imageOutput(this.#name, inputShape, this.inputShape, [outHeight, outWidth, channels]);
  }

  /** The options that its description has, without defaults. */
  protected describeWindows(): Pick<PoolingOptions, 'poolSize' | 'stride' | 'padding'> {
    const { poolSize, stride, padding } = this;
    const isDefault = poolSize[0] === stride && poolSize[1] === stride;
    return {
      poolSize: describeSize(poolSize),
      ...(isDefault ? {} : { stride }),
      ...(padding === 0 ? {} : { padding }),
    };
  }
}

/**
 * Refuses windows that leave the last rows or columns out.
 *
 * @throws {ArgumentError} naming what would be dropped
 */
function requireCovered(operation: string, sizes: PoolingShape, padding: number): void {
  const { height, width, poolHeight, poolWidth, stride, padTop, padLeft, outHeight, outWidth } = sizes;
  const rows = leftOver(height, poolHeight, stride, padTop, outHeight);
  const columns = leftOver(width, poolWidth, stride, padLeft, outWidth);
  if (rows === 0 && columns === 0) return;
  const dropped = [...counted(rows, 'row'), ...counted(columns, 'column')].join(' and ');
  throw new ArgumentError({
    operation,
    found: `windows of ${poolHeight} × ${poolWidth} with stride ${stride} and padding ${padding} drop the last ${dropped} of ${height} × ${width}`,
    expected: 'windows that reach every place',
    fix:
      padding === 0
        ? "Use padding: 'valid' to drop them, or padding: 'same' to cover them"
        : "Use padding: 'same' to cover them",
  });
}

/** How many places at the end another window would begin or lie in. */
function leftOver(length: number, size: number, stride: number, pad: number, out: number): number {
  const next = out * stride - pad;
  const end = next - stride + size;
  return Math.max(length - Math.max(next, end), 0);
}

/** ['row'], ['3 rows'], or nothing for 0. */
function counted(count: number, name: string): readonly string[] {
  if (count === 0) return [];
  return [count === 1 ? name : `${count} ${name}s`];
}
