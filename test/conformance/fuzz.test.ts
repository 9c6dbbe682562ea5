/**
 * Random calls of every backend function, made from the rows of functions.ts: valid and hostile ones, on all backends.
 * All give the same answers, write nothing outside their outputs, and a refused call changes nothing.
 *
 * FUZZ_CALLS is the number of calls of each function, FUZZ_SEED where they begin; `npm run test:long` makes many. With
 * FUZZ_BARE=1 calls are made and nothing is compared: what `scripts/sanitize.mjs --fuzz` wants is the memory they touch.
 */

import { expect, test } from 'vitest';
import type { Backend, Dtype, Operation } from '../../src/backend/backend.js';
import { FUNCTIONS, OPERATIONS } from '../../src/backend/functions.js';
import { createJsBackend } from '../../src/backend/js/js.js';
import {
  type FloatArray,
  isArray,
  isOutput,
  type Parameter,
  type Sizes as Shape,
} from '../../src/backend/parameters.js';
import { Random } from '../../src/random.js';
import {
  type Arguments,
  type ArrayType,
  call,
  type NumericArray,
  namesOf,
  newArray,
  overlay,
  type Sizes,
  SOURCE_ROWS,
  spoilings,
  usedLength,
  validCall,
  withLeadingDimensions,
} from '../support/calls.js';
import { LONG } from '../support/long.js';
import { gamma, smallestNormal } from '../support/rounding.js';
import { runnableBackends } from '../support/runnable.js';

const CALLS = Number(process.env['FUZZ_CALLS'] ?? (LONG ? 10_000 : 100));
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const BARE = process.env['FUZZ_BARE'] === '1';
/** Milliseconds: the larger a run, the longer it may take. */
const TIMEOUT = 10_000 + 100 * CALLS;

const reference = createJsBackend('the reference of this test');
const backends = runnableBackends();

/** Elements of fence around every array. */
const FENCE = 16;
const SOME_SIZES = [0, 0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 50, 65];
const SPECIAL = [Number.NaN, Infinity, -Infinity, 0, -0, 1e-40, -5e-324, 1];
const FACTORS = [1, 1, 0, -1, 0.5, -0.1, 1e-40, 1e30, Infinity, -Infinity, Number.NaN];

/**
 * The factors with which the update rules are called. Beyond them a rule is no rule: a negative epsilon divides by
 * almost 0, and a large rate overflows float32 in the middle, where the js backend has the range of double.
 */
const FACTORS_OF_UPDATES: Readonly<Record<string, readonly number[]>> = {
  rate: [0.1, 0.5],
  decay: [0, 0.01],
  momentum: [0, 0.9],
  rho: [0, 0.99],
  beta1: [0, 0.9],
  beta2: [0, 0.999],
  root: [1, 1.5],
  epsilon: [0.1, 0.5],
  keep: [1, 0.99],
};
/** Divides by √(variance + epsilon): the sums of a row may be in any order, and a negative epsilon would magnify that. */
const isOfRows = (operation: Operation): boolean => operation.startsWith('layerNormalization');
const isUpdate = (operation: Operation): boolean => operation.endsWith('Update');

/** What a rule remembers of squares is never negative. */
const SQUARES: Readonly<Partial<Record<Operation, string>>> = {
  adaGradUpdate: 'h',
  rmsPropUpdate: 'h',
  adamUpdate: 'v',
  layerNormalizationBackward: 'variance',
};

/**
 * Where a choice between numbers is an answer: numbers whose sums and products are exact, so that all backends choose
 * alike.
 */
const EXACT: readonly Operation[] = ['convolutionMaxPooling'];

/** Each element is within a relative error of its own, however its operands cancel. */
const ELEMENTWISE: readonly Operation[] = ['unary', 'binary'];

/** The arrays that hold no NaN and no ∞, because a backend may leave out their product with 0. */
const FINITE: Readonly<Partial<Record<Operation, readonly string[]>>> = { convolutionMaxPoolingBackward: ['x', 'w'] };

/** An argument list whose arrays lie between fences, which can be made again with the same numbers. */
interface FuzzedCall {
  readonly operation: Operation;
  readonly dtype: Dtype;
  readonly sizes: Sizes;
  /** The same arguments in arrays of their own. */
  make(): Arguments;
}

