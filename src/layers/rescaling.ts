import { ArgumentError, StateError, show } from '../errors.js';
import { brand } from '../identity.js';
import { checkOptions } from '../options.js';
import { ANY, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { type BackwardOptions, type Layer, NO_NAMES, NO_TENSORS, type Tensors } from './layer.js';
import type { LayerDescription } from './layer-types.js';
import { requireDtypeOf } from './require-dtype.js';
import { requireMemory } from './require-memory.js';
import { RowBuffer } from './row-buffer.js';

/** y = scale · x + offset. */
export interface RescalingOptions {
  /** The factor, e.g. 1 / 255 for bytes. */
  readonly scale: number;
  /** What is added; default 0. */
  readonly offset?: number;
}

const ROWS = [ANY, 'M'] as const;

/**
 * y = x · scale + offset, element by element; not trained. dx = dy · scale.
 *
 * As the first layer, it lets the network take its data unchanged, e.g. bytes. Shapes: x, y, dx, dy (N, M).
 *
 * @example new Rescaling({ scale: 1 / 255 }).infer(Tensor.from([[0, 51, 255]])).toArray()   // [[0, 0.2, 1]]
 * @throws {ArgumentError} for a scale of 0, or numbers that are not finite
 */
export class Rescaling implements Layer {
  static {
    brand(Rescaling, 'Rescaling');
  }

  readonly scale: number;
  readonly offset: number;
  readonly params: Tensors<never> = NO_TENSORS;
  readonly grads: Tensors<never> = NO_TENSORS;
  readonly buffers: Tensors<never> = NO_TENSORS;
  readonly decayed: readonly string[] = NO_NAMES;

  /** What backward reads: the output of the last forward, for its shape. */
  #y: Tensor | undefined;

  readonly #outputs: RowBuffer = new RowBuffer();
  readonly #inferredOutputs: RowBuffer = new RowBuffer();
  readonly #inputGradients: RowBuffer = new RowBuffer();

  constructor(options: RescalingOptions) {
    checkOptions('Rescaling', options, ['scale', 'offset']);
    const { scale, offset = 0 } = options;
    if (!Number.isFinite(scale) || scale === 0) {
      throw new ArgumentError({
        operation: 'Rescaling',
        found: `scale is ${show(scale)}`,
        expected: 'a finite number other than 0',
      });
    }
    if (!Number.isFinite(offset)) {
      throw new ArgumentError({
        operation: 'Rescaling',
        found: `offset is ${show(offset)}`,
        expected: 'a finite number',
      });
    }
    this.scale = scale;
    this.offset = offset;
  }

  forward(x: Tensor): Tensor {
    this.#y = this.#output('Rescaling.forward', x, this.#outputs);
    return this.#y;
  }

  infer(x: Tensor): Tensor {
    return this.#output('Rescaling.infer', x, this.#inferredOutputs);
  }

  #output(operation: string, x: Tensor, buffer: RowBuffer): Tensor {
    requireShape(operation, 'x', x, ROWS, 'the rows of a batch');
    requireMemory(operation, 'x', x);
    const y = buffer.rows(x.shape[0]!, x.shape[1]!, x);
    const { scale, offset } = this;
    const [from, to] = [x.data, y.data];
    for (let i = 0; i < from.length; i++) to[i] = from[i]! * scale + offset;
    return y;
  }

  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const y = this.#y;
    if (y === undefined) throw new StateError({ operation: 'Rescaling.backward', found: 'called before forward' });
    requireShape('Rescaling.backward', 'dy', dy, y.shape, 'the shape of the last output');
    requireDtypeOf('Rescaling.backward', 'dy', dy, y, 'the last output');
    requireMemory('Rescaling.backward', 'dy', dy);
    if (options?.inputGradient === false) return undefined;
    const dx = this.#inputGradients.rows(y.shape[0]!, y.shape[1]!, y);
    const { scale } = this;
    const [from, to] = [dy.data, dx.data];
    for (let i = 0; i < from.length; i++) to[i] = from[i]! * scale;
    return dx;
  }

  outputShape(inputShape: readonly number[]): readonly number[] {
    return inputShape;
  }

  describe(): LayerDescription {
    const { scale, offset } = this;
    return { type: 'rescaling', scale, ...(offset === 0 ? {} : { offset }) };
  }
}
