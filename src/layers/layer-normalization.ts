import { type Backend, DTYPES, type Dtype } from '../backend/backend.js';
import { type BackendChoice, resolveBackend } from '../backend/choose/load.js';
import { StateError } from '../errors.js';
import { keepName } from '../identity.js';
import { checkOptions, requireInteger, requireOneOf, requirePositive } from '../options.js';
import { ANY, type Dimension, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { allocateTensor } from './allocate-tensor.js';
import { type BackwardOptions, type Layer, NO_NAMES, NO_TENSORS, type Tensors } from './layer.js';
import type { LayerDescription } from './layer-types.js';
import { matrixOutput } from './output-shape.js';
import { requireDtypeOf } from './require-dtype.js';
import { requireMemory } from './require-memory.js';
import { RowBuffer } from './row-buffer.js';

/** Size of a `LayerNormalization`. */
export interface LayerNormalizationOptions {
  /** Columns of x. */
  readonly inputSize: number;
  /** Added to the variance, greater than 0; default 1e-5. */
  readonly epsilon?: number;
  /** Default 'float32'. */
  readonly dtype?: Dtype;
  /** Default: the backend of `defaultBackend()`. */
  readonly backend?: Backend | BackendChoice;
}

/**
 * Layer normalisation: y = γ · (x − μ) / √(σ² + ε) + β, row by row.
 *
 * μ and σ² are the mean and the (biased) variance of the row, in training and in inference, so that no row depends on
 * another and a batch of one row will do. Sums are in double.
 *
 * Shapes: x, y, dx, dy (N, inputSize); gamma and beta (inputSize). γ starts at 1, β at 0; weight decay touches neither.
 * Source: Ba, Kiros and Hinton, Layer Normalization, 2016.
 *
 * @throws {ArgumentError} for a size below 1, or an epsilon that is not above 0
 */
export class LayerNormalization implements Layer {
  static {
    keepName(LayerNormalization, 'LayerNormalization');
  }

  readonly inputSize: number;
  readonly epsilon: number;
  readonly params: Tensors<'gamma' | 'beta'>;
  readonly grads: Tensors<'gamma' | 'beta'>;
  readonly buffers: Tensors<never> = NO_TENSORS;
  readonly decayed: readonly string[] = NO_NAMES;

  /** The shape that x must have; kept as an array, so that checking it creates no garbage. */
  readonly #inputShape: readonly Dimension[];

  /** What backward reads: (x − μ) / √(σ² + ε) of the last forward, (N, inputSize), and σ² of each row, (N, 1). */
  #normalized: Tensor | undefined;
  #variance: Tensor | undefined;

  readonly #normalizedRows: RowBuffer = new RowBuffer();
  readonly #variances: RowBuffer = new RowBuffer();
  readonly #outputs: RowBuffer = new RowBuffer();
  readonly #inferredOutputs: RowBuffer = new RowBuffer();
  readonly #inputGradients: RowBuffer = new RowBuffer();

  constructor(options: LayerNormalizationOptions) {
    const operation = 'LayerNormalization';
    checkOptions(operation, options, ['inputSize', 'epsilon', 'dtype', 'backend']);
    this.inputSize = requireInteger(operation, 'inputSize', options.inputSize, 1);
    this.epsilon = requirePositive(operation, 'epsilon', options.epsilon ?? 1e-5);
    const dtype = requireOneOf(operation, 'dtype', options.dtype ?? 'float32', DTYPES);
    const backend = resolveBackend(options.backend);
    const column = (name: string): Tensor => allocateTensor(operation, name, [this.inputSize], { dtype, backend });
    this.params = Object.freeze({ gamma: column('gamma'), beta: column('beta') });
    this.grads = Object.freeze({ gamma: column('dgamma'), beta: column('dbeta') });
    this.params.gamma.data.fill(1);
    this.#inputShape = [ANY, this.inputSize];
  }

  forward(x: Tensor): Tensor {
    this.#requireInput('LayerNormalization.forward', x);
    this.#normalized = undefined; // until it is complete: a call that fails half-way leaves no mixture of two
    const { gamma } = this.params;
    const n = x.shape[0]!;
    const normalized = this.#normalizedRows.rows(n, this.inputSize, gamma);
    const variance = this.#variances.rows(n, 1, gamma);
    const y = this.#outputs.rows(n, this.inputSize, gamma);
    this.#normalize(y, x, normalized, variance);
    this.#normalized = normalized;
    this.#variance = variance;
    return y;
  }

  infer(x: Tensor): Tensor {
    this.#requireInput('LayerNormalization.infer', x);
    const y = this.#inferredOutputs.rows(x.shape[0]!, this.inputSize, this.params.gamma);
    this.#normalize(y, x, null, null);
    return y;
  }

  #normalize(y: Tensor, x: Tensor, normalized: Tensor | null, variance: Tensor | null): void {
    const { gamma, beta } = this.params;
    y.backend.layerNormalization(
      y.data,
      normalized === null ? null : normalized.data,
      variance === null ? null : variance.data,
      x.data,
      gamma.data,
      beta.data,
      x.shape[0]!,
      this.inputSize,
      this.epsilon,
    );
  }

  #requireInput(operation: string, x: Tensor): void {
    requireShape(operation, 'x', x, this.#inputShape, 'inputSize of this layer');
    requireDtypeOf(operation, 'x', x, this.params.gamma, 'gamma');
    requireMemory(operation, 'x', x);
  }

  /** dβ = Σ dy, dγ = Σ dy · x̂ over the rows; dx = (g − mean(g) − x̂ · mean(g · x̂)) / √(σ² + ε) with g = γ · dy, row by row. */
  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const operation = 'LayerNormalization.backward';
    const normalized = this.#normalized;
    if (normalized === undefined) throw new StateError({ operation, found: 'called before forward' });
    requireShape(operation, 'dy', dy, normalized.shape, 'the shape of the last output');
    requireDtypeOf(operation, 'dy', dy, normalized, 'the last output');
    requireMemory(operation, 'dy', dy);

    const { gamma } = this.params;
    const n = normalized.shape[0]!;
    const wantsInput = options?.inputGradient !== false;
    const dx = wantsInput ? this.#inputGradients.rows(n, this.inputSize, normalized) : undefined;
    normalized.backend.layerNormalizationBackward(
      dx === undefined ? null : dx.data,
      this.grads.gamma.data,
      this.grads.beta.data,
      dy.data,
      normalized.data,
      this.#variance!.data,
      gamma.data,
      n,
      this.inputSize,
      this.epsilon,
    );
    return dx;
  }

  outputShape(inputShape: readonly number[]): readonly number[] {
    matrixOutput('LayerNormalization', inputShape, this.inputSize, this.inputSize);
    return inputShape;
  }

  describe(): LayerDescription {
    return { type: 'layerNormalization', epsilon: this.epsilon };
  }
}