function randomCall(operation: Operation, random: Random): FuzzedCall {
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)]!;
  const { parameters } = FUNCTIONS[operation];
  const dtype: Dtype = pick(['float32', 'float32', 'float64']);
  const shape = parameters.find((parameter) => parameter.kind === 'sizes');
  const named = parameters.map(({ kind, name }) => [
    name,
    kind === 'flag' ? random.integer(2) : kind === 'size' ? pick(SOME_SIZES) : 0,
  ]);
  const raw: Record<string, number> = { ...Object.fromEntries(named), ...(shape && randomShape(shape, random)) };
  // What the rows say of sizes beside their range.
  for (const parameter of parameters) {
    if (parameter.kind === 'size' && parameter.least !== undefined) raw[parameter.name] ||= 1;
    if (parameter.kind === 'size' && parameter.oneOr !== undefined)
      raw[parameter.name] = pick([1, raw[parameter.oneOr]!]);
    if (parameter.kind === 'integers' && parameter.use === 'labels') raw[parameter.below!] ||= 1;
  }
  const sizes = withLeadingDimensions(operation, raw, () => pick([0, 0, 1, 5]));
  const special = random.integer(3) === 0;
  const exact = EXACT.includes(operation);
  const number = (name: string): number => {
    if (special && random.integer(6) === 0 && !FINITE[operation]?.includes(name))
      return pick(exact ? [Infinity] : SPECIAL);
    const value = 8 * random.uniform() - 4;
    return exact ? Math.round(4 * value) / 4 : value;
  };
  const places = shape === undefined ? 0 : sizes['shape.poolHeight']! * sizes['shape.poolWidth']!;
  const original = validCall(operation, {
    dtype,
    sizes,
    make(type, length, parameter) {
      const bytes = parameter.kind === 'rows' && random.integer(2) === 0;
      const array = fenced(bytes ? 'Uint8Array' : type, length + pick([0, 0, 1, 9]));
      const limit =
        parameter.kind === 'integers' && parameter.use === 'labels' ? sizes[parameter.below!]! : SOURCE_ROWS;
      for (let i = 0; i < array.length; i++) {
        if (type === 'Int32Array') array[i] = random.integer(limit);
        else if (bytes) array[i] = random.integer(256);
        else if (parameter.kind === 'bytes') array[i] = random.integer(places);
        else array[i] = number(parameter.name);
        if (parameter.name === SQUARES[operation]) array[i] = Math.abs(array[i]!);
      }
      return array;
    },
  });
  parameters.forEach((parameter, i) => {
    if (parameter.kind === 'scalar') {
      const factors =
        isUpdate(operation) || isOfRows(operation)
          ? FACTORS_OF_UPDATES[parameter.name]!
          : special
            ? FACTORS
            : [1, 0, -0.5, 1 / 3];
      original[i] = pick(factors);
    }
    if (parameter.kind === 'choice') original[i] = pick(namesOf(parameter));
    if (parameter.kind === 'floats' && parameter.orNull && random.integer(3) === 0) original[i] = null;
  });
  const same = parameters.findIndex((parameter) => parameter.kind === 'floats' && parameter.mayBe !== undefined);
  const wanted = same !== -1 && original[same] !== null && random.integer(3) === 0;
  const input = wanted ? inputFor(parameters, same, sizes, pick) : -1;
  const inPlace = input !== -1;
  return {
    operation,
    dtype,
    sizes,
    make() {
      const copies = original.map((value) => (ArrayBuffer.isView(value) ? copyOf(value as NumericArray) : value));
      if (inPlace) copies[same] = copies[input];
      return copies;
    },
  };
}

/** The place of an input that the output at `place` may be the same array as; -1 if not as many elements are used. */
function inputFor(
  parameters: readonly Parameter[],
  place: number,
  sizes: Sizes,
  pick: <T>(from: readonly T[]) => T,
): number {
  const output = parameters[place] as FloatArray;
  const name = pick(output.mayBe!);
  const input = parameters.findIndex((parameter) => parameter.name === name);
  const used = usedLength(parameters[input] as FloatArray, sizes);
  return used === usedLength(output, sizes) ? input : -1;
}

const FEW = [0, 1, 1, 2, 3, 4, 5, 7];
const MANY = [0, 1, 1, 2, 3, 4, 7, 8, 16, 17, 33];

