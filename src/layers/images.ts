/** Images as rows: what the layers of images check, and how their shapes follow from each other. */

import { type ArgumentError, ShapeError } from '../errors.js';
import type { WindowSize } from '../functions/windows.js';
import { ANY, formatShape, notATensor, sameShape, sizeOf } from '../tensor/shape.js';
import type { ImageShape } from '../tensor/shape-types.js';
import type { Tensor } from '../tensor/tensor.js';

/**
 * The shape of a row that is an image, in a description.
 *
 * @throws {ShapeError} for any other, with what makes it one
 */
export function requireImages(operation: string, inputShape: readonly number[]): ImageShape {
  if (inputShape.length === 3) return inputShape as unknown as ImageShape;
  const isGrey = inputShape.length === 2;
  throw new ShapeError({
    operation,
    found: `its input has rows of shape ${formatShape(inputShape)}`,
    expected: 'images, [height, width, channels]',
    fix: isGrey
      ? `A grey image has one channel: input: ${formatShape([...inputShape, 1])}`
      : 'The input of a network of images is their shape, e.g. input: [28, 28, 1]',
  });
}

/** Whether x has the shape (N, inputSize). */
export function isImages(x: Tensor, inputSize: number): boolean {
  return x?.rank === 2 && x.shape[1] === inputSize;
}

/** The error for x that is not; for images in another arrangement, with what turns them. */
export function notImages(
  operation: string,
  x: Tensor,
  inputShape: ImageShape,
  inputSize: number,
): ShapeError | ArgumentError {
  const expected = `${formatShape([ANY, inputSize])} (images of ${inputShape.join(' × ')}, inputShape of this layer)`;
  if (!Array.isArray(x?.shape)) return notATensor(operation, 'x', x);
  return new ShapeError({
    operation,
    found: `x has shape ${formatShape(x.shape)}`,
    expected,
    fix: turning(x, inputShape, inputSize),
  });
}

/** How to turn images in another arrangement into rows; undefined for anything else. */
function turning({ shape }: Tensor, inputShape: ImageShape, inputSize: number): string | undefined {
  const [n, ...image] = shape;
  const [height, width, channels] = inputShape;
  const rows = `reshape([${n}, ${inputSize}])`;
  const isGrey = channels === 1 && sizeOf(image) === inputSize;
  if (isGrey || sameShape(image, inputShape)) return `Each image is one row: x.${rows}`;
  if (!sameShape(image, [channels, height, width])) return undefined;
  return `Channels come last, and each image is one row: x.transpose([0, 2, 3, 1]).${rows}`;
}

/**
 * The shape of a row of y, of a layer that takes images of `own` shape only.
 *
 * @throws {ShapeError} for rows of another shape
 */
export function imageOutput(
  operation: string,
  inputShape: readonly number[],
  own: ImageShape,
  outputShape: readonly number[],
): readonly number[] {
  if (sameShape(inputShape, own)) return outputShape;
  throw new ShapeError({
    operation,
    found: `its input has rows of shape ${formatShape(inputShape)}`,
    expected: `${formatShape(own)} (inputShape of this layer)`,
  });
}

/** The size of a window as descriptions have it. */
export function describeSize([height, width]: readonly [number, number]): WindowSize {
  return height === width ? height : [height, width];
}
