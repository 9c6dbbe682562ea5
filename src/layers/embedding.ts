import { type Backend, DTYPES, type Dtype } from '../backend/backend.js';
import { type BackendChoice, resolveBackend } from '../backend/choose/load.js';
import { ArgumentError, StateError } from '../errors.js';
import { keepName } from '../identity.js';
import { fillNormal } from '../init/normal.js';
import { standardDeviation, type WeightInitStd } from '../init/standard-deviation.js';
import { checkOptions, requireInteger, requireOneOf } from '../options.js';
import { Random, resolveSeed } from '../random.js';
import { ANY, type Dimension, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { allocateTensor } from './allocate-tensor.js';
import { type Layer, NO_TENSORS, type Tensors, WEIGHTS } from './layer.js';
import type { LayerDescription } from './layer-types.js';
import { matrixOutput } from './output-shape.js';
import { requireDtypeOf } from './require-dtype.js';
import { requireMemory } from './require-memory.js';
import { RowBuffer } from './row-buffer.js';

/** Sizes and initial weights of an `Embedding`. */
export interface EmbeddingOptions {
  /** Columns of x; default 1. */
  readonly inputSize?: number;
  /** How many of them, the first ones, are quantities: they go through as they are. Default 0, less than `inputSize`. */
  readonly quantities?: number;
  /** How many numbers there are: x holds 0 … vocabularySize − 1. */
  readonly vocabularySize: number;
  /** Columns that stand for one number. */
  readonly outputSize: number;
  /** Standard deviation of the initial weights; default 1. A number reads a single row, so 'he' is √2 and 'xavier' 1. */
  readonly weightInitStd?: WeightInitStd;
  /** Seed of the initial weights, an integer in [0, 2³²); drawn when absent. */
  readonly seed?: number;
  /** The generator to draw weights from instead of the layer's own. */
  readonly random?: Random;
  /** Default 'float32'. */
  readonly dtype?: Dtype;
  /** Default: the backend of `defaultBackend()`. */
  readonly backend?: Backend | BackendChoice;
}

/**
 * A row of numbers to learn for each word, id or category: y = W[x].
 *
 * Shapes: x (N, inputSize) of whole numbers in [0, vocabularySize) · W (vocabularySize, outputSize) → y (N, inputSize ·
 * outputSize), the rows of W one after another. x holds row numbers, so the layer comes first in a network and
 * has no dL/dx. backward adds each part of dy to the row of dW that it came from. In float32, whole numbers are exact up to 2²⁴.
 *
 * A table has columns of both kinds: with `quantities` q, the first q columns of x are the first q of y, and y has q +
 * (inputSize − q) · outputSize columns.
 *
 * Source: Bengio et al., A Neural Probabilistic Language Model, 2003.
 *
 * @throws {ArgumentError} for sizes below 1 or beyond memory, or as many quantities as columns
 */
export class Embedding implements Layer {
  static {
    keepName(Embedding, 'Embedding');
  }

  readonly inputSize: number;
  readonly quantities: number;
  readonly vocabularySize: number;
  readonly outputSize: number;
  readonly readsIndices = true;
  readonly params: Tensors<'W'>;
  readonly grads: Tensors<'W'>;
  readonly buffers: Tensors<never> = NO_TENSORS;
  readonly decayed: readonly string[] = WEIGHTS;

  readonly #weightInitStd: WeightInitStd | undefined;
  /** The shape that x must have; kept as an array, so that checking it creates no garbage. */
  readonly #inputShape: readonly Dimension[];

  /** What backward reads: the numbers of the last forward, and its output for its shape. */
  #indices: Int32Array = new Int32Array(0);
  #y: Tensor | undefined;
  #inferredIndices: Int32Array = new Int32Array(0);

  readonly #outputs: RowBuffer = new RowBuffer();
  readonly #inferredOutputs: RowBuffer = new RowBuffer();

  constructor(options: EmbeddingOptions) {
    checkOptions('Embedding', options, [
      'inputSize',
      'quantities',
      'vocabularySize',
      'outputSize',
      'weightInitStd',
      'seed',
      'random',
      'dtype',
      'backend',
    ]);
    this.inputSize = requireInteger('Embedding', 'inputSize', options.inputSize ?? 1, 1);
    this.quantities = requireInteger('Embedding', 'quantities', options.quantities ?? 0, 0, this.inputSize - 1);
    this.vocabularySize = requireInteger('Embedding', 'vocabularySize', options.vocabularySize, 1);
    this.outputSize = requireInteger('Embedding', 'outputSize', options.outputSize, 1);
    const dtype = requireOneOf('Embedding', 'dtype', options.dtype ?? 'float32', DTYPES);
    const backend = resolveBackend(options.backend);
    const random = options.random ?? new Random(resolveSeed('Embedding', options.seed), 'weights');
    const std = standardDeviation('Embedding', options.weightInitStd ?? 1, 1);
    const shape = [this.vocabularySize, this.outputSize];
    this.params = Object.freeze({ W: allocateTensor('Embedding', 'W', shape, { dtype, backend }) });
    this.grads = Object.freeze({ W: allocateTensor('Embedding', 'dW', shape, { dtype, backend }) });
    fillNormal(this.params.W.data, std, random);
    this.#weightInitStd = options.weightInitStd;
    this.#inputShape = [ANY, this.inputSize];
  }

  forward(x: Tensor): Tensor {
    this.#requireInput('Embedding.forward', x);
    this.#indices = this.#indicesOf(x, this.#indices);
    const y = this.#output(x, this.#indices, this.#outputs);
    this.#y = y;
    return y;
  }

  infer(x: Tensor): Tensor {
    this.#requireInput('Embedding.infer', x);
    this.#inferredIndices = this.#indicesOf(x, this.#inferredIndices);
    return this.#output(x, this.#inferredIndices, this.#inferredOutputs);
  }

  /** The whole numbers of x, row by row, in an array that is reused where it is long enough. */
  #indicesOf(x: Tensor, old: Int32Array): Int32Array {
    const { inputSize, quantities } = this;
    const perRow = inputSize - quantities;
    const count = x.shape[0]! * perRow;
    const indices = old.length < count ? new Int32Array(count) : old;
    if (quantities === 0) indices.set(x.data);
    else {
      const { data } = x;
      for (let row = 0, i = 0; row < data.length; row += inputSize) {
        for (let j = quantities; j < inputSize; j++) indices[i++] = data[row + j]!;
      }
    }
    return indices;
  }

  #output(x: Tensor, indices: Int32Array, buffer: RowBuffer): Tensor {
    const { W } = this.params;
    const { inputSize, quantities, outputSize } = this;
    const n = x.shape[0]!;
    const y = buffer.rows(n, this.#width, W);
    if (quantities === 0) {
      W.backend.gatherRows(y.data, W.data, indices, 0, x.size, outputSize, 1);
      return y;
    }
    // Between the quantities of one row and the next lie rows of W: no gather of whole rows fits.
    const [values, rows, output] = [x.data, W.data, y.data];
    for (let row = 0, i = 0, to = 0; row < values.length; row += inputSize) {
      for (let j = 0; j < quantities; j++) output[to++] = values[row + j]!;
      for (let j = quantities; j < inputSize; j++) {
        const from = indices[i++]! * outputSize;
        for (let k = 0; k < outputSize; k++) output[to++] = rows[from + k]!;
      }
    }
    return y;
  }

  /** Columns of y. */
  get #width(): number {
    return this.quantities + (this.inputSize - this.quantities) * this.outputSize;
  }

  /** Everything is checked before anything is kept. */
  #requireInput(operation: string, x: Tensor): void {
    requireShape(operation, 'x', x, this.#inputShape, 'inputSize of this layer');
    requireDtypeOf(operation, 'x', x, this.params.W, 'the weights');
    requireMemory(operation, 'x', x);
    const { inputSize, quantities, vocabularySize } = this;
    const { data } = x;
    for (let row = 0; row < data.length; row += inputSize) {
      for (let j = quantities; j < inputSize; j++) {
        const value = data[row + j]!;
        if (Number.isInteger(value) && value >= 0 && value < vocabularySize) continue;
        throw new ArgumentError({
          operation,
          found: `x[${row / inputSize}][${j}] is ${value}`,
          expected: `an integer in [0, ${vocabularySize}) (vocabularySize of this layer)`,
        });
      }
    }
  }

  /** Fills dW. There is no dL/dx: x names rows. */
  backward(dy: Tensor): undefined {
    const y = this.#y;
    if (y === undefined) throw new StateError({ operation: 'Embedding.backward', found: 'called before forward' });
    requireShape('Embedding.backward', 'dy', dy, y.shape, 'the shape of the last output');
    requireDtypeOf('Embedding.backward', 'dy', dy, y, 'the last output');
    requireMemory('Embedding.backward', 'dy', dy);
    const { data: dW } = this.grads.W;
    const { data } = dy;
    const { inputSize, quantities, outputSize } = this;
    const indices = this.#indices;
    dW.fill(0);
    for (let from = 0, i = 0; from < data.length; ) {
      from += quantities;
      for (let j = quantities; j < inputSize; j++, i++, from += outputSize) {
        const to = indices[i]! * outputSize;
        for (let k = 0; k < outputSize; k++) dW[to + k]! += data[from + k]!;
      }
    }
    return undefined;
  }

  outputShape(inputShape: readonly number[]): readonly number[] {
    matrixOutput('Embedding', inputShape, this.inputSize, this.outputSize);
    if (this.quantities > 0) return [this.#width];
    return this.inputSize === 1 ? [this.outputSize] : [this.inputSize, this.outputSize];
  }

  describe(): LayerDescription {
    const { quantities, vocabularySize, outputSize } = this;
    const weightInitStd = this.#weightInitStd;
    return {
      type: 'embedding',
      ...(quantities === 0 ? {} : { quantities }),
      vocabularySize,
      outputSize,
      ...(weightInitStd === undefined ? {} : { weightInitStd }),
    };
  }
}
