/** A tensor whose memory was taken away: its buffer was transferred to another thread, or shrank, or a `tidy` has ended. */

import type { Floats } from '../backend/backend.js';
import { ShapeError } from '../errors.js';
import { howLost, lengthOf } from '../identity.js';
import { formatShape, type NdArray, sizeOf } from './shape.js';
import { refuseEnded } from './tidy.js';

/**
 * @throws {ShapeError} unless the memory of `a` holds as many elements as its shape says
 * @throws {StateError} if it was made within a `tidy` that has ended
 */
export function requireMemory(operation: string, argument: string, { data, shape }: NdArray): void {
  const size = sizeOf(shape);
  const length = lengthOf(data);
  if (length === size) return;
  refuseEnded(operation, argument, data);
  throw new ShapeError({
    operation,
    found: `${argument} ${whatIsLeft(data)}`,
    expected: `the ${size} of its shape ${formatShape(shape)}`,
    fix: 'Transfer the buffer of a clone() instead',
  });
}

/** What to print in place of the numbers of a tensor whose memory was taken away; undefined if it has them. */
export function withoutNumbers({ data, shape }: NdArray): string | undefined {
  return lengthOf(data) === sizeOf(shape) ? undefined : `[this tensor ${whatIsLeft(data)}]`;
}

function whatIsLeft(data: Floats): string {
  const length = lengthOf(data);
  return length === 0 ? howLost(data) : `has ${length} elements in memory`;
}
