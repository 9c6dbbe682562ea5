/** From the description of a layer to the layer: one table for the built-in types, one for those of users. */

import type { Backend, Dtype } from '../backend/backend.js';
import { ArgumentError, show } from '../errors.js';
import { requireWindowSize } from '../functions/windows.js';
import { isClass } from '../identity.js';
import { fillByFunction, requireOneInit } from '../init/initial-weights.js';
import { fillNormal } from '../init/normal.js';
import { standardDeviation } from '../init/standard-deviation.js';
import { checkOptions, nearestName, requireInteger } from '../options.js';
import type { Random, Stream } from '../random.js';
import { sizeOf } from '../tensor/shape.js';
import { Affine } from './affine.js';
import { allocateTensor } from './allocate-tensor.js';
import { AveragePooling } from './average-pooling.js';
import { BatchNormalization } from './batch-normalization.js';
import { Convolution } from './convolution.js';
import { Dropout } from './dropout.js';
import { Embedding } from './embedding.js';
import { Gelu } from './gelu.js';
import { GlobalAveragePooling } from './global-average-pooling.js';
import { requireImages } from './images.js';
import type { Layer } from './layer.js';
import { LayerNormalization } from './layer-normalization.js';
import type { LayerOptions, LayerTypes } from './layer-types.js';
import { LeakyRelu } from './leaky-relu.js';
import { MatMul } from './mat-mul.js';
import { MaxPooling } from './max-pooling.js';
import { Relu } from './relu.js';
import { Rescaling } from './rescaling.js';
import { Sigmoid } from './sigmoid.js';
import { Softplus } from './softplus.js';
import { Standardization } from './standardization.js';
import { Tanh } from './tanh.js';

/** The network that a layer is built into. */
export interface LayerContext {
  /** The shape of one row of x, e.g. [784] or [28, 28, 1]. */
  readonly inputShape: readonly number[];
  /** Columns of x: the numbers in a row of that shape. */
  readonly inputSize: number;
  /** The generator that all layers draw their weights from, in order, first layer first. */
  readonly random: Random;
  readonly dtype: Dtype;
  readonly backend: Backend;
  /** A separate generator for random numbers in training: seeded by the network's seed, with a new stream for each call. */
  generator(stream: Stream): Random;
}

/** Makes a layer from its options, those of its description without `type`. */
export type LayerBuilder<T extends keyof LayerTypes = keyof LayerTypes> = (
  options: LayerOptions<T>,
  context: LayerContext,
) => Layer;

/** Builders by type. */
export type LayerBuilders = { readonly [T in keyof LayerTypes]?: LayerBuilder<T> };

type Shape = readonly number[];

interface BuiltIn<T extends keyof LayerTypes> {
  /** The names of the options. */
  readonly options: readonly (keyof LayerTypes[T] & string)[];
  /** The shapes of parameters and buffers, in order, known before anything is allocated. */
  readonly shapes: (options: LayerOptions<T>, inputShape: Shape) => readonly Shape[];
  readonly build: LayerBuilder<T>;
}

const none = (): readonly Shape[] => [];

/** Of a layer of images without parameters. */
const noneOfImages =
  (type: string) =>
  (_: unknown, inputShape: Shape): readonly Shape[] => {
    requireImages(type, inputShape);
    return [];
  };

/** The number of columns of y in a description. */
function outputs(operation: string, outputSize: unknown): number {
  return requireInteger(operation, 'outputSize', outputSize, 1);
}

type BuiltInType =
  | 'affine'
  | 'matMul'
  | 'convolution'
  | 'maxPooling'
  | 'averagePooling'
  | 'globalAveragePooling'
  | 'embedding'
  | 'relu'
  | 'sigmoid'
  | 'tanh'
  | 'leakyRelu'
  | 'gelu'
  | 'softplus'
  | 'dropout'
  | 'batchNormalization'
  | 'layerNormalization'
  | 'rescaling'
  | 'standardization';

