/** A tensor whose memory was taken away: its buffer was transferred to another thread, or shrank, or a `tidy` has ended. */

import { ShapeError } from '../errors.js';
import { lengthOf } from '../identity.js';
import { formatShape, type NdArray } from './shape.js';
import { refuseEnded } from './tidy.js';

/**
 * @throws {ShapeError} unless the memory of `a` holds as many elements as its shape says
 * @throws {StateError} if it was made within a `tidy` that has ended
 */
export function requireMemory(operation: string, argument: string, { data, shape }: NdArray): void {
  const size = productOf(shape);
  const length = lengthOf(data);
  if (length === size) return;
  refuseEnded(operation, argument, data);
  throw new ShapeError({
    operation,
    found:
      length === 0
        ? `${argument} is detached (its buffer was transferred)`
        : `${argument} has ${length} elements in memory`,
    expected: `the ${size} of its shape ${formatShape(shape)}`,
    fix: 'Transfer the buffer of a clone() instead',
  });
}

/** The product of a checked shape; a loop, because it is part of every operation. */
export function productOf(shape: readonly number[]): number {
  let size = 1;
  for (let axis = 0; axis < shape.length; axis++) size *= shape[axis]!;
  return size;
}
