import { ShapeError } from '../errors.js';
import { formatShape, sizeOf } from '../tensor/shape.js';

/**
 * The output shape of a row multiplied, flattened, by a matrix of inputSize × outputSize.
 *
 * @throws {ShapeError} unless the row has inputSize numbers
 */
export function matrixOutput(
  operation: string,
  inputShape: readonly number[],
  inputSize: number,
  outputSize: number,
): readonly number[] {
  const numbers = sizeOf(inputShape);
  if (numbers === inputSize) return [outputSize];
  const shape = inputShape.length === 1 ? '' : ` (shape ${formatShape(inputShape)})`;
  throw new ShapeError({
    operation,
    found: `its input has rows of ${numbers}${shape}`,
    expected: `${inputSize} (inputSize of this layer)`,
  });
}
