/** Calls of the backend functions, made from their rows: valid ones, and one for each way to spoil an argument. */

import type { Backend, Dtype, Operation } from '../../src/backend/backend.js';
import { FUNCTIONS } from '../../src/backend/functions.js';
import { NAMES } from '../../src/backend/numbers.js';
import {
  type ArrayParameter,
  type ByteArray,
  type Choice,
  isArray,
  isOutput,
  likeOf,
  type Matrix,
  type Parameter,
  partsOf,
  type Sizes as Shape,
} from '../../src/backend/parameters.js';
import { ArgumentError, DtypeError, ShapeError } from '../../src/errors.js';
import type { ErrorType } from './refusal.js';

/** The arguments of one call, by position. */
export type Arguments = unknown[];
/** A number for every size and leading dimension, a boolean for every flag; fields of a shape as `shape.height`. */
export type Sizes = Readonly<Record<string, number>>;
/** Makes an array, which the caller fills. */
export type MakeArray = (type: ArrayType, length: number, parameter: ArrayParameter) => NumericArray;

export type NumericArray = Float32Array | Float64Array | Int32Array | Uint8Array;
export type ArrayType = 'Float32Array' | 'Float64Array' | 'Int32Array' | 'Uint8Array';

export const SIZES: Sizes = {
  m: 2,
  n: 3,
  k: 4,
  start: 1,
  count: 2,
  width: 3,
  aRows: 2,
  aColumns: 1,
  bRows: 1,
  bColumns: 3,
  outer: 2,
  axis: 3,
  inner: 2,
  images: 2,
  'shape.height': 4,
  'shape.width': 3,
  'shape.channels': 2,
  'shape.filters': 3,
  'shape.kernelHeight': 2,
  'shape.kernelWidth': 3,
  'shape.stride': 1,
  'shape.padTop': 1,
  'shape.padLeft': 0,
  'shape.outHeight': 3,
  'shape.outWidth': 2,
  'shape.poolHeight': 2,
  'shape.poolWidth': 2,
  'shape.poolStride': 1,
  'shape.pooledHeight': 2,
  'shape.pooledWidth': 1,
};
/** Rows of a source that rows are picked from. */
export const SOURCE_ROWS = 4;

export function call(backend: Backend, operation: Operation, args: Arguments): unknown {
  return (backend[operation] as (...args: unknown[]) => unknown)(...args);
}

/** The value of a length. */
export function lengthOf(length: string, sizes: Sizes): number {
  const { sizes: names, join } = partsOf(length);
  const values = names.map((name) => sizes[name]!);
  return join === '+' ? values.reduce((sum, value) => sum + value) : values.reduce((product, value) => product * value);
}

/** The shape of which the sizes tell the fields. */
export function shapeOf({ name, fields }: Shape, sizes: Sizes): Readonly<Record<string, number>> {
  return Object.fromEntries(fields.map((field) => [field, sizes[`${name}.${field}`]!]));
}

/** Rows and columns of a matrix as it is stored. */
export function storedSize({ rows, columns, transposedBy }: Matrix, sizes: Sizes): [rows: number, columns: number] {
  const [m, n] = [sizes[rows]!, sizes[columns]!];
  return transposedBy !== undefined && sizes[transposedBy] ? [n, m] : [m, n];
}

/** The leading dimensions that leave `gap` elements between stored rows, by name, beside the sizes. */
export function withLeadingDimensions(operation: Operation, sizes: Sizes, gap: (name: string) => number): Sizes {
  const matrices = FUNCTIONS[operation].parameters.filter(({ kind }) => kind === 'matrix') as Matrix[];
  const dimensions = matrices.map(
    ({ name }, i) => [`ld${name}`, storedSize(matrices[i]!, sizes)[1] + gap(name)] as const,
  );
  return { ...sizes, ...Object.fromEntries(dimensions) };
}

/** The number of elements of an array that a call uses, from the first to the last. */
export function usedLength(parameter: ArrayParameter, sizes: Sizes): number {
  switch (parameter.kind) {
    case 'matrix': {
      const [rows, columns] = storedSize(parameter, sizes);
      return rows === 0 || columns === 0 ? 0 : (rows - 1) * sizes[`ld${parameter.name}`]! + columns;
    }
    case 'rows':
      return SOURCE_ROWS * sizes[parameter.width]!;
    default:
      return lengthOf(parameter.length, sizes);
  }
}

/**
 * A call whose arrays have exactly the length that they need.
 *
 * @param make makes and fills the arrays; the default gives floats of 0.5, and labels and indices in range
 */
