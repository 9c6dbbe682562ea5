import {
  ACTIVATIONS,
  type Activation,
  type Backend,
  type ConvolutionShape,
  DTYPES,
  type Dtype,
} from '../backend/backend.js';
import { type BackendChoice, resolveBackend } from '../backend/choose/load.js';
import { StateError } from '../errors.js';
import {
  type Padding,
  requireImageShape,
  requirePadding,
  requireStride,
  requireWindowSize,
  slideOver,
  type WindowSize,
} from '../functions/windows.js';
import { keepName } from '../identity.js';
import { fillByFunction, type InitialWeights, requireOneInit } from '../init/initial-weights.js';
import { fillNormal } from '../init/normal.js';
import { standardDeviation, type WeightInitStd } from '../init/standard-deviation.js';
import { checkOptions, requireInteger, requireOneOf } from '../options.js';
import { Random, resolveSeed } from '../random.js';
import { requireShape } from '../tensor/shape.js';
import type { ImageShape } from '../tensor/shape-types.js';
import type { Tensor } from '../tensor/tensor.js';
import { allocateTensor, requireCountable, requireCountableRows } from './allocate-tensor.js';
import { describeSize, imageOutput, isImages, notImages } from './images.js';
import { type BackwardOptions, type Layer, NO_TENSORS, type Tensors, WEIGHTS } from './layer.js';
import type { LayerDescription } from './layer-types.js';
import { requireDtypeOf } from './require-dtype.js';
import { RowBuffer } from './row-buffer.js';

/** Sizes, activation and initial weights of a `Convolution`. */
export interface ConvolutionOptions {
  /** The images in the rows of x: [height, width, channels], channels last. */
  readonly inputShape: ImageShape;
  /** How many filters: the channels of y. */
  readonly filters: number;
  /** Height and width of the filters, or the side of square ones. */
  readonly kernelSize: WindowSize;
  /** Places from one position of a filter to the next, down and across; default 1. */
  readonly stride?: number;
  /**
   * Zeros around each image. A number: so many rows and columns on each side, fewer than those of the filter. 'valid' (the
   * default): none. 'same': as many as give ⌈length / stride⌉ outputs; the extra one of an odd number is at the bottom or right.
   */
  readonly padding?: Padding;
  /** f; default 'identity'. The same numbers as a separate activation layer, with one pass fewer over memory. */
  readonly activation?: Activation;
  /**
   * Standard deviation of the initial weights, 'he' or 'xavier', for height · width · channels inputs of a filter; default
   * 'he' for relu, 'xavier' otherwise.
   */
  readonly weightInitStd?: WeightInitStd;
  /** The initial weights by a function, in place of `weightInitStd`: (height · width · channels, filters) numbers. */
  readonly initialWeights?: InitialWeights;
  /** Seed of the initial weights, an integer in [0, 2³²); drawn when absent. */
  readonly seed?: number;
  /** The generator to draw weights from, instead of the layer's own; the layers of one network share one. */
  readonly random?: Random;
  /** Default 'float32'. */
  readonly dtype?: Dtype;
  /** Default: the backend of `defaultBackend()`. */
  readonly backend?: Backend | BackendChoice;
}

const OPTION_NAMES = [
  'inputShape',
  'filters',
  'kernelSize',
  'stride',
  'padding',
  'activation',
  'weightInitStd',
  'initialWeights',
  'seed',
  'random',
  'dtype',
  'backend',
] as const;