const BUILT_IN: {
  readonly [T in BuiltInType]: BuiltIn<T>;
} = {
  affine: {
    options: ['outputSize', 'activation', 'weightInitStd', 'initialWeights'],
    shapes: ({ outputSize }, inputShape) => {
      const columns = outputs('affine', outputSize);
      return [[sizeOf(inputShape), columns], [columns]];
    },
    build: (options, { inputSize, random, dtype, backend }) =>
      new Affine({ ...options, inputSize, random, dtype, backend }),
  },
  matMul: {
    options: ['outputSize', 'weightInitStd', 'initialWeights'],
    shapes: ({ outputSize }, inputShape) => [[sizeOf(inputShape), outputs('matMul', outputSize)]],
    build: ({ outputSize, weightInitStd, initialWeights }, { inputSize, random, dtype, backend }) => {
      requireOneInit('matMul', { weightInitStd, initialWeights });
      const std = standardDeviation('matMul', weightInitStd ?? 'xavier', inputSize);
      const W = allocateTensor('matMul', 'W', [inputSize, outputs('matMul', outputSize)], { dtype, backend });
      if (initialWeights === undefined) fillNormal(W.data, std, random);
      else fillByFunction('matMul', W.data, inputSize, outputSize, initialWeights, random);
      return new MatMul(W);
    },
  },
  convolution: {
    options: ['filters', 'kernelSize', 'stride', 'padding', 'activation', 'weightInitStd', 'initialWeights'],
    shapes: ({ filters, kernelSize }, inputShape) => {
      const [, , channels] = requireImages('convolution', inputShape);
      const count = requireInteger('convolution', 'filters', filters, 1);
      return [[...requireWindowSize('convolution', 'kernelSize', kernelSize), channels, count], [count]];
    },
    build: (options, { inputShape, random, dtype, backend }) =>
      new Convolution({ ...options, inputShape: requireImages('convolution', inputShape), random, dtype, backend }),
  },
  maxPooling: {
    options: ['poolSize', 'stride', 'padding'],
    shapes: noneOfImages('maxPooling'),
    build: (options, { inputShape }) =>
      new MaxPooling({ ...options, inputShape: requireImages('maxPooling', inputShape) }),
  },
  averagePooling: {
    options: ['poolSize', 'stride', 'padding'],
    shapes: noneOfImages('averagePooling'),
    build: (options, { inputShape }) =>
      new AveragePooling({ ...options, inputShape: requireImages('averagePooling', inputShape) }),
  },
  globalAveragePooling: {
    options: [],
    shapes: noneOfImages('globalAveragePooling'),
    build: (_, { inputShape }) =>
      new GlobalAveragePooling({ inputShape: requireImages('globalAveragePooling', inputShape) }),
  },
  embedding: {
    options: ['quantities', 'vocabularySize', 'outputSize', 'weightInitStd'],
    shapes: ({ vocabularySize, outputSize }) => [
      [requireInteger('embedding', 'vocabularySize', vocabularySize, 1), outputs('embedding', outputSize)],
    ],
    build: (options, { inputSize, random, dtype, backend }) =>
      new Embedding({ ...options, inputSize, random, dtype, backend }),
  },
  relu: { options: [], shapes: none, build: () => new Relu() },
  sigmoid: { options: [], shapes: none, build: () => new Sigmoid() },
  tanh: { options: [], shapes: none, build: () => new Tanh() },
  leakyRelu: { options: ['alpha'], shapes: none, build: (options) => new LeakyRelu(options) },
  gelu: { options: ['exact'], shapes: none, build: (options) => new Gelu(options) },
  softplus: { options: [], shapes: none, build: () => new Softplus() },
  dropout: {
    options: ['ratio'],
    shapes: none,
    build: (options, { generator }) => new Dropout({ ...options, random: generator('dropout') }),
  },
  batchNormalization: {
    options: ['momentum', 'epsilon'],
    shapes: (_, inputShape) => Array.from({ length: 4 }, () => [inputShape.at(-1)!]),
    build: (options, { inputShape, inputSize, dtype, backend }) =>
      new BatchNormalization({ ...options, inputSize, channels: inputShape.at(-1)!, dtype, backend }),
  },
  layerNormalization: {
    options: ['epsilon'],
    shapes: (_, inputShape) => [[sizeOf(inputShape)], [sizeOf(inputShape)]],
    build: (options, { inputSize, dtype, backend }) =>
      new LayerNormalization({ ...options, inputSize, dtype, backend }),
  },
  rescaling: { options: ['scale', 'offset'], shapes: none, build: (options) => new Rescaling(options) },
  standardization: {
    options: ['mean', 'deviation'],
    shapes: (_, inputShape) => [[sizeOf(inputShape)], [sizeOf(inputShape)]],
    build: (options, { dtype, backend }) => new Standardization({ ...options, dtype, backend }),
  },
};