export function validCall(
  operation: Operation,
  {
    dtype = 'float32',
    sizes = withLeadingDimensions(operation, SIZES, () => 0),
    make = filled,
  }: {
    dtype?: Dtype;
    sizes?: Sizes;
    make?: MakeArray;
  } = {},
): Arguments {
  const type = dtype === 'float32' ? 'Float32Array' : 'Float64Array';
  return FUNCTIONS[operation].parameters.map((parameter) => {
    switch (parameter.kind) {
      case 'flag':
        return Boolean(sizes[parameter.name]);
      case 'size':
      case 'leadingDimension':
        return sizes[parameter.name];
      case 'scalar':
        return 1;
      case 'choice':
        return namesOf(parameter)[1];
      case 'sizes':
        return shapeOf(parameter, sizes);
      default:
        return make(TYPES[parameter.kind] ?? type, usedLength(parameter, sizes), parameter);
    }
  });
}

/** The arrays that do not hold floats. */
const TYPES: Readonly<Record<string, ArrayType>> = { integers: 'Int32Array', bytes: 'Uint8Array' };

export function newArray(type: ArrayType, length: number): NumericArray {
  switch (type) {
    case 'Float32Array':
      return new Float32Array(length);
    case 'Float64Array':
      return new Float64Array(length);
    case 'Int32Array':
      return new Int32Array(length);
    case 'Uint8Array':
      return new Uint8Array(length);
  }
}

function filled(type: ArrayType, length: number, parameter: ArrayParameter): NumericArray {
  const array = newArray(type, length);
  // As a place of a window, half of a byte is place 0.
  if (type !== 'Int32Array') return array.fill(0.5);
  const picks = parameter.kind === 'integers' && parameter.use === 'picks';
  return picks ? (array as Int32Array).map((_, i) => (SOURCE_ROWS - 1 + 2 * i) % SOURCE_ROWS) : array;
}

// --- Spoiled calls ------------------------------------------------------------------------------------------------------

/** One way to spoil a valid call, and what every backend says about it. */
export interface Spoiling {
  spoil(args: Arguments): void;
  readonly error: ErrorType;
  readonly message: string;
}

/** Every way to spoil one argument of a valid call of SIZES, from the row alone. */
export function spoilings(operation: Operation, dtype: Dtype = 'float32'): Spoiling[] {
  const { parameters } = FUNCTIONS[operation];
  return parameters.flatMap((parameter, at) => {
    const spoiled = spoiledValues(operation, dtype, parameter).map(({ value, error, message }) => ({
      spoil: (args: Arguments) => {
        args[at] = value(args[at] as never);
      },
      error,
      message: `${operation}: ${message}`,
    }));
    return [...spoiled, ...(isArray(parameter) ? overlaps(operation, parameter, at) : [])];
  });
}

interface SpoiledValue {
  value(old: NumericArray): unknown;
  readonly error: ErrorType;
  readonly message: string;
}

function spoiledValues(operation: Operation, dtype: Dtype, parameter: Parameter): SpoiledValue[] {
  const { kind, name } = parameter;
  const argument = (value: unknown, shown: string, expected: string): SpoiledValue => ({
    value: () => value,
    error: ArgumentError,
    message: `${name} is ${shown}; expected ${expected}`,
  });
  const whole = 'an integer in [0, 2147483648)';
  switch (kind) {
    case 'flag':
      return [argument(1, '1', 'true or false'), argument(undefined, 'undefined', 'true or false')];
    case 'size':
    case 'leadingDimension':
      return [
        ...(kind === 'size' && parameter.oneOr !== undefined ? [notRepeatable(parameter.oneOr, argument)] : []),
        argument(-1, '-1', whole),
        argument(0.5, '0.5', whole),
        argument(Number.NaN, 'NaN', whole),
        argument(2 ** 31, '2147483648', whole),
        argument('3', '"3"', whole),
        argument(undefined, 'undefined', whole),
        ...(kind === 'leadingDimension' ? [shortRows(operation, name)] : []),
      ];
    case 'scalar':
      return [
        argument('1', '"1"', 'a number'),
        argument(null, 'null', 'a number'),
        argument(1n, '1n', 'a number'),
        argument({ valueOf: () => 1 }, 'an Object', 'a number'),
      ];
    case 'sizes':
      return spoiledShapes(parameter);
    case 'choice': {
      const names = namesOf(parameter).map((one) => `"${one}"`);
      const expected = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
      return [argument('swish', '"swish"', expected), argument(0, '0', expected)];
    }
    default:
      return spoiledArrays(operation, dtype, parameter);
  }
}

