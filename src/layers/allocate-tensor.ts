import { allocate, type Backend, type Dtype } from '../backend/backend.js';
import { ArgumentError, formatBytes } from '../errors.js';
import { formatShape, sizeOf } from '../tensor/shape.js';
import { Tensor } from '../tensor/tensor.js';

/** Backends count elements in 32 bits. */
const TOO_MANY = 2 ** 31;

/**
 * A tensor of zeros for a parameter, a gradient or a buffer of a layer.
 *
 * @throws {ArgumentError} for one of 2³¹ elements or more, or larger than the memory available, naming its size
 */
export function allocateTensor(
  operation: string,
  name: string,
  shape: readonly number[],
  { dtype, backend }: { readonly dtype: Dtype; readonly backend: Backend },
): Tensor {
  const size = sizeOf(shape);
  if (size < TOO_MANY) return new Tensor(allocate(dtype, size, operation), shape, backend);
  throw new ArgumentError({
    operation,
    found: `${name} of shape ${formatShape(shape)} takes ${formatBytes(size * (dtype === 'float32' ? 4 : 8))}`,
    expected: 'fewer than 2³¹ numbers in one tensor',
  });
}
