import type { Backend, Dtype } from '../backend/backend.js';
import { type BackendChoice, resolveBackend } from '../backend/choose/load.js';
import { ArgumentError } from '../errors.js';
import { DTYPES } from '../layers/affine.js';
import { MatMul } from '../layers/mat-mul.js';
import { SoftmaxWithLoss } from '../layers/softmax-with-loss.js';
import { checkOptions, requireInteger, requireOneOf } from '../options.js';
import { resolveSeed } from '../random.js';
import { Tensor } from '../tensor/tensor.js';
import { toTensor, type Values } from '../tensor/values.js';
import { requireOutputs } from './match.js';
import { type Architecture, loadNetwork } from './saved-network.js';
import { Sequential } from './sequential.js';

export interface SimpleNetOptions {
  /** Columns of x; default 2, the book's. */
  readonly inputSize?: number;
  /** Classes; default 3, the book's. */
  readonly outputSize?: number;
  /** W itself, (inputSize, outputSize), in place of a random one. */
  readonly weights?: Values;
  /** Seed of a random W ~ N(0, 1); drawn when absent. */
  readonly seed?: number;
  /** Default 'float64': this network is for numerical gradients. */
  readonly dtype?: Dtype;
  /** Default: the backend of `defaultBackend()`. */
  readonly backend?: Backend | BackendChoice;
}

/**
 * The book's smallest network, simpleNet: scores x·W, softmax, cross-entropy. One matrix W of 2 × 3, no bias.
 *
 * Source: Saito, Deep Learning from Scratch, §4.4.2.
 *
 * @example
 * const net = new SimpleNet({ weights: [[1, 0, 0], [0, 1, 0]] });
 * net.logits([[0.6, 0.9]]).toArray()   // [[0.6, 0.9, 0]]
 * @throws {ArgumentError} for `weights` together with sizes or a seed, sizes below 1, or an unknown option
 */
export class SimpleNet extends Sequential<'W'> {
  constructor(options: SimpleNetOptions = {}) {
    checkOptions('SimpleNet', options, ['inputSize', 'outputSize', 'weights', 'seed', 'dtype', 'backend']);
    super([new MatMul(initialWeights(options))], new SoftmaxWithLoss(), (name) => name);
  }

  /**
   * Reads a network that `save` wrote; its weights are equal to the bit.
   *
   * @throws {DataError} if the file is missing, damaged, or holds another network
   */
  static async load(path: string, options: { readonly backend?: Backend | BackendChoice } = {}): Promise<SimpleNet> {
    checkOptions('SimpleNet.load', options, ['backend']);
    return loadNetwork('SimpleNet.load', path, 'SimpleNet', (saved) => {
      return new SimpleNet({ ...(saved as SimpleNetOptions), ...options });
    });
  }

  protected override architecture(): Architecture {
    const [inputSize, outputSize] = this.params.W.shape as [number, number];
    return { network: 'SimpleNet', options: { inputSize, outputSize, dtype: this.dtype } };
  }
}

function initialWeights(options: SimpleNetOptions): Tensor {
  const { inputSize, outputSize, weights, seed } = options;
  const dtype = requireOneOf('SimpleNet', 'dtype', options.dtype ?? 'float64', DTYPES);
  const backend = resolveBackend(options.backend);
  if (weights === undefined) {
    const shape = [
      requireInteger('SimpleNet', 'inputSize', inputSize ?? 2, 1),
      requireInteger('SimpleNet', 'outputSize', outputSize ?? 3, 1),
    ];
    requireOutputs('SimpleNet', 'classification', shape[1]!);
    return Tensor.randomNormal(shape, { seed: resolveSeed('SimpleNet', seed), dtype, backend });
  }
  if (inputSize !== undefined || outputSize !== undefined || seed !== undefined) {
    throw new ArgumentError({
      operation: 'SimpleNet',
      found: 'weights are given together with sizes or a seed',
      expected: 'either of them: weights have their own sizes',
    });
  }
  const W = toTensor('SimpleNet', 'weights', weights, { dtype, backend });
  if (W.rank === 2) requireOutputs('SimpleNet', 'classification', W.shape[1]!);
  return W;
}
