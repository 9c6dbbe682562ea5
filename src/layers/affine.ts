import { ACTIVATIONS, type Activation, type Backend, DTYPES, type Dtype } from '../backend/backend.js';
import { type BackendChoice, resolveBackend } from '../backend/choose/load.js';
import { StateError } from '../errors.js';
import { keepName } from '../identity.js';
import { fillByFunction, type InitialWeights, requireOneInit } from '../init/initial-weights.js';
import { fillNormal } from '../init/normal.js';
import { standardDeviation, type WeightInitStd } from '../init/standard-deviation.js';
import { checkOptions, requireInteger, requireOneOf } from '../options.js';
import { Random, resolveSeed } from '../random.js';
import { ANY, type Dimension, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { allocateTensor } from './allocate-tensor.js';
import { type BackwardOptions, type Layer, NO_TENSORS, type Tensors, WEIGHTS } from './layer.js';
import type { LayerDescription } from './layer-types.js';
import { matrixOutput } from './output-shape.js';
import { inputGradient, weightGradient } from './products.js';
import { requireDtypeOf } from './require-dtype.js';
import { RowBuffer } from './row-buffer.js';

/** Sizes, activation and initial weights of an `Affine` layer. */
export interface AffineOptions {
  /** Columns of x. */
  readonly inputSize: number;
  /** Columns of y: neurons of this layer. */
  readonly outputSize: number;
  /** f; default 'identity'. The same numbers as a separate activation layer, with one pass fewer over memory. */
  readonly activation?: Activation;
  /** Standard deviation of the initial weights, 'he' or 'xavier'; default 'he' for relu, 'xavier' otherwise. */
  readonly weightInitStd?: WeightInitStd;
  /** The initial weights by a function, in place of `weightInitStd`. */
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

/**
 * Fully connected layer: y = f(x·W + b).
 *
 * Shapes: x (N, inputSize) · W (inputSize, outputSize) + b (outputSize) → y (N, outputSize). W[i][j] goes from input i to
 * neuron j. Weights are drawn from a normal distribution, biases start at 0.
 *
 * Source: Saito, Deep Learning from Scratch, §5.6; He et al. 2015 and Glorot and Bengio 2010 for the initial scales.
 *
 * @throws {ArgumentError} for sizes below 1 or too large for memory, an unknown activation, dtype or option
 */
export class Affine implements Layer {
  static {
    keepName(Affine, 'Affine');
  }

  readonly inputSize: number;
  readonly outputSize: number;
  readonly activation: Activation;
  readonly params: Tensors<'W' | 'b'>;
  readonly grads: Tensors<'W' | 'b'>;
  readonly buffers: Tensors<never> = NO_TENSORS;
  readonly decayed: readonly string[] = WEIGHTS;

  /** As requested; it says nothing about weights that have been trained. */
  readonly #weightInitStd: WeightInitStd | undefined;
  /** The shape that x must have; kept as an array, so that checking it creates no garbage. */
  readonly #inputShape: readonly Dimension[];

  /** What backward reads: the input of the last forward (the caller's array), and its output. */
  #x: Tensor | undefined;
  #y: Tensor | undefined;

  readonly #outputs: RowBuffer = new RowBuffer();
  readonly #inferredOutputs: RowBuffer = new RowBuffer();
  readonly #preActivationGradients: RowBuffer = new RowBuffer();
  readonly #inputGradients: RowBuffer = new RowBuffer();

  constructor(options: AffineOptions) {
    checkOptions('Affine', options, [
      'inputSize',
      'outputSize',
      'activation',
      'weightInitStd',
      'initialWeights',
      'seed',
      'random',
      'dtype',
      'backend',
    ]);
    this.inputSize = requireInteger('Affine', 'inputSize', options.inputSize, 1);
    this.outputSize = requireInteger('Affine', 'outputSize', options.outputSize, 1);
    const fix = (options.activation as unknown) === 'softmax' ? 'Leave it out: the loss brings the softmax' : undefined;
    this.activation = requireOneOf('Affine', 'activation', options.activation ?? 'identity', ACTIVATIONS, fix);
    this.#inputShape = [ANY, this.inputSize];
    this.#weightInitStd = options.weightInitStd;
    const dtype = requireOneOf('Affine', 'dtype', options.dtype ?? 'float32', DTYPES);
    const backend = resolveBackend(options.backend);
    const random = options.random ?? new Random(resolveSeed('Affine', options.seed), 'weights');
    requireOneInit('Affine', options);
    const std = standardDeviation(
      'Affine',
      options.weightInitStd ?? (this.activation === 'relu' ? 'he' : 'xavier'),
      this.inputSize,
    );

    const { inputSize, outputSize } = this;
    const weights = (name: string): Tensor =>
      allocateTensor('Affine', name, [inputSize, outputSize], { dtype, backend });
    const biases = (name: string): Tensor => allocateTensor('Affine', name, [outputSize], { dtype, backend });
    this.params = Object.freeze({ W: weights('W'), b: biases('b') });
    this.grads = Object.freeze({ W: weights('dW'), b: biases('db') });
    const { data } = this.params.W;
    if (options.initialWeights === undefined) fillNormal(data, std, random);
    else fillByFunction('Affine', data, inputSize, outputSize, options.initialWeights, random);
  }

  forward(x: Tensor): Tensor {
    this.#requireInput('Affine.forward', x);
    // Until the output is complete, backward has nothing to read: a call that fails midway leaves no mixture of two calls.
    this.#y = undefined;
    const y = this.#output(x, this.#outputs);
    this.#x = x;
    this.#y = y;
    return y;
  }

  infer(x: Tensor): Tensor {
    this.#requireInput('Affine.infer', x);
    return this.#output(x, this.#inferredOutputs);
  }

  #requireInput(operation: string, x: Tensor): void {
    requireShape(operation, 'x', x, this.#inputShape, 'inputSize of this layer');
    requireDtypeOf(operation, 'x', x, this.params.W, 'the weights');
  }

  #output(x: Tensor, buffer: RowBuffer): Tensor {
    const { W, b } = this.params;
    const n = x.shape[0]!;
    const y = buffer.rows(n, this.outputSize, W); // (N, outputSize)
    W.backend.affine(y.data, x.data, W.data, b.data, n, this.outputSize, this.inputSize, this.activation);
    return y;
  }

  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const x = this.#x;
    const y = this.#y;
    if (x === undefined || y === undefined) {
      throw new StateError({ operation: 'Affine.backward', found: 'called before forward' });
    }
    const { W } = this.params;
    requireShape('Affine.backward', 'dy', dy, y.shape, 'the shape of the last output');
    requireDtypeOf('Affine.backward', 'dy', dy, W, 'the weights');

    const dz = this.#preActivationGradient(dy, y);
    weightGradient(this.grads.W, x, dz);
    if (options?.inputGradient === false) return undefined;
    const dx = this.#inputGradients.rows(x.shape[0]!, this.inputSize, W); // (N, inputSize)
    inputGradient(dx, dz, W);
    return dx;
  }

  /** dz = dy·f′ = dL/d(x·W + b), (N, outputSize); and db, its column sums, (outputSize). */
  #preActivationGradient(dy: Tensor, y: Tensor): Tensor {
    const { W, b: db } = this.grads;
    const n = y.shape[0]!;
    if (this.activation === 'identity') {
      W.backend.columnSums(db.data, dy.data, n, this.outputSize);
      return dy;
    }
    const dz = this.#preActivationGradients.rows(n, this.outputSize, W);
    W.backend.biasActivationBackward(dz.data, db.data, dy.data, y.data, n, this.outputSize, this.activation);
    return dz;
  }

  outputShape(inputShape: readonly number[]): readonly number[] {
    return matrixOutput('Affine', inputShape, this.inputSize, this.outputSize);
  }

  describe(): LayerDescription {
    const { outputSize, activation } = this;
    return {
      type: 'affine',
      outputSize,
      ...(activation === 'identity' ? {} : { activation }),
      ...(this.#weightInitStd === undefined ? {} : { weightInitStd: this.#weightInitStd }),
    };
  }
}
