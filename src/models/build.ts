import { type Backend, DTYPES, type Dtype } from '../backend/backend.js';
import { type BackendChoice, resolveBackend } from '../backend/choose/load.js';
import { ArgumentError, show } from '../errors.js';
import type { Layer, LossLayer } from '../layers/layer.js';
import { findBuilder, type LayerBuilders, type LayerContext, requireNoClass } from '../layers/layer-builder.js';
import { buildLoss } from '../layers/losses.js';
import { checkOptions, requireOneOf } from '../options.js';
import { Random, resolveSeed } from '../random.js';
import { sizeOf } from '../tensor/shape.js';
import { checkDescription } from './description.js';
import { placedError, requireFront, requireLayer } from './layer-stack.js';
import { requireOutputs } from './match.js';

/** How a description becomes a network. */
export interface BuildOptions {
  /** Seed of the initial weights, an integer in [0, 2³²); drawn when absent and readable as `net.seed`. */
  readonly seed?: number;
  /** Default 'float32'. */
  readonly dtype?: Dtype;
  /** Default: the backend of `defaultBackend()`. */
  readonly backend?: Backend | BackendChoice;
  /** Builders of layers that are not built in, for this call; `registerLayer` registers them for all. */
  readonly layers?: LayerBuilders;
}

/** The same, where options may be undefined. */
type Given = { readonly [K in keyof BuildOptions]: BuildOptions[K] | undefined };

/** Receives the shapes of a layer's tensors: for a built-in layer before it is built, for a custom one afterwards. */
export type ShapeCheck = (shapes: readonly (readonly number[])[]) => void;

/** The parts of a network. */
export interface Built {
  readonly layers: readonly Layer[];
  readonly lossLayer: LossLayer;
  readonly inputShape: readonly number[];
  readonly seed: number;
  readonly l2: number;
}

/**
 * The layers of a description, with random weights from one generator, first layer first.
 *
 * Sizes follow from the input, layer by layer. Nothing is allocated for a built-in layer before `check` has seen its shapes.
 *
 * @throws {ArgumentError} for an invalid description, an unknown type or option, or sizes too large for memory
 * @throws {ShapeError} for layers that do not fit together, naming the layer
 */
export function build(
  operation: string,
  description: unknown,
  options: Given,
  check: ShapeCheck = () => undefined,
): Built {
  checkOptions(operation, options, ['seed', 'dtype', 'backend', 'layers']);
  const { inputShape, layers: descriptions, l2, ...loss } = checkDescription(operation, description);
  const dtype = requireOneOf(operation, 'dtype', options.dtype ?? 'float32', DTYPES);
  const seed = resolveSeed(operation, options.seed);
  const backend = resolveBackend(options.backend);
  const own = requireBuilders(operation, options.layers ?? {});
  const random = new Random(seed, 'weights');
  const seeds = new Map<string, Random>();

  let shape = inputShape;
  const layers = descriptions.map((layer, i) => {
    const { type } = layer;
    try {
      const inputSize = sizeOf(shape);
      const { shapes, build } = findBuilder(type, layer, shape, own);
      if (shapes !== undefined) check(shapes);
      const context: LayerContext = {
        inputShape: shape,
        inputSize,
        random,
        dtype,
        backend,
        generator(stream) {
          if (!seeds.has(stream)) seeds.set(stream, new Random(seed, stream));
          return new Random(seeds.get(stream)!.uint32(), stream);
        },
      };
      const built = build(context);
      requireLayer(type, 'what its builder returned', built);
      requireFront(type, 'it', built, i);
      if (shapes === undefined) check(shapesOf(built));
      shape = requireRowShape(type, built.outputShape?.(shape) ?? shape);
      return built;
    } catch (error) {
      throw placedError(error, operation, i, type);
    }
  });
  const outputSize = sizeOf(shape);
  const lossLayer = buildLoss(operation, loss, outputSize);
  requireOutputs(operation, lossLayer.kind, outputSize);
  return { layers, lossLayer, inputShape, seed, l2 };
}

/** The shapes of all tensors of a layer that a file holds, in order. */
export function shapesOf({ params, buffers = {} }: Layer): readonly (readonly number[])[] {
  return [...Object.values(params), ...Object.values(buffers)].map(({ shape }) => shape);
}

function requireBuilders(operation: string, builders: unknown): LayerBuilders {
  const found =
    typeof builders !== 'object' || builders === null
      ? `layers is ${show(builders)}`
      : Object.entries(builders)
          .filter(([, builder]) => typeof builder !== 'function')
          .map(([type, builder]) => `layers.${type} is ${show(builder)}`)[0];
  if (found === undefined) {
    for (const [type, builder] of Object.entries(builders as LayerBuilders)) {
      requireNoClass(operation, `layers.${type}`, builder);
    }
    return builders as LayerBuilders;
  }
  throw new ArgumentError({ operation, found, expected: 'a function for each type, as registerLayer takes it' });
}

function requireRowShape(operation: string, shape: readonly number[]): readonly number[] {
  if (
    Array.isArray(shape) &&
    shape.length > 0 &&
    shape.every((length) => Number.isSafeInteger(length) && length >= 1)
  ) {
    return shape;
  }
  throw new ArgumentError({
    operation,
    found: `outputShape returned ${show(shape)}`,
    expected: 'the shape of one row, integers of at least 1',
  });
}
