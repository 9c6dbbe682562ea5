import { ArgumentError, StateError, show } from '../errors.js';
import { keepName } from '../identity.js';
import { checkOptions, requireInstance } from '../options.js';
import { Random, type RandomState, resolveSeed } from '../random.js';
import { ANY, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { type BackwardOptions, type Layer, type LayerState, NO_NAMES, NO_TENSORS, type Tensors } from './layer.js';
import type { LayerDescription } from './layer-types.js';
import { requireDtypeOf } from './require-dtype.js';
import { requireMemory } from './require-memory.js';
import { RowBuffer } from './row-buffer.js';

/** How much a `Dropout` drops, and where its random numbers come from. */
export interface DropoutOptions {
  /** The share of elements that are set to 0 in training, in [0, 1); default 0.5. */
  readonly ratio?: number;
  /** Seed of the masks, an integer in [0, 2³²); drawn when absent. */
  readonly seed?: number;
  /** The generator to draw masks from, instead of the layer's own. */
  readonly random?: Random;
}

const ROWS = [ANY, 'M'] as const;

/**
 * Inverted dropout: in training y = x · mask / (1 − ratio), where the mask is 0 with probability `ratio`, otherwise 1; in
 * inference y = x. So both have the same mean, and inference costs nothing.
 *
 * Each training pass draws a new mask from the layer's generator, whose state is part of the layer's state: a resumed run
 * draws the masks of the uninterrupted one. Shapes: x, y, dx, dy (N, M).
 *
 * Source: Srivastava et al., Dropout, 2014; Saito, Deep Learning from Scratch, §6.4.3, whose form is not inverted.
 *
 * @example new Dropout({ ratio: 0.5, seed: 1 }).infer(Tensor.from([[1, 2]])).toArray()   // [[1, 2]]
 * @throws {ArgumentError} for a ratio outside [0, 1), or a seed beside a generator
 */
export class Dropout implements Layer {
  static {
    keepName(Dropout, 'Dropout');
  }

  readonly ratio: number;
  readonly params: Tensors<never> = NO_TENSORS;
  readonly grads: Tensors<never> = NO_TENSORS;
  readonly buffers: Tensors<never> = NO_TENSORS;
  readonly decayed: readonly string[] = NO_NAMES;

  readonly #random: Random;
  /** Columns of the last x, and rows whose numbers are still to be drawn: 0 unless processes share a batch. */
  #columns = 0;
  #skipped = 0;

  /** What backward reads: the factors of the last forward, 0 or 1 / (1 − ratio). */
  #factors: Tensor | undefined;

  readonly #masks: RowBuffer = new RowBuffer();
  readonly #outputs: RowBuffer = new RowBuffer();
  readonly #inputGradients: RowBuffer = new RowBuffer();

  constructor(options: DropoutOptions = {}) {
    checkOptions('Dropout', options, ['ratio', 'seed', 'random']);
    const { ratio = 0.5, seed, random } = options;
    if (typeof ratio !== 'number' || !(ratio >= 0 && ratio < 1)) {
      throw new ArgumentError({
        operation: 'Dropout',
        found: `ratio is ${show(ratio)}`,
        expected: 'a number in [0, 1), the share of elements to drop',
        fix: ratio === 1 ? 'With 1 nothing would be left to learn from' : undefined,
      });
    }
    if (seed !== undefined && random !== undefined) {
      throw new ArgumentError({
        operation: 'Dropout',
        found: 'seed and random are both given',
        expected: 'either of them: a generator has its own seed',
      });
    }
    this.ratio = ratio;
    this.#random =
      random === undefined
        ? new Random(resolveSeed('Dropout', seed), 'dropout')
        : requireInstance('Dropout', 'random', random, Random, 'a Random');
  }

  forward(x: Tensor): Tensor {
    requireRows('Dropout.forward', x);
    const n = x.shape[0]!;
    const columns = x.shape[1]!;
    this.#columns = columns;
    this.#drawSkipped();
    const factors = this.#masks.rows(n, columns, x);
    const y = this.#outputs.rows(n, columns, x);
    this.#random.fillMask(factors.data, factors.size, this.ratio, 1 / (1 - this.ratio));
    y.backend.multiply(y.data, x.data, factors.data, y.size);
    this.#factors = factors;
    return y;
  }

  infer(x: Tensor): Tensor {
    requireRows('Dropout.infer', x);
    return x;
  }

  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const factors = this.#factors;
    if (factors === undefined) throw new StateError({ operation: 'Dropout.backward', found: 'called before forward' });
    requireShape('Dropout.backward', 'dy', dy, factors.shape, 'the shape of the last output');
    requireDtypeOf('Dropout.backward', 'dy', dy, factors, 'the last output');
    requireMemory('Dropout.backward', 'dy', dy);
    if (options?.inputGradient === false) return undefined;
    const dx = this.#inputGradients.rows(factors.shape[0]!, factors.shape[1]!, factors);
    dx.backend.multiply(dx.data, dy.data, factors.data, dx.size);
    return dx;
  }

  /** The numbers are drawn once it is known how many a row takes. */
  skip(rows: number): void {
    this.#skipped += rows;
  }

  #drawSkipped(): void {
    if (this.#columns === 0) return;
    for (let left = this.#skipped * this.#columns; left > 0; left--) this.#random.uint32();
    this.#skipped = 0;
  }

  /** Where the generator stands: the masks to come. */
  state(): LayerState {
    this.#drawSkipped();
    return { random: this.#random.state() };
  }

  restore({ random }: LayerState): void {
    this.#random.restore(random as RandomState);
    this.#skipped = 0;
  }

  outputShape(inputShape: readonly number[]): readonly number[] {
    return inputShape;
  }

  describe(): LayerDescription {
    return { type: 'dropout', ratio: this.ratio };
  }
}

function requireRows(operation: string, x: Tensor): void {
  requireShape(operation, 'x', x, ROWS, 'the rows of a batch');
  requireMemory(operation, 'x', x);
}
