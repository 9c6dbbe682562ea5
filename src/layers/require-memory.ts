import { StateError } from '../errors.js';
import { lengthOf } from '../identity.js';
import { sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { refuseEnded } from '../tensor/tidy.js';

/**
 * @throws {StateError} if the memory of a tensor is gone, because its buffer was transferred to another thread or a `tidy` has ended: loops in
 *   TypeScript would read undefined there without an error
 */
export function requireMemory(operation: string, argument: string, tensor: Tensor): void {
  if (lengthOf(tensor.data) === sizeOf(tensor.shape)) return;
  refuseEnded(operation, argument, tensor.data);
  throw new StateError({
    operation,
    found: `the memory of ${argument} is gone`,
    expected: `the ${sizeOf(tensor.shape)} numbers of its shape`,
    fix: 'Its buffer was transferred or resized: pass a copy to other threads',
  });
}