/**
 * Convolution: each filter slides over the images, and y = f(Σ x·W + b) at each place.
 *
 * Images are rows of height · width · channels numbers, channels last, so an Affine layer follows without flattening.
 *
 * Shapes: x (N, height · width · channels), W (kernelHeight, kernelWidth, channels, filters), b (filters) →
 * y (N, outHeight · outWidth · filters), with outHeight = ⌊(height + 2 · padding − kernelHeight) / stride⌋ + 1. Weights are
 * drawn from a normal distribution, biases start at 0.
 *
 * Source: Saito, Deep Learning from Scratch, §7.2 and §7.4.3, where filters come first and channels before places.
 *
 * @example new Convolution({ inputShape: [28, 28, 1], filters: 30, kernelSize: 5, activation: 'relu' }).outputShape([28, 28, 1])
 * // [24, 24, 30]
 * @throws {ArgumentError} for sizes below 1 or too large for memory, a filter larger than the padded image, a padding in
 *   which a whole filter fits, or an unknown activation, dtype or option
 */
export class Convolution implements Layer {
  static {
    keepName(Convolution, 'Convolution');
  }

  readonly inputShape: ImageShape;
  readonly inputSize: number;
  readonly filters: number;
  readonly kernelSize: readonly [height: number, width: number];
  readonly stride: number;
  readonly padding: Padding;
  readonly activation: Activation;
  readonly params: Tensors<'W' | 'b'>;
  readonly grads: Tensors<'W' | 'b'>;
  readonly buffers: Tensors<never> = NO_TENSORS;
  readonly decayed: readonly string[] = WEIGHTS;

  /** Columns of y. */
  readonly outputSize: number;
  readonly #sizes: ConvolutionShape;
  /** As requested; it says nothing about weights that have been trained. */
  readonly #weightInitStd: WeightInitStd | undefined;

  /** What backward reads: the input of the last forward (the caller's array), and its output. */
  #x: Tensor | undefined;
  #y: Tensor | undefined;

  readonly #outputs: RowBuffer = new RowBuffer();
  readonly #inferredOutputs: RowBuffer = new RowBuffer();
  readonly #preActivationGradients: RowBuffer = new RowBuffer();
  readonly #inputGradients: RowBuffer = new RowBuffer();

  constructor(options: ConvolutionOptions) {
    const operation = 'Convolution';
    checkOptions(operation, options, OPTION_NAMES);
    this.inputShape = requireImageShape(operation, options.inputShape);
    this.filters = requireInteger(operation, 'filters', options.filters, 1);
    this.kernelSize = requireWindowSize(operation, 'kernelSize', options.kernelSize);
    this.stride = requireStride(operation, options.stride ?? 1);
    this.padding = requirePadding(operation, options.padding ?? 'valid');
    this.activation = requireOneOf(operation, 'activation', options.activation ?? 'identity', ACTIVATIONS);
    this.#weightInitStd = options.weightInitStd;
    const [height, width, channels] = this.inputShape;
    const [kernelHeight, kernelWidth] = this.kernelSize;
    const { filters, stride, padding } = this;
    const windows = slideOver(operation, 'kernelSize', this.inputShape, { size: this.kernelSize, stride, padding });
    this.#sizes = Object.freeze({ height, width, channels, filters, kernelHeight, kernelWidth, stride, ...windows });
    this.inputSize = requireCountable(operation, 'a row of x', this.inputShape);
    this.outputSize = requireCountable(operation, 'a row of y', [windows.outHeight, windows.outWidth, filters]);

    const dtype = requireOneOf(operation, 'dtype', options.dtype ?? 'float32', DTYPES);
    const backend = resolveBackend(options.backend);
    const random = options.random ?? new Random(resolveSeed(operation, options.seed), 'weights');
    requireOneInit(operation, options);
    const inputs = kernelHeight * kernelWidth * channels; // of each filter
    const byActivation = this.activation === 'relu' ? 'he' : 'xavier';
    const std = standardDeviation(operation, options.weightInitStd ?? byActivation, inputs);

    const weights = (name: string): Tensor =>
      allocateTensor(operation, name, [kernelHeight, kernelWidth, channels, filters], { dtype, backend });
    const biases = (name: string): Tensor => allocateTensor(operation, name, [filters], { dtype, backend });
    this.params = Object.freeze({ W: weights('W'), b: biases('b') });
    this.grads = Object.freeze({ W: weights('dW'), b: biases('db') });
    const { data } = this.params.W;
    if (options.initialWeights === undefined) fillNormal(data, std, random);
    else fillByFunction(operation, data, inputs, filters, options.initialWeights, random);
  }

