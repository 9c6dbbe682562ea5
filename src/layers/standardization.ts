import { type Backend, DTYPES, type Dtype } from '../backend/backend.js';
import { type BackendChoice, resolveBackend } from '../backend/choose/load.js';
import { ArgumentError, ShapeError, StateError, show } from '../errors.js';
import { brand, typedArrayName } from '../identity.js';
import { checkOptions, requireOneOf } from '../options.js';
import { ANY, type Dimension, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { allocateTensor } from './allocate-tensor.js';
import { type BackwardOptions, type Layer, NO_NAMES, NO_TENSORS, type Tensors } from './layer.js';
import type { LayerDescription } from './layer-types.js';
import { matrixOutput } from './output-shape.js';
import { requireDtypeOf } from './require-dtype.js';
import { requireMemory } from './require-memory.js';
import { RowBuffer } from './row-buffer.js';

/** y = (x − mean) ÷ deviation, column by column. */
export interface StandardizationOptions {
  /** The mean of each column of the training data. */
  readonly mean: readonly number[];
  /** The standard deviation of each column, greater than 0; 1 for a column that is constant. */
  readonly deviation: readonly number[];
  /** Default 'float32'. */
  readonly dtype?: Dtype;
  /** Default: the backend of `defaultBackend()`. */
  readonly backend?: Backend | BackendChoice;
}

/**
 * y = (x − mean) / deviation, column by column; not trained. dx = dy / deviation.
 *
 * As the first layer, it lets the network take columns of any scale unchanged. Both arrays are buffers of the layer: they
 * are saved with the network. Shapes: mean and deviation (M); x, y, dx, dy (N, M).
 *
 * @example new Standardization({ mean: [10, 0], deviation: [2, 1] }).infer(Tensor.from([[14, 3]])).toArray()   // [[2, 3]]
 * @throws {ArgumentError} for lists without numbers, numbers that are not finite, or a deviation that is not above 0
 * @throws {ShapeError} for lists of different lengths
 */
export class Standardization implements Layer {
  static {
    brand(Standardization, 'Standardization');
  }

  readonly inputSize: number;
  readonly outputSize: number;
  readonly params: Tensors<never> = NO_TENSORS;
  readonly grads: Tensors<never> = NO_TENSORS;
  readonly buffers: Tensors<'mean' | 'deviation'>;
  readonly decayed: readonly string[] = NO_NAMES;

  /** The shape that x must have; kept as an array, so that checking it creates no garbage. */
  readonly #inputShape: readonly Dimension[];

  /** What backward reads: the output of the last forward, for its shape. */
  #y: Tensor | undefined;

  readonly #outputs: RowBuffer = new RowBuffer();
  readonly #inferredOutputs: RowBuffer = new RowBuffer();
  readonly #inputGradients: RowBuffer = new RowBuffer();

  constructor(options: StandardizationOptions) {
    const operation = 'Standardization';
    checkOptions(operation, options, ['mean', 'deviation', 'dtype', 'backend']);
    const dtype = requireOneOf(operation, 'dtype', options.dtype ?? 'float32', DTYPES);
    const backend = resolveBackend(options.backend);
    const column = (name: string, values: unknown): Tensor => {
      const numbers = requireList(operation, name, values);
      const tensor = allocateTensor(operation, name, [numbers.length], { dtype, backend });
      tensor.data.set(numbers);
      return tensor;
    };
    const mean = column('mean', options.mean);
    const deviation = column('deviation', options.deviation);
    requireColumns(operation, mean, deviation);
    this.buffers = Object.freeze({ mean, deviation });
    this.inputSize = mean.size;
    this.outputSize = mean.size;
    this.#inputShape = [ANY, mean.size];
  }

  forward(x: Tensor): Tensor {
    this.#y = this.#output('Standardization.forward', x, this.#outputs);
    return this.#y;
  }

  infer(x: Tensor): Tensor {
    return this.#output('Standardization.infer', x, this.#inferredOutputs);
  }

  #output(operation: string, x: Tensor, buffer: RowBuffer): Tensor {
    const { mean, deviation } = this.buffers;
    requireShape(operation, 'x', x, this.#inputShape, 'a number for each column of mean');
    requireDtypeOf(operation, 'x', x, mean, 'mean');
    requireMemory(operation, 'x', x);
    const [n, columns] = x.shape as [number, number];
    const y = buffer.rows(n, columns, mean);
    const [from, to, m, d] = [x.data, y.data, mean.data, deviation.data];
    for (let i = 0; i < to.length; ) {
      for (let j = 0; j < columns; j++, i++) to[i] = (from[i]! - m[j]!) / d[j]!;
    }
    return y;
  }

  backward(dy: Tensor, options?: BackwardOptions): Tensor | undefined {
    const y = this.#y;
    if (y === undefined)
      throw new StateError({ operation: 'Standardization.backward', found: 'called before forward' });
    requireShape('Standardization.backward', 'dy', dy, y.shape, 'the shape of the last output');
    requireDtypeOf('Standardization.backward', 'dy', dy, y, 'the last output');
    requireMemory('Standardization.backward', 'dy', dy);
    if (options?.inputGradient === false) return undefined;
    const dx = this.#inputGradients.rows(y.shape[0]!, this.inputSize, y);
    const [from, to, d] = [dy.data, dx.data, this.buffers.deviation.data];
    for (let i = 0; i < to.length; ) {
      for (let j = 0; j < d.length; j++, i++) to[i] = from[i]! / d[j]!;
    }
    return dx;
  }

  outputShape(inputShape: readonly number[]): readonly number[] {
    matrixOutput('Standardization', inputShape, this.inputSize, this.outputSize);
    return inputShape;
  }

  describe(): LayerDescription {
    const { mean, deviation } = this.buffers;
    return { type: 'standardization', mean: [...mean.data], deviation: [...deviation.data] };
  }
}

/** @throws {ArgumentError} unless it is a list of at least one number */
function requireList(operation: string, name: string, values: unknown): ArrayLike<number> {
  const isList = Array.isArray(values) || typedArrayName(values) !== undefined;
  const list = values as ArrayLike<unknown>;
  const wrong = isList ? Array.prototype.findIndex.call(list, (value) => typeof value !== 'number') : 0;
  if (isList && list.length > 0 && wrong < 0) return list as ArrayLike<number>;
  throw new ArgumentError({
    operation,
    found: isList && list.length > 0 ? `${name}[${wrong}] is ${show(list[wrong])}` : `${name} is ${show(values)}`,
    expected: 'a list of numbers, one for each column',
  });
}

/** Checks the numbers in the dtype of the layer: what float32 rounds to 0 or ∞ is refused too. */
function requireColumns(operation: string, mean: Tensor, deviation: Tensor): void {
  if (deviation.size !== mean.size) {
    throw new ShapeError({
      operation,
      found: `deviation has ${deviation.size} numbers`,
      expected: `${mean.size}, one for each column, as mean has`,
    });
  }
  const refuse = (name: string, column: number, value: number, expected: string, fix?: string): never => {
    throw new ArgumentError({ operation, found: `${name}[${column}] is ${value} in ${mean.dtype}`, expected, fix });
  };
  for (let column = 0; column < mean.size; column++) {
    const [m, d] = [mean.data[column]!, deviation.data[column]!];
    if (!Number.isFinite(m)) refuse('mean', column, m, 'a finite number');
    if (!Number.isFinite(d)) refuse('deviation', column, d, 'a finite number');
    if (d <= 0) refuse('deviation', column, d, 'a number greater than 0', 'Give 1 for a column that is constant');
  }
}
