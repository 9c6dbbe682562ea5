import { StateError } from '../errors.js';
import { ANY, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { type BackwardOptions, type Layer, NO_NAMES, NO_TENSORS, type Tensors } from './layer.js';
import type { LayerDescription } from './layer-types.js';
import { requireDtypeOf } from './require-dtype.js';
import { requireMemory } from './require-memory.js';
import { RowBuffer } from './row-buffer.js';

const ROWS = [ANY, 'M'] as const;

/**
 * y = f(x), element by element, without parameters; x, y, dx and dy are (N, M).
 *
 * The code around f is written here once: a layer says how y is computed from x, and dx from dy, x and y.
 */
export abstract class ElementwiseLayer implements Layer {
  readonly params: Tensors<never> = NO_TENSORS;
  readonly grads: Tensors<never> = NO_TENSORS;
  readonly buffers: Tensors<never> = NO_TENSORS;
  readonly decayed: readonly string[] = NO_NAMES;

  readonly #name: string;

  /** What backward reads: the input of the last forward (the caller's array), and its output. */
  #x: Tensor | undefined;
  #y: Tensor | undefined;

  readonly #outputs: RowBuffer = new RowBuffer();
  readonly #inferredOutputs: RowBuffer = new RowBuffer();
  readonly #inputGradients: RowBuffer = new RowBuffer();

  protected constructor(name: string) {
    this.#name = name;
  }

  /** y ← f(x). */
  protected abstract values(y: Tensor, x: Tensor): void;

  /** dx ← dy · f′(x); y is f(x), for derivatives that are simpler in terms of y. */
  protected abstract gradients(dx: Tensor, dy: Tensor, x: Tensor, y: Tensor): void;

  abstract describe(): LayerDescription;

  forward(x: Tensor): Tensor {
    this.#requireInput('forward', x);
    // Until the output is complete, backward has nothing to read: a call that fails midway leaves no mixture of two calls.
    this.#y = undefined;
    const y = this.#outputs.rows(x.shape[0]!, x.shape[1]!, x);
    this.values(y, x);
    this.#x = x;
    this.#y = y;
    return y;
  }

  infer(x: Tensor): Tensor {
    this.#requireInput('infer', x);
    const y = this.#inferredOutputs.rows(x.shape[0]!, x.shape[1]!, x);
    this.values(y, x);
    return y;
  }

  #requireInput(method: string, x: Tensor): void {
    if (x?.rank !== 2) requireShape(`${this.#name}.${method}`, 'x', x, ROWS, 'the rows of a batch');
    requireMemory(this.#name, 'x', x);
  }

  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const x = this.#x;
    const y = this.#y;
    const operation = `${this.#name}.backward`;
    if (x === undefined || y === undefined) throw new StateError({ operation, found: 'called before forward' });
    requireShape(operation, 'dy', dy, y.shape, 'the shape of the last output');
    requireDtypeOf(operation, 'dy', dy, y, 'the last output');
    requireMemory(operation, 'dy', dy);
    requireMemory(operation, 'x', x);
    if (options?.inputGradient === false) return undefined;
    const dx = this.#inputGradients.rows(y.shape[0]!, y.shape[1]!, y);
    this.gradients(dx, dy, x, y);
    return dx;
  }

  outputShape(inputShape: readonly number[]): readonly number[] {
    return inputShape;
  }
}