/** The names of which a choice is one. */
export function namesOf({ list }: Choice): readonly string[] {
  return NAMES[list];
}

function notRepeatable(
  whole: string,
  argument: (value: unknown, shown: string, expected: string) => SpoiledValue,
): SpoiledValue {
  return argument(7, '7', `1 or ${SIZES[whole]} (${whole})`);
}

function spoiledShapes({ name, fields, positive, most }: Shape): SpoiledValue[] {
  const whole = 'an integer in [0, 2147483648)';
  const without = (value: unknown, shown: string): SpoiledValue => ({
    value: () => value,
    error: ArgumentError,
    message: `${name} is ${shown}; expected an object of sizes (${fields.join(', ')})`,
  });
  const spoiled = (changes: Readonly<Record<string, unknown>>, message: string): SpoiledValue => ({
    value: (old) => ({ ...old, ...changes }),
    error: ArgumentError,
    message,
  });
  return [
    without(null, 'null'),
    without(undefined, 'undefined'),
    without(3, '3'),
    ...fields.flatMap((field) => [
      spoiled({ [field]: -1 }, `${name}.${field} is -1; expected ${whole}`),
      spoiled({ [field]: 0.5 }, `${name}.${field} is 0.5; expected ${whole}`),
      spoiled({ [field]: 2 ** 31 }, `${name}.${field} is 2147483648; expected ${whole}`),
      spoiled({ [field]: '3' }, `${name}.${field} is "3"; expected ${whole}`),
      spoiled({ [field]: undefined }, `${name}.${field} is undefined; expected ${whole}`),
    ]),
    ...positive.map((field) => spoiled({ [field]: 0 }, `${name}.${field} is 0; expected at least 1`)),
    ...(most === undefined
      ? []
      : [
          spoiled(
            { poolHeight: 257, poolWidth: 1 },
            `${most.product} is 257; expected at most ${most.limit} (${most.why})`,
          ),
        ]),
  ];
}

function shortRows(operation: Operation, name: string): SpoiledValue {
  const matrix = FUNCTIONS[operation].parameters.find((other) => `ld${other.name}` === name) as Matrix;
  const [, columns] = storedSize(matrix, SIZES);
  return {
    value: () => columns - 1,
    error: ShapeError,
    message: `${name} is ${columns - 1}; expected at least ${columns} (the length of a stored row of ${matrix.name})`,
  };
}

function spoiledArrays(operation: Operation, dtype: Dtype, parameter: ArrayParameter): SpoiledValue[] {
  const { name, kind } = parameter;
  const sizes = withLeadingDimensions(operation, SIZES, () => 0);
  const needed = usedLength(parameter, sizes);
  const types = typesOf(operation, dtype, parameter);
  const [own, other] = dtype === 'float32' ? [Float32Array, Float64Array] : [Float64Array, Float32Array];
  const cases: SpoiledValue[] = [
    { value: () => [1, 2], error: ArgumentError, message: `${name} is [1, 2]; expected ${types}` },
    { value: () => undefined, error: ArgumentError, message: `${name} is undefined; expected ${types}` },
    {
      value: (old) => new DataView(old.buffer),
      error: DtypeError,
      message: `${name} is a DataView; expected ${types}`,
    },
    {
      value: ({ length }) => new Uint32Array(length),
      error: DtypeError,
      message: `${name} is a Uint32Array; expected ${types}`,
    },
  ];
  if (kind === 'integers' || kind === 'bytes') {
    cases.push({
      value: ({ length }) => new own(length),
      error: DtypeError,
      message: `${name} is a ${own.name}; expected ${types}`,
    });
  } else if (likeOf(FUNCTIONS[operation], parameter) !== undefined) {
    cases.push({
      value: ({ length }) => new other(length),
      error: DtypeError,
      message: `${name} is a ${other.name}; expected ${types}`,
    });
  }
  if (kind === 'integers' || kind === 'bytes' || isOutput(parameter)) {
    cases.push({
      value: shared,
      error: ArgumentError,
      message: `${name} lies in a SharedArrayBuffer; expected an array that no other thread can change during the call`,
    });
  }
  if (kind !== 'rows') {
    const formula =
      kind === 'matrix'
        ? `${storedSize(parameter, SIZES).join(' rows of ')}, ld${name} ${sizes[`ld${name}`]}`
        : parameter.length;
    const count = needed - 1;
    cases.push(
      {
        value: (old) => old.slice(0, count),
        error: ShapeError,
        message: `${name} has ${count} element${count === 1 ? '' : 's'}; expected at least ${needed} (${formula})`,
      },
      {
        value: detached,
        error: ShapeError,
        message: `${name} is detached (its buffer was transferred); expected at least ${needed} (${formula})`,
      },
    );
  }
  return [...cases, ...outOfRange(parameter, needed)];
}

