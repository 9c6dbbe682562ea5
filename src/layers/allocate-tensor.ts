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
  if (size >= TOO_MANY) {
    const bytes = formatBytes(size * (dtype === 'float32' ? 4 : 8));
    throw tooMany(operation, `${name} of shape ${formatShape(shape)} takes ${bytes}`);
  }
  return new Tensor(allocate(dtype, size, operation), shape, backend);
}

/**
 * The number of elements of a tensor that is allocated later.
 *
 * @throws {ArgumentError} for 2³¹ elements or more
 */
export function requireCountable(operation: string, name: string, shape: readonly number[]): number {
  const size = sizeOf(shape);
  if (size < TOO_MANY) return size;
  throw tooMany(operation, `${name} has ${size} numbers (shape ${formatShape(shape)})`);
}

/** @throws {ArgumentError} for a batch of rows with 2³¹ elements or more */
export function requireCountableRows(operation: string, name: string, rows: number, width: number): void {
  if (rows * width < TOO_MANY) return;
  const found = `${name} has ${rows * width} numbers (${rows} rows of ${width})`;
  throw tooMany(operation, found, `At most ${Math.floor((TOO_MANY - 1) / width)} rows fit: use smaller batches`);
}

function tooMany(operation: string, found: string, fix?: string): ArgumentError {
  return new ArgumentError({ operation, found, expected: 'fewer than 2³¹ numbers in one tensor', fix });
}