/** The fields of a shape, and images: mostly a real layer, else sizes that do not agree, and some that are huge. */
function randomShape({ name, fields }: Shape, random: Random): Record<string, number> {
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)]!;
  const value: Record<string, number> = Object.fromEntries(fields.map((field) => [field, pick(FEW)]));
  const depth = pick(['channels', 'filters']);
  if (depth in value) value[depth] = pick(MANY);
  for (const field of ['stride', 'poolStride', 'poolHeight', 'poolWidth']) {
    if (field in value) value[field] = pick([1, 1, 2, 2, 3, 5]);
  }
  for (const field of ['padTop', 'padLeft']) value[field] = pick([0, 0, 1, 2, 4]);
  const windows = (side: string, pad: string, window: string, stride: string): number =>
    Math.max(0, Math.floor((value[side]! + 2 * value[pad]! - value[window]!) / value[stride]!) + 1);
  if (random.integer(3) > 0) {
    const kernel = 'kernelHeight' in value ? 'kernel' : 'pool';
    value['outHeight'] = windows('height', 'padTop', `${kernel}Height`, 'stride');
    value['outWidth'] = windows('width', 'padLeft', `${kernel}Width`, 'stride');
  }
  const huge = pick(['stride', 'padTop', 'padLeft', 'poolStride']);
  if (random.integer(12) === 0 && huge in value) value[huge] = 2 ** 31 - 1 - random.integer(3);
  // No array has the size of a convolution's output that is pooled at once.
  if ('pooledHeight' in value && random.integer(6) === 0) {
    const sides = pick([['outHeight'], ['outWidth'], ['outHeight', 'outWidth']]);
    for (const side of sides) value[side] = pick([64, 300, 2 ** 16, 2 ** 27, 2 ** 30, 2 ** 31 - 1]);
  }
  const named = Object.entries(value).map(([field, size]) => [`${name}.${field}`, size] as const);
  return { images: pick([0, 1, 1, 2, 3]), ...Object.fromEntries(named) };
}

/** An array between two fences of bytes that no arithmetic gives. */
function fenced(type: ArrayType, length: number): NumericArray {
  const empty = newArray(type, 0);
  const buffer = new ArrayBuffer((length + 2 * FENCE) * empty.BYTES_PER_ELEMENT);
  new Uint8Array(buffer).fill(0xff);
  return new (empty.constructor as Float32ArrayConstructor)(buffer, FENCE * empty.BYTES_PER_ELEMENT, length);
}

function copyOf(array: NumericArray): NumericArray {
  return new (array.constructor as Float32ArrayConstructor)(array.buffer.slice(0), array.byteOffset, array.length);
}

const memoryOf = (value: unknown): Buffer | undefined =>
  ArrayBuffer.isView(value) ? Buffer.from(value.buffer as ArrayBuffer) : undefined;

/** The results of a call: its outputs as numbers, and what it returned. */
interface Answer {
  readonly outputs: readonly NumericArray[];
  readonly returned: unknown;
}

/** Runs a valid call, and asserts that nothing has changed but the used elements of its outputs. */
function answer(backend: Backend, fuzzed: FuzzedCall): Answer {
  const { operation } = fuzzed;
  const args = fuzzed.make();
  const before = args.map((value) => memoryOf(value)?.toString('latin1'));
  const returned = call(backend, operation, args);
  const { parameters } = FUNCTIONS[operation];
  const written = parameters.flatMap((parameter, i) => (isArray(parameter) && isOutput(parameter) ? [args[i]] : []));
  parameters.forEach((parameter, i) => {
    const array = args[i];
    if (!ArrayBuffer.isView(array)) return;
    if (!written.includes(array)) {
      expect(memoryOf(array)!.toString('latin1') === before[i], `${parameter.name} is an input and has changed`).toBe(
        true,
      );
    } else {
      const [start, end] = [array.byteOffset, array.byteOffset + array.byteLength];
      const [now, then] = [memoryOf(array)!.toString('latin1'), before[i]!];
      const intact = now.slice(0, start) === then.slice(0, start) && now.slice(end) === then.slice(end);
      expect(intact, `a fence of ${parameter.name} has changed`).toBe(true);
    }
  });
  return { outputs: written.filter((value) => value !== null) as NumericArray[], returned };
}