function typesOf(operation: Operation, dtype: Dtype, parameter: ArrayParameter): string {
  if (parameter.kind === 'integers') return 'an Int32Array';
  if (parameter.kind === 'bytes') return 'a Uint8Array';
  const like = likeOf(FUNCTIONS[operation], parameter);
  const orNull = parameter.kind === 'floats' && parameter.orNull === true;
  const orElse = orNull ? ' or null' : parameter.kind === 'rows' ? ' or a Uint8Array' : '';
  if (like !== undefined)
    return `a ${dtype === 'float32' ? 'Float32Array' : 'Float64Array'} like ${like.name}${orElse}`;
  return orElse === '' ? 'a Float32Array or a Float64Array' : `a Float32Array, a Float64Array${orElse}`;
}

function outOfRange(parameter: ArrayParameter, length: number): SpoiledValue[] {
  if (parameter.kind === 'bytes') return parameter.use === 'output' ? [] : outsideWindow(parameter, length);
  if (parameter.kind !== 'integers' || parameter.use === 'output') return [];
  const [limit, why] =
    parameter.use === 'labels' ? [SIZES[parameter.below!]!, ''] : [SOURCE_ROWS, ` (rows of ${parameter.below})`];
  return [-1, limit, 2 ** 31 - 1, -(2 ** 31)].map((value) => ({
    value: (old) => {
      const array = old.slice() as Int32Array;
      array[length - 1] = value;
      return array;
    },
    error: ArgumentError,
    message: `${parameter.name}[${length - 1}] is ${value}; expected an integer in [0, ${limit})${why}`,
  }));
}

function outsideWindow({ name, below }: ByteArray, length: number): SpoiledValue[] {
  const limit = lengthOf(below!, SIZES);
  return [limit, 255].map((value) => ({
    value: (old) => {
      const array = old.slice();
      array[length - 1] = value;
      return array;
    },
    error: ArgumentError,
    message: `${name}[${length - 1}] is ${value}; expected an integer in [0, ${limit}) (${below})`,
  }));
}

function shared(old: NumericArray): NumericArray {
  const buffer = new SharedArrayBuffer(old.byteLength) as unknown as ArrayBuffer;
  return new (old.constructor as Float32ArrayConstructor)(buffer);
}

function detached(old: NumericArray): NumericArray {
  const array = old.slice();
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

/** An output over the last element of each other array, and the other over its own last element. */
function overlaps(operation: Operation, output: ArrayParameter, at: number): Spoiling[] {
  if (!isOutput(output)) return [];
  const { parameters } = FUNCTIONS[operation];
  const before = parameters.slice(0, at).filter((other) => isArray(other) && isOutput(other));
  return parameters.flatMap((other, otherAt): Spoiling[] => {
    if (!isArray(other) || other === output || before.includes(other)) return [];
    const inPart = output.kind === 'floats' && output.mayBe?.includes(other.name) === true;
    const message = inPart
      ? `${output.name} overlaps ${other.name} in part; expected the same array or separate memory`
      : `${output.name} overlaps ${other.name}; expected separate memory`;
    return [
      [at, otherAt],
      [otherAt, at],
    ].map(([first, second]) => ({
      spoil: (args) => overlay(args, first!, second!),
      error: ArgumentError,
      message: `${operation}: ${message}`,
    }));
  });
}

/** Puts two arrays into one buffer, the second where the last element of the first lies; their numbers stay. */
export function overlay(args: Arguments, first: number, second: number): void {
  const [a, b] = [args[first] as NumericArray, args[second] as NumericArray];
  const offset = Math.floor(((a.length - 1) * a.BYTES_PER_ELEMENT) / b.BYTES_PER_ELEMENT) * b.BYTES_PER_ELEMENT;
  const buffer = new ArrayBuffer(Math.max(a.byteLength, offset + b.byteLength));
  args[first] = new (a.constructor as Float32ArrayConstructor)(buffer, 0, a.length);
  args[second] = new (b.constructor as Float32ArrayConstructor)(buffer, offset, b.length);
}
