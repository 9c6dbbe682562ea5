import type { Layer } from '../layers/layer.js';
import { sizeOf } from '../tensor/shape.js';
import { placedError } from './layer-stack.js';

/** The shape of one row of x, or undefined where it is unknown. */
type RowShape = readonly number[] | undefined;

/** How the shape of a row changes from layer to layer. */
export interface RowShapes {
  readonly input: RowShape;
  /** The shape after each layer. */
  readonly outputs: readonly RowShape[];
}

/**
 * Follows the shape of a row through the layers. After a layer without `outputShape` it is unknown until the next layer
 * that fixes its `inputSize`.
 *
 * @param input the shape of x; where it is not given, it follows from the first layer that fixes its `inputSize`
 * @throws {ShapeError} for layers that do not fit together, naming the second
 */
export function followShapes(operation: string, layers: readonly Layer[], input: RowShape): RowShapes {
  const start = input ?? inputOf(layers);
  let shape = start;
  const outputs = layers.map((layer, i) => {
    const from = shape ?? fixedInput(layer);
    try {
      shape = from === undefined ? undefined : layer.outputShape?.(from);
    } catch (error) {
      throw placedError(error, operation, i, layer.constructor.name);
    }
    return shape;
  });
  return { input: start, outputs };
}

/** The shape of x, if the first layer that fixes it comes after layers that keep it. */
function inputOf(layers: readonly Layer[]): RowShape {
  const first = layers.findIndex((layer) => fixedInput(layer) !== undefined);
  if (first < 0) return undefined;
  const input = fixedInput(layers[first]!)!;
  let shape: RowShape = input;
  for (const layer of layers.slice(0, first)) {
    shape = layer.outputShape?.(shape);
    if (shape === undefined) return undefined;
  }
  return sizeOf(shape) === sizeOf(input) ? input : undefined;
}

/** The shape of a row that a layer takes, where it fixes it. */
function fixedInput({ inputShape, inputSize }: Layer): RowShape {
  return inputShape ?? (typeof inputSize === 'number' ? [inputSize] : undefined);
}

/** How many numbers a row of this shape has, where the shape is known. */
export function sizeOrUndefined(shape: readonly number[] | undefined): number | undefined {
  return shape === undefined ? undefined : sizeOf(shape);
}