  /** Sizes and places as the backend takes them. @internal */
  get sizes(): ConvolutionShape {
    return this.#sizes;
  }

  forward(x: Tensor): Tensor {
    this.requireInput('Convolution.forward', x);
    // Until the output is complete, backward has nothing to read: a call that fails midway leaves no mixture of two calls.
    this.#y = undefined;
    const y = this.#output(x, this.#outputs);
    this.#x = x;
    this.#y = y;
    return y;
  }

  infer(x: Tensor): Tensor {
    this.requireInput('Convolution.infer', x);
    return this.#output(x, this.#inferredOutputs);
  }

  /** @throws what `forward` and `infer` throw for an x that they cannot take @internal */
  requireInput(operation: string, x: Tensor): void {
    const { inputShape, inputSize } = this;
    if (!isImages(x, inputSize)) throw notImages(operation, x, inputShape, inputSize);
    requireDtypeOf(operation, 'x', x, this.params.W, 'the weights');
    requireCountableRows(operation, 'y', x.shape[0]!, this.outputSize);
  }

  #output(x: Tensor, buffer: RowBuffer): Tensor {
    const { W, b } = this.params;
    const n = x.shape[0]!;
    const y = buffer.rows(n, this.outputSize, W); // (N, outHeight · outWidth · filters)
    W.backend.convolution(y.data, x.data, W.data, b.data, n, this.#sizes, this.activation);
    return y;
  }

  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const operation = 'Convolution.backward';
    const x = this.#x;
    const y = this.#y;
    if (x === undefined || y === undefined) throw new StateError({ operation, found: 'called before forward' });
    const { W } = this.params;
    requireShape(operation, 'dy', dy, y.shape, 'the shape of the last output');
    requireDtypeOf(operation, 'dy', dy, W, 'the weights');

    const n = x.shape[0]!;
    const dz = this.#preActivationGradient(dy, y);
    W.backend.convolutionWeightGradient(this.grads.W.data, x.data, dz.data, n, this.#sizes);
    if (options?.inputGradient === false) return undefined;
    const dx = this.#inputGradients.rows(n, this.inputSize, W); // (N, height · width · channels)
    W.backend.convolutionInputGradient(dx.data, dz.data, W.data, n, this.#sizes);
    return dx;
  }

  /** dz = dy·f′ = dL/d(Σ x·W + b), like y; and db, its sums over rows and places, (filters). */
  #preActivationGradient(dy: Tensor, y: Tensor): Tensor {
    const { filters, activation } = this;
    const { W, b: db } = this.grads;
    const places = y.size / filters;
    if (activation === 'identity') {
      W.backend.columnSums(db.data, dy.data, places, filters);
      return dy;
    }
    const dz = this.#preActivationGradients.rows(y.shape[0]!, this.outputSize, W);
    W.backend.biasActivationBackward(dz.data, db.data, dy.data, y.data, places, filters, activation);
    return dz;
  }

  outputShape(inputShape: readonly number[]): readonly number[] {
    const { outHeight, outWidth } = this.#sizes;
    return imageOutput('Convolution', inputShape, this.inputShape, [outHeight, outWidth, this.filters]);
  }

  describe(): LayerDescription {
    const { filters, kernelSize, stride, padding, activation } = this;
    return {
      type: 'convolution',
      filters,
      kernelSize: describeSize(kernelSize),
      ...(stride === 1 ? {} : { stride }),
      ...(padding === 'valid' || padding === 0 ? {} : { padding }),
      ...(activation === 'identity' ? {} : { activation }),
      ...(this.#weightInitStd === undefined ? {} : { weightInitStd: this.#weightInitStd }),
    };
  }
}