/**
 * How far two correct answers may differ: a rounding for each product and sum that a number passes through, relative to
 * the answer of the same call with the magnitudes of its numbers, and to `hidden`. What is not finite counts as 0,
 * because it makes no finite answer. docs/numerics.md has the bounds of each function, conformance holds them to it.
 */
function bounds({ operation, dtype, sizes, make }: FuzzedCall): Answer {
  const { parameters } = FUNCTIONS[operation];
  let largest = 1;
  const isOfOne = ELEMENTWISE.includes(operation);
  const args = make().map((value, i) => {
    const { kind, name } = parameters[i]!;
    if (kind === 'size' || kind === 'leadingDimension') return sizes[name];
    if (typeof value === 'number') return magnitude(value);
    if (isOfOne || !(value instanceof Float32Array || value instanceof Float64Array)) return value;
    const magnitudes = Float64Array.from(value, magnitude);
    for (const number of magnitudes) largest = Math.max(largest, number);
    return magnitudes;
  });
  const factor = parameters.reduce(
    (most, { kind }, i) => (kind === 'scalar' ? Math.max(most, args[i] as number) : most),
    1,
  );
  const returned = call(reference, operation, args);
  const terms = termsOf(sizes);
  const roundings = 2 * gamma(terms, dtype);
  const more = hidden(operation, sizes, factor, largest);
  const size = isOfOne ? magnitude : Math.abs;
  const bound = (total: number): number => roundings * (size(total) + more) + terms * factor * smallestNormal(dtype);
  const outputs = parameters.flatMap((parameter: Parameter, i) =>
    isArray(parameter) && isOutput(parameter) && args[i] !== null ? [args[i] as NumericArray] : [],
  );
  return {
    outputs: outputs.map((array) => Float64Array.from(array, bound)),
    returned: typeof returned === 'number' ? bound(returned) : undefined,
  };
}

/** The most additions and products that an element passes through. */
function termsOf(sizes: Sizes): number {
  if (sizes['images'] === undefined) return 50 + 8 * Object.values(sizes).reduce((sum, size) => sum + size, 0);
  return 50 + productsOfWindow(sizes) + placesOfOutput(sizes);
}

const field = (sizes: Sizes, name: string, otherwise: number): number => sizes[`shape.${name}`] ?? otherwise;

/** The products of a window: those of one number of y, or of dx. */
function productsOfWindow(sizes: Sizes): number {
  const places = field(sizes, 'kernelHeight', 1) * field(sizes, 'kernelWidth', 1);
  return places * (field(sizes, 'channels', 0) + field(sizes, 'filters', 0)) + 256;
}

/** The places of the output, over all images: as many products has a number of dw. */
function placesOfOutput(sizes: Sizes): number {
  const pooled = sizes['shape.pooledHeight'] === undefined ? 'out' : 'pooled';
  return sizes['images']! * field(sizes, `${pooled}Height`, 1) * field(sizes, `${pooled}Width`, 1);
}

/** The magnitudes between input and answer that do not show in the answer to magnitudes, because they cancel or saturate. */
function hidden(operation: Operation, sizes: Sizes, factor: number, largest: number): number {
  // d = g + decay · w may cancel, and is squared, or divided by at least 0.1.
  if (isUpdate(operation)) return 10 * largest * largest;
  const slope = largest * (1 + largest * largest); // dy · (1 + y²)
  switch (operation) {
    case 'activation':
    case 'biasActivation':
    case 'softmax':
      return 1;
    case 'activationBackward':
      return slope;
    case 'softplus':
    case 'gelu':
    case 'softplusBackward':
    case 'geluBackward':
      return 1 + largest; // log 2, x · Φ(x), dy times a slope
    case 'biasActivationBackward':
      return sizes['m']! * slope;
    case 'convolution':
    case 'convolutionMaxPooling':
      return largest + largest * largest * productsOfWindow(sizes);
    case 'convolutionMaxPoolingBackward':
      return largest * slope * (placesOfOutput(sizes) + productsOfWindow(sizes));
    case 'softmaxCrossEntropy':
    case 'softmaxCrossEntropyDense':
      return factor * largest * (1 + largest * sizes['n']!); // scale · w · (p · Σ t + t)
    case 'layerNormalization':
    case 'layerNormalizationBackward':
      // Products of gamma, dy, normalized and its sums, divided by √0.1 at the least.
      return 10 * (1 + largest) ** 4 * (1 + sizes['m']! + sizes['n']!);
    case 'sigmoidCrossEntropy':
    case 'squaredError':
    case 'huber':
      // w · (t · |z| + t), and w · (y − t)², for each number.
      return factor * (1 + largest) ** 3 * (1 + sizes['m']! * sizes['n']!);
    default:
      return 0;
  }
}

