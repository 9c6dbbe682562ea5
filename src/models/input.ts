import { Dataset } from '../data/dataset.js';
import { ArgumentError, ShapeError, show } from '../errors.js';
import { isInstance } from '../identity.js';
import { isBytes } from '../tensor/bytes.js';
import { formatShape, sameShape, sizeOf } from '../tensor/shape.js';
import { Tensor } from '../tensor/tensor.js';
import { toTensor, type Values } from '../tensor/values.js';
import type { Network } from './network.js';

/** x as a tensor of the network's dtype, with bytes scaled like those it was trained on. */
export function inputOf(
  operation: string,
  { dtype, backend, byteScale }: Pick<Network, 'dtype' | 'backend' | 'byteScale'>,
  x: Values,
): Tensor {
  requireNoDataset(operation, x);
  const tensor = toTensor(operation, 'x', x, { dtype, backend });
  if (byteScale === undefined || byteScale === 1 || !isBytes(x)) return tensor;
  // As in gatherRows: first the factor is rounded to the dtype, then each product once.
  const factor = dtype === 'float32' ? Math.fround(byteScale) : byteScale;
  for (let i = 0; i < tensor.size; i++) tensor.data[i]! *= factor;
  return tensor;
}

/**
 * The same, if it has rows. Images, (N, height, width, channels) or grey ones without channels, become rows as in a
 * Dataset; in another arrangement they are left to the first layer, which refuses them.
 *
 * @throws {ShapeError} for a single row or number, with the remedy
 */
export function inputRows(
  operation: string,
  net: Pick<Network, 'dtype' | 'backend' | 'byteScale' | 'inputSize' | 'inputShape'>,
  x: Values,
): Tensor {
  const isReady = isInstance(x, Tensor) && x.dtype === net.dtype;
  const tensor = isReady ? x : inputOf(operation, net, x);
  const { shape } = tensor;
  if (shape.length > 2 && areRows(shape, net.inputShape)) return tensor.reshape([shape[0]!, sizeOf(net.inputShape!)]);
  if (net.inputShape?.length === 3 && sameShape(shape, net.inputShape)) {
    throw new ShapeError({
      operation,
      found: `x has shape ${formatShape(shape)}`,
      expected: formatShape(['N', ...shape]),
      fix: `One image is { data, shape: ${formatShape([1, ...shape])} }`,
    });
  }
  if (tensor.rank >= 2) return tensor;
  const { inputSize } = net;
  throw new ShapeError({
    operation,
    found: `x has shape ${formatShape(tensor.shape)}`,
    expected: `[N, ${inputSize ?? 'inputSize'}], a row for each sample`,
    fix:
      tensor.rank === 0 || inputSize === 1
        ? 'Nest single numbers, as in [[1], [2]]'
        : 'Wrap one row in [ ], as in [[1, 2, 3]]',
  });
}

/** Whether samples of this shape are what the network takes: its images, grey ones with or without channels, or any if flat. */
function areRows([, ...sample]: readonly number[], inputShape: readonly number[] | undefined): boolean {
  if (inputShape === undefined) return false;
  if (inputShape.length === 1) return sizeOf(sample) === inputShape[0];
  const isGrey = inputShape.length === 3 && inputShape[2] === 1;
  return sameShape(sample, inputShape) || (isGrey && sameShape(sample, inputShape.slice(0, 2)));
}

/** @throws {ArgumentError} for a Dataset or its options where x belongs, with what gives its x and labels */
export function requireNoDataset(operation: string, x: unknown): void {
  if (typeof x === 'object' && x !== null && 'x' in x && !isInstance(x, Dataset)) {
    const takesDataset = /\.(loss|accuracy|evaluate)$/.test(operation);
    throw new ArgumentError({
      operation,
      found: `x is ${show(x)}`,
      expected: takesDataset ? 'rows of numbers, or a Dataset' : 'rows of numbers',
      fix: takesDataset ? 'Make one with Dataset.from({ x, labels })' : 'Give its x alone',
    });
  }
  if (!isInstance(x, Dataset)) return;
  throw new ArgumentError({
    operation,
    found: 'x is a Dataset',
    expected: 'rows of numbers',
    fix: 'Take them out of it: const { x, labels } = dataset.toTensors()',
  });
}