const registered = new Map<string, LayerBuilder<never>>();

/**
 * Registers a type of layer for descriptions: `Sequential.from`, `fromJSON` and `load` build it with this function.
 *
 * The type joins `LayerTypes` by declaration merging; the layer's `describe` returns its description.
 *
 * @example registerLayer('power', ({ exponent }) => new Power(exponent))
 * @throws {ArgumentError} for a type that is taken, or a builder that is not a function (a class is not: it needs `new`)
 */
export function registerLayer<T extends keyof LayerTypes>(type: T, build: LayerBuilder<T>): void {
  const operation = 'registerLayer';
  if (typeof type !== 'string' || type.length === 0) {
    throw new ArgumentError({ operation, found: `type is ${show(type)}`, expected: 'the name of a type of layer' });
  }
  if (typeof build !== 'function') {
    throw new ArgumentError({
      operation,
      found: `build is ${show(build)}`,
      expected: 'a function of options and context that returns a layer',
    });
  }
  requireNoClass(operation, 'build', build);
  const known = registered.get(type);
  if (Object.hasOwn(BUILT_IN, type) || (known !== undefined && known !== build)) {
    throw new ArgumentError({
      operation,
      found: `the type "${type}" is ${known === undefined ? 'built in' : 'registered already'}`,
      expected: 'a different name for each type of layer',
    });
  }
  registered.set(type, build);
}

/** @throws {ArgumentError} for a class, which cannot be called as a function */
export function requireNoClass(operation: string, argument: string, build: unknown): void {
  if (!isClass(build)) return;
  const name = build.name === '' ? 'Layer' : build.name;
  throw new ArgumentError({
    operation,
    found: `${argument} is the class ${name}`,
    expected: 'a function of options and context that returns a layer',
    fix: `Give (options, context) => new ${name}(options)`,
  });
}

/** How one layer of a description is built. */
export interface FoundBuilder {
  /** The shapes of parameters and buffers, in order; undefined for a type whose shapes only its builder knows. */
  readonly shapes: readonly Shape[] | undefined;
  build(context: LayerContext): Layer;
}

/**
 * Looks a description's type up, and checks the names of the options of a built-in one.
 *
 * @param own builders for this call, which take precedence over the registered ones
 * @throws {ArgumentError} for an unknown type, or an option that a built-in type does not take
 */
export function findBuilder(
  operation: string,
  { type, ...options }: { readonly type: string; readonly [option: string]: unknown },
  inputShape: Shape,
  own: LayerBuilders,
): FoundBuilder {
  if (Object.hasOwn(BUILT_IN, type)) {
    const builtIn = BUILT_IN[type as keyof typeof BUILT_IN] as unknown as BuiltIn<never>;
    checkOptions(operation, options, builtIn.options);
    return {
      shapes: builtIn.shapes(options as never, inputShape),
      build: (context) => builtIn.build(options as never, context),
    };
  }
  const builder = Object.hasOwn(own, type) ? own[type as keyof LayerTypes] : registered.get(type);
  if (builder !== undefined) {
    return { shapes: undefined, build: (context) => (builder as LayerBuilder<never>)(options as never, context) };
  }
  const known = [...Object.keys(BUILT_IN), ...registered.keys(), ...Object.keys(own)];
  const nearest = nearestName(type, known);
  throw new ArgumentError({
    operation,
    found: `type is ${show(type)}`,
    expected: known.join(', '),
    fix: nearest === undefined ? 'Register a custom type with registerLayer' : `Did you mean "${nearest}"?`,
  });
}