const magnitude = (value: number): number => (Number.isFinite(value) ? Math.abs(value) : 0);

function expectAlike(got: ArrayLike<number>, want: ArrayLike<number>, bound: ArrayLike<number>, what: string): void {
  for (let i = 0; i < want.length; i++) {
    const [x, y, allowed] = [got[i]!, want[i]!, bound[i]!];
    if (Object.is(x, y) || x === y || Math.abs(x - y) <= allowed) continue;
    throw new Error(`${what}[${i}] is ${x}; the js backend has ${y}, and ${allowed} is allowed`);
  }
}

const shown = (args: Arguments): string =>
  args
    .map((value) =>
      ArrayBuffer.isView(value)
        ? `${value.constructor.name}(${(value as NumericArray).length})`
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value),
    )
    .join(', ');

test.each(OPERATIONS)(
  `FOUND L8: %s gives the same answers to ${CALLS} random calls on every backend`,
  (operation) => {
    const random = new Random(SEED * 1000 + OPERATIONS.indexOf(operation));
    for (let i = 0; i < CALLS; i++) {
      const fuzzed = randomCall(operation, random);
      if (BARE) {
        for (const backend of backends) call(backend, operation, fuzzed.make());
        continue;
      }
      const want = answer(reference, fuzzed);
      const bound = bounds(fuzzed);
      for (const backend of backends) {
        const what = `call ${i} on ${backend.name}: ${operation}(${shown(fuzzed.make())})`;
        const got = answer(backend, fuzzed);
        for (const [at, output] of want.outputs.entries()) {
          expectAlike(got.outputs[at]!, output, bound.outputs[at]!, `${what}: output ${at}`);
        }
        if (want.returned === undefined) continue;
        expectAlike(
          [got.returned as number],
          [want.returned as number],
          [bound.returned as number],
          `${what}: the result`,
        );
      }
    }
  },
  TIMEOUT,
);

test.each(OPERATIONS)(
  `%s refuses ${CALLS} hostile calls alike on every backend, changing nothing`,
  (operation) => {
    const random = new Random(SEED * 1000 + 500 + OPERATIONS.indexOf(operation));
    const { parameters } = FUNCTIONS[operation];
    const arrays = parameters.flatMap((parameter: Parameter, at) => (isArray(parameter) ? [at] : []));
    for (let i = 0; i < CALLS; i++) {
      const dtype: Dtype = random.integer(2) === 0 ? 'float32' : 'float64';
      const ways = spoilings(operation, dtype);
      // One way or several at once: which of them is reported first is part of the contract.
      const chosen = Array.from({ length: 1 + random.integer(3) }, () => ways[random.integer(ways.length)]!);
      const extra = random.integer(4) === 0 && arrays.length > 1;
      const pair = [arrays[random.integer(arrays.length)]!, arrays[random.integer(arrays.length)]!] as const;
      const said = (BARE ? backends : [reference, ...backends]).map((backend) => {
        const args = validCall(operation, { dtype });
        if (extra && pair[0] !== pair[1]) overlay(args, ...pair);
        for (const { spoil } of chosen) {
          try {
            spoil(args);
          } catch {
            // Spoiled already in a way that leaves no array to spoil.
          }
        }
        const before = args.map((value) => (isDetached(value) ? undefined : memoryOf(value)?.toString('latin1')));
        try {
          call(backend, operation, args);
          return `${backend.name} takes it`;
        } catch (error) {
          const after = args.map((value) => (isDetached(value) ? undefined : memoryOf(value)?.toString('latin1')));
          expect(after, 'no array has changed').toEqual(before);
          return `${(error as Error).name}: ${(error as Error).message}`;
        }
      });
      for (const [at, message] of said.entries())
        expect(message, `call ${i} on ${backends[at - 1]?.name ?? 'js'}`).toBe(said[0]);
    }
  },
  TIMEOUT,
);

function isDetached(value: unknown): boolean {
  return ArrayBuffer.isView(value) && (value.buffer as ArrayBuffer & { detached?: boolean }).byteLength === 0;
}
