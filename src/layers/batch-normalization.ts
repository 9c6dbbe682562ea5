import { type Backend, DTYPES, type Dtype } from '../backend/backend.js';
import { type BackendChoice, resolveBackend } from '../backend/choose/load.js';
import { ArgumentError, ShapeError, StateError, show } from '../errors.js';
import { keepName } from '../identity.js';
import { checkOptions, requireInteger, requireOneOf, requirePositive } from '../options.js';
import { ANY, type Dimension, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { allocateTensor } from './allocate-tensor.js';
import { BatchStatistics } from './batch-statistics.js';
import { type BackwardOptions, type GatherOfParts, type Layer, NO_NAMES, type Tensors } from './layer.js';
import type { LayerDescription } from './layer-types.js';
import { matrixOutput } from './output-shape.js';
import { requireDtypeOf } from './require-dtype.js';
import { requireMemory } from './require-memory.js';
import { RowBuffer } from './row-buffer.js';

/** Sizes of a `BatchNormalization`, and how it averages. */
export interface BatchNormalizationOptions {
  /** Columns of x. */
  readonly inputSize: number;
  /**
   * Groups of columns with their own mean; default `inputSize`. For images in rows of H·W·C numbers, channels last, it is C:
   * each channel is then normalised over rows and places.
   */
  readonly channels?: number;
  /** How much of the running mean and variance a step keeps, in [0, 1); default 0.9. */
  readonly momentum?: number;
  /** Added to the variance, greater than 0; default 1e-5. */
  readonly epsilon?: number;
  /** Default 'float32'. */
  readonly dtype?: Dtype;
  /** Default: the backend of `defaultBackend()`. */
  readonly backend?: Backend | BackendChoice;
}

/**
 * Batch normalisation: y = γ · (x − μ) / √(σ² + ε) + β, channel by channel.
 *
 * In training μ and σ² are the mean and the (biased) variance of the batch; a running mean, from 0, and a running variance,
 * from 1, follow them: r ← momentum · r + (1 − momentum) · value. Inference takes these, so that a row's answer does not
 * depend on the other rows. Sums are in double.
 *
 * Shapes: x, y, dx, dy (N, inputSize); gamma, beta, runningMean, runningVariance (channels). γ starts at 1, β at 0; weight
 * decay touches neither. The running variance is that of the book; PyTorch keeps the unbiased one, N / (N − 1) times as large.
 *
 * Processes that share a batch each use their own rows, unless `Distributed.connect` is asked to synchronise them.
 *
 * Source: Ioffe and Szegedy, Batch Normalization, 2015; Saito, Deep Learning from Scratch, §6.3.
 *
 * @throws {ArgumentError} for sizes below 1, channels that do not divide inputSize, a momentum outside [0, 1), or an epsilon
 *   that is not above 0
 */
export class BatchNormalization implements Layer {
  static {
    keepName(BatchNormalization, 'BatchNormalization');
  }

  readonly inputSize: number;
  readonly channels: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly params: Tensors<'gamma' | 'beta'>;
  readonly grads: Tensors<'gamma' | 'beta'>;
  readonly buffers: Tensors<'runningMean' | 'runningVariance'>;
  readonly decayed: readonly string[] = NO_NAMES;
  /** The deviation of a single number is 0: a training pass needs 2 for each channel. */
  readonly minimumRows: number;

  /** The shape that x must have; kept as an array, so that checking it creates no garbage. */
  readonly #inputShape: readonly Dimension[];

  /** What backward reads: (x − μ) / √(σ² + ε) of the last forward, and σ². */
  #normalized: Tensor | undefined;
  readonly #mean: Tensor;
  readonly #variance: Tensor;

  readonly #normalizedRows: RowBuffer = new RowBuffer();
  readonly #outputs: RowBuffer = new RowBuffer();
  readonly #inferredOutputs: RowBuffer = new RowBuffer();
  readonly #inputGradients: RowBuffer = new RowBuffer();

  /** Where processes share a batch and its statistics: from the part of this one to the whole. */
  #shared: BatchStatistics | undefined;

  constructor(options: BatchNormalizationOptions) {
    const operation = 'BatchNormalization';
    checkOptions(operation, options, ['inputSize', 'channels', 'momentum', 'epsilon', 'dtype', 'backend']);
    this.inputSize = requireInteger(operation, 'inputSize', options.inputSize, 1);
    this.channels = requireInteger(operation, 'channels', options.channels ?? this.inputSize, 1);
    if (this.inputSize % this.channels !== 0) {
      const found = `inputSize is ${this.inputSize} and channels ${this.channels}`;
      throw new ArgumentError({ operation, found, expected: 'a multiple of channels as inputSize' });
    }
    this.momentum = requireMomentum(operation, options.momentum ?? 0.9);
    this.epsilon = requirePositive(operation, 'epsilon', options.epsilon ?? 1e-5);
    const dtype = requireOneOf(operation, 'dtype', options.dtype ?? 'float32', DTYPES);
    const backend = resolveBackend(options.backend);
    const column = (name: string, value = 0): Tensor => {
      const tensor = allocateTensor(operation, name, [this.channels], { dtype, backend });
      tensor.data.fill(value);
      return tensor;
    };
    this.params = Object.freeze({ gamma: column('gamma', 1), beta: column('beta') });
    this.grads = Object.freeze({ gamma: column('dgamma'), beta: column('dbeta') });
    this.buffers = Object.freeze({ runningMean: column('runningMean'), runningVariance: column('runningVariance', 1) });
    this.minimumRows = this.channels === this.inputSize ? 2 : 1;
    this.#inputShape = [ANY, this.inputSize];
    this.#mean = column('mean');
    this.#variance = column('variance');
  }

  forward(x: Tensor): Tensor {
    this.#requireInput('BatchNormalization.forward', x);
    const n = x.shape[0]!;
    if (n < this.minimumRows && this.#shared === undefined) {
      throw new ShapeError({
        operation: 'BatchNormalization.forward',
        found: `x has ${n} ${n === 1 ? 'row' : 'rows'}`,
        expected: `at least ${this.minimumRows} in training, for a variance`,
        fix: 'Train with larger batches; inference takes single rows',
      });
    }
    this.#normalized = undefined; // until it is complete: a call that fails half-way leaves no mixture of two
    const normalized = this.#normalizedRows.rows(n, this.inputSize, this.params.gamma);
    const y = this.#outputs.rows(n, this.inputSize, this.params.gamma);
    const { gamma, beta } = this.params;
    const mean = this.#mean;
    const variance = this.#variance;
    gamma.backend.batchNormalization(
      y.data,
      normalized.data,
      mean.data,
      variance.data,
      x.data,
      gamma.data,
      beta.data,
      x.size / this.channels,
      this.channels,
      this.epsilon,
    );
    this.#shared?.normalize({ y, normalized, mean, variance, x, gamma, beta });
    follow(this.buffers.runningMean, mean, this.momentum);
    follow(this.buffers.runningVariance, variance, this.momentum);
    this.#normalized = normalized;
    return y;
  }

  infer(x: Tensor): Tensor {
    this.#requireInput('BatchNormalization.infer', x);
    const { gamma, beta } = this.params;
    const { runningMean, runningVariance } = this.buffers;
    const y = this.#inferredOutputs.rows(x.shape[0]!, this.inputSize, gamma);
    gamma.backend.batchNormalizationInference(
      y.data,
      x.data,
      runningMean.data,
      runningVariance.data,
      gamma.data,
      beta.data,
      x.size / this.channels,
      this.channels,
      this.epsilon,
    );
    return y;
  }

  #requireInput(operation: string, x: Tensor): void {
    requireShape(operation, 'x', x, this.#inputShape, 'inputSize of this layer');
    requireDtypeOf(operation, 'x', x, this.params.gamma, 'gamma');
    requireMemory(operation, 'x', x);
  }

  /** dβ = Σ dy, dγ = Σ dy · x̂ and dx = γ / √(σ² + ε) · (dy − mean(dy) − x̂ · mean(dy · x̂)), with x̂ = (x − μ) / √(σ² + ε). */
  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const operation = 'BatchNormalization.backward';
    const normalized = this.#normalized;
    if (normalized === undefined) throw new StateError({ operation, found: 'called before forward' });
    requireShape(operation, 'dy', dy, normalized.shape, 'the shape of the last output');
    requireDtypeOf(operation, 'dy', dy, normalized, 'the last output');
    requireMemory(operation, 'dy', dy);

    const isWanted = options?.inputGradient !== false;
    const dx = isWanted ? this.#inputGradients.rows(normalized.shape[0]!, this.inputSize, normalized) : undefined;
    const { gamma } = this.params;
    gamma.backend.batchNormalizationBackward(
      dx === undefined ? null : dx.data,
      this.grads.gamma.data,
      this.grads.beta.data,
      dy.data,
      normalized.data,
      this.#variance.data,
      gamma.data,
      dy.size / this.channels,
      this.channels,
      this.epsilon,
    );
    this.#shared?.correct({
      dx,
      dgamma: this.grads.gamma,
      dbeta: this.grads.beta,
      normalized,
      variance: this.#variance,
      gamma,
    });
    return dx;
  }

  /** The statistics are then those of all rows of the batch, and so are the gradients, once those of the parts are added. */
  synchronize(gather: GatherOfParts | undefined): number {
    this.#shared = gather && new BatchStatistics(gather, this.channels, this.epsilon);
    return 1 + 2 * this.channels;
  }

  outputShape(inputShape: readonly number[]): readonly number[] {
    matrixOutput('BatchNormalization', inputShape, this.inputSize, this.inputSize);
    return inputShape;
  }

  /** Without the channels: they follow from the shape of its input. */
  describe(): LayerDescription {
    const { momentum, epsilon } = this;
    return { type: 'batchNormalization', momentum, epsilon };
  }
}

/** running ← momentum · running + (1 − momentum) · value. */
function follow({ data: running }: Tensor, { data: values }: Tensor, momentum: number): void {
  for (let c = 0; c < running.length; c++) running[c] = momentum * running[c]! + (1 - momentum) * values[c]!;
}

function requireMomentum(operation: string, momentum: unknown): number {
  if (typeof momentum === 'number' && momentum >= 0 && momentum < 1) return momentum;
  throw new ArgumentError({ operation, found: `momentum is ${show(momentum)}`, expected: 'a number in [0, 1)' });
}
