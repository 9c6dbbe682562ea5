/** The shape of samples, and which of them are images. */

import { ArgumentError, ShapeError, show } from '../errors.js';
import { formatShape, sizeOf } from '../tensor/shape.js';
import type { ImageShape } from '../tensor/shape-types.js';

/** The images that samples of a shape are: (H, W, C), or (H, W) with one channel. Others have none. */
export function imageShapeOf(sampleShape: readonly number[]): ImageShape | undefined {
  const [height, width, channels = 1] = sampleShape;
  if (sampleShape.length !== 2 && sampleShape.length !== 3) return undefined;
  return Object.freeze([height!, width!, channels] as const);
}

/** @throws {ArgumentError} unless it is a list of sizes of at least 1 */
export function requireSizes(operation: string, given: unknown): readonly number[] {
  const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) >= 1;
  // Spread, because `every` leaves out the holes of an array.
  if (Array.isArray(given) && given.length > 0 && [...given].every(isSize)) return given;
  throw new ArgumentError({
    operation,
    found: `inputShape is ${show(given)}`,
    expected: 'the sizes of one sample, e.g. [28, 28, 1]: height, width and channels',
  });
}

/**
 * The shape of a sample that the caller names, for rows of `width` numbers.
 *
 * @throws {ArgumentError} unless it is a list of sizes of at least 1, {ShapeError} if it is that of more or fewer numbers
 */
export function readInputShape(operation: string, given: unknown, width: number): readonly number[] {
  const shape = Object.freeze([...requireSizes(operation, given)]);
  if (sizeOf(shape) !== width) {
    throw new ShapeError({
      operation,
      found: `inputShape is ${formatShape(shape)}, ${sizeOf(shape)} numbers`,
      expected: `the shape of ${width} numbers, as each row of x has`,
    });
  }
  return shape;
}
