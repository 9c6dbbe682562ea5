/** From the description of a layer to the layer: the built-in types, and those of users. */

import type { Backend, Dtype } from '../backend/backend.js';
import { ArgumentError, show } from '../errors.js';
import { isClass } from '../identity.js';
import { checkOptions, type Elsewhere, nearestName, requireInteger } from '../options.js';
import type { Random, Stream } from '../random.js';
import { sizeOf } from '../tensor/shape.js';
import { Affine } from './affine.js';
import type { Layer } from './layer.js';
import type { LayerOptions, LayerTypes } from './layer-types.js';

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

export type Shape = readonly number[];

/** How one is made. */
export interface BuiltIn<T extends keyof LayerTypes> {
  /** The names of the options. */
  readonly options: readonly (keyof LayerTypes[T] & string)[];
  /** The shapes of parameters and buffers, in order, known before anything is allocated. */
  readonly shapes: (options: LayerOptions<T>, inputShape: Shape) => readonly Shape[];
  readonly build: LayerBuilder<T>;
}

/** The names of the types that are built in. */
const BUILT_IN = [
  'affine',
  'matMul',
  'convolution',
  'maxPooling',
  'averagePooling',
  'globalAveragePooling',
  'embedding',
  'relu',
  'sigmoid',
  'tanh',
  'leakyRelu',
  'gelu',
  'softplus',
  'dropout',
  'batchNormalization',
  'layerNormalization',
  'rescaling',
  'standardization',
] as const;

export type BuiltInType = (typeof BUILT_IN)[number];

/** How the built-in layers are made: all of them but `affine` in all-layers.ts. */
export type BuiltInLayers = { readonly [T in BuiltInType]?: BuiltIn<T> };

/** The number of columns of y in a description. */
export function outputs(operation: string, outputSize: unknown): number {
  return requireInteger(operation, 'outputSize', outputSize, 1);
}

const known: { -readonly [T in keyof BuiltInLayers]: BuiltInLayers[T] } = {
  affine: {
    options: ['outputSize', 'activation', 'weightInitStd', 'initialWeights'],
    shapes: ({ outputSize }, inputShape) => {
      const columns = outputs('affine', outputSize);
      return [[sizeOf(inputShape), columns], [columns]];
    },
    build: (options, { inputSize, random, dtype, backend }) =>
      new Affine({ ...options, inputSize, random, dtype, backend }),
  },
};

/** From here on descriptions may have these layers: a page that has none but `affine` need not load the others. */
export function addBuiltIn(layers: BuiltInLayers): void {
  Object.assign(known, layers);
}

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
  const before = registered.get(type);
  if (isBuiltIn(type) || (before !== undefined && before !== build)) {
    throw new ArgumentError({
      operation,
      found: `the type "${type}" is ${before === undefined ? 'built in' : 'registered already'}`,
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

/** Whether the library itself has layers of this type. */
export function isBuiltIn(type: string): type is BuiltInType {
  return (BUILT_IN as readonly string[]).includes(type);
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
  if (isBuiltIn(type)) {
    const builtIn = known[type] as BuiltIn<never> | undefined;
    if (builtIn === undefined) {
      throw new ArgumentError({
        operation,
        found: `this bundle has no layers of type ${show(type)}`,
        expected: Object.keys(known).join(', '),
        fix: 'Import Sequential and build the network by it: every built-in layer comes with it',
      });
    }
    checkOptions(operation, options, builtIn.options, OPTIONS_ELSEWHERE);
    return {
      shapes: builtIn.shapes(options as never, inputShape),
      build: (context) => builtIn.build(options as never, context),
    };
  }
  const builder = Object.hasOwn(own, type) ? own[type as keyof LayerTypes] : registered.get(type);
  if (builder !== undefined) {
    return { shapes: undefined, build: (context) => (builder as LayerBuilder<never>)(options as never, context) };
  }
  const names = [...BUILT_IN, ...registered.keys(), ...Object.keys(own)];
  const nearest = nearestName(type, names);
  throw new ArgumentError({
    operation,
    found: `type is ${show(type)}`,
    expected: names.join(', '),
    fix: nearest !== undefined ? `Did you mean "${nearest}"?` : (elsewhereFor(type) ?? REGISTER),
  });
}

const REGISTER = 'Register a custom type with registerLayer';

/** What stands here for layers of other libraries, by how their names begin. */
const ELSEWHERE: readonly (readonly [name: RegExp, advice: string])[] = [
  [/^(dense|linear|fc|fullyconnected)/i, 'Did you mean "affine"?'],
  [/^(conv2?d|conv)$/i, 'Did you mean "convolution"?'],
  [/^(batch|layer)norm/i, 'Did you mean "batchNormalization" or "layerNormalization"?'],
  [/^(flatten|reshape|input)/i, 'Leave it out: images are rows already, and input says the shape of one'],
  [/^(log)?softmax/i, 'Leave it out: the loss brings it, and predict applies it'],
  [/^(lstm|gru|rnn|simplernn|conv1d)/i, 'There is none: give the last steps of a series as the columns of a row'],
];

function elsewhereFor(type: string): string | undefined {
  return ELSEWHERE.find(([name]) => name.test(type))?.[1];
}

/** Names of options in other libraries, and the names here. */
const OPTIONS_ELSEWHERE: Elsewhere = {
  units: 'did you mean "outputSize"?',
  outFeatures: 'did you mean "outputSize"?',
  inputSize: 'leave it out: it follows from the layer before, and of the first from input',
  rate: 'did you mean "ratio"?',
  trainable: 'freeze parameters by an optimizer that is given the others alone: docs/recipes.md',
};
