/**
 * What a row of functions.ts is made of: the kinds of arguments, and what follows from them.
 *
 * A length is a size, the sum of two, or the product of up to four: `n`, `start + count`, `m × n`,
 * `images × shape.height × shape.width × shape.channels`. Messages show it as written here.
 */

import type { NAMES } from './numbers.js';

/** An argument of a function. */
export type Parameter =
  | Flag
  | Size
  | Sizes
  | LeadingDimension
  | Scalar
  | Choice
  | FloatArray
  | Matrix
  | PickedRows
  | IntegerArray
  | ByteArray;

/** true or false. */
export interface Flag {
  readonly kind: 'flag';
  readonly name: string;
}

/** A whole number in [0, 2³¹). */
export interface Size {
  readonly kind: 'size';
  readonly name: string;
  /** The size that must be 0 for this one to be 0, and the `expected` part of the error message. */
  readonly least?: { readonly unless: string; readonly expected: string };
  /** The size that this one must be equal to, unless it is 1: the length of an axis that may be repeated. */
  readonly oneOr?: string;
}

/**
 * A readonly object of sizes, which a layer makes once: `shape`. Its fields are whole numbers in [0, 2³¹), and compiled
 * code gets them as so many numbers, in this order. Lengths name them with their object: `shape.height`.
 */
export interface Sizes {
  readonly kind: 'sizes';
  readonly name: string;
  /** The interface of convolutions.ts that has these fields. */
  readonly type: string;
  readonly fields: readonly string[];
  /** The fields that must not be 0. */
  readonly positive: readonly string[];
  /** A product of fields that is bounded, and why, as the error message says it. */
  readonly most?: { readonly product: string; readonly limit: number; readonly why: string };
}

/** The number of elements between row starts of a matrix: a size, at least the length of a stored row. */
export interface LeadingDimension {
  readonly kind: 'leadingDimension';
  readonly name: string;
}

/** A number, NaN and ∞ included. */
export interface Scalar {
  readonly kind: 'scalar';
  readonly name: string;
}

/** One name of a list of numbers.ts; the compiled backends get its index. */
export interface Choice {
  readonly kind: 'choice';
  readonly name: string;
  readonly list: keyof typeof NAMES;
  /** The type of its names. */
  readonly type: string;
}

/** What a function does with an array: reads it, writes it, or reads and then writes it. */
export type Use = 'input' | 'output' | 'update';

/** An argument, and its value for which an array is not read. */
export type Unread = readonly [name: string, value: string];

/** Numbers of the call's floating-point type. */
export interface FloatArray {
  readonly kind: 'floats';
  readonly name: string;
  readonly use: Use;
  /** The number of elements used. */
  readonly length: string;
  /** Whether it may be null. */
  readonly orNull?: boolean;
  /** Whether the kernel of the wasm backend computes in this output's memory even where it is null. */
  readonly neededAnyway?: boolean;
  /** The inputs that this output may be the same array as, provided that as many elements of them are used. */
  readonly mayBe?: readonly string[];
  /** Whether each element depends only on the inputs' elements at the same place: then it can be computed in place. */
  readonly elementwise?: boolean;
  readonly unreadIf?: Unread;
}

/** A matrix stored by rows; its leading dimension is the parameter `ld` + its name. */
export interface Matrix {
  readonly kind: 'matrix';
  readonly name: string;
  readonly use: Use;
  /** Rows and columns of the matrix as it enters the product. */
  readonly rows: string;
  readonly columns: string;
  /** The flag that is true if it is stored columns × rows. */
  readonly transposedBy?: string;
  readonly unreadIf?: Unread;
}

/**
 * A source of rows of `width` numbers, as many as fit, from which some are picked; floats of the call's type, or bytes.
 */
export interface PickedRows {
  readonly kind: 'rows';
  readonly name: string;
  readonly width: string;
  /** The integers that pick rows. */
  readonly by: string;
}

/** 32-bit integers. */
export interface IntegerArray {
  readonly kind: 'integers';
  readonly name: string;
  /** An output, class labels in [0, below), or the indices that pick rows of `below`. */
  readonly use: 'output' | 'labels' | 'picks';
  readonly length: string;
  /** For labels, the size they must be below; for picks, the source. */
  readonly below?: string;
  /** For picks: only `count` of them, from `start` on, are checked and used. */
  readonly start?: string;
  readonly count?: string;
}

/** Bytes: an output, or places that must be below a product of sizes. */
export interface ByteArray {
  readonly kind: 'bytes';
  readonly name: string;
  readonly use: 'output' | 'places';
  readonly length: string;
  readonly below?: string;
}

/** A function: its arguments in order, and what it returns. */
export interface Row {
  readonly parameters: readonly Parameter[];
  readonly returns: 'nothing' | 'number';
}

/** An array argument, of any kind. */
export type ArrayParameter = FloatArray | Matrix | PickedRows | IntegerArray | ByteArray;

export function isArray(parameter: Parameter): parameter is ArrayParameter {
  return ['floats', 'matrix', 'rows', 'integers', 'bytes'].includes(parameter.kind);
}

/** Whether the array is written. */
export function isOutput(parameter: ArrayParameter): boolean {
  return parameter.kind !== 'rows' && (parameter.use === 'output' || parameter.use === 'update');
}

/** The sizes of a length, and how they are joined: `×`, `+`, or not at all. */
export function partsOf(length: string): { readonly sizes: readonly string[]; readonly join: '×' | '+' | undefined } {
  const words = length.split(' ');
  return { sizes: words.filter((_, i) => i % 2 === 0), join: words[1] as '×' | '+' | undefined };
}

/**
 * The array whose element type another array must have: the first `Floats` before it that cannot be null, else the
 * first that can, provided it is not null. Undefined for the first of all, whose type is free.
 */
export function likeOf(row: Row, parameter: ArrayParameter): FloatArray | Matrix | undefined {
  const before = row.parameters
    .slice(0, row.parameters.indexOf(parameter))
    .filter((other) => other.kind === 'floats' || other.kind === 'matrix');
  return before.find((other) => !(other.kind === 'floats' && other.orNull)) ?? before[0];
}

export function row(...parameters: Parameter[]): Row {
  return { parameters, returns: 'nothing' };
}

export function returning(...parameters: Parameter[]): Row {
  return { parameters, returns: 'number' };
}

export function flag(name: string): Flag {
  return { kind: 'flag', name };
}

export function size(name: string, least?: Size['least']): Size {
  return { kind: 'size', name, ...(least && { least }) };
}

export function oneOr(whole: string, name: string): Size {
  return { kind: 'size', name, oneOr: whole };
}

export function sizes(
  name: string,
  type: string,
  fields: readonly string[],
  options: Pick<Sizes, 'positive' | 'most'>,
): Sizes {
  return { kind: 'sizes', name, type, fields, ...options };
}

export function leadingDimension(name: string): LeadingDimension {
  return { kind: 'leadingDimension', name };
}

export function scalar(name: string): Scalar {
  return { kind: 'scalar', name };
}

export function activation(name: string): Choice {
  return { kind: 'choice', name, list: 'ACTIVATIONS', type: 'Activation' };
}

export function unaryOperation(name: string): Choice {
  return { kind: 'choice', name, list: 'UNARY_OPERATIONS', type: 'UnaryOperation' };
}

export function binaryOperation(name: string): Choice {
  return { kind: 'choice', name, list: 'BINARY_OPERATIONS', type: 'BinaryOperation' };
}

export function reduction(name: string): Choice {
  return { kind: 'choice', name, list: 'REDUCTIONS', type: 'Reduction' };
}

type FloatOptions = Pick<FloatArray, 'orNull' | 'neededAnyway' | 'elementwise' | 'unreadIf'> & {
  readonly mayBe?: string | readonly string[];
};

export function input(name: string, length: string, options: Omit<FloatOptions, 'mayBe'> = {}): FloatArray {
  return { kind: 'floats', name, use: 'input', length, ...options };
}

export function output(name: string, length: string, { mayBe, ...options }: FloatOptions = {}): FloatArray {
  return {
    kind: 'floats',
    name,
    use: 'output',
    length,
    ...(mayBe !== undefined && { mayBe: [mayBe].flat() }),
    ...options,
  };
}

export function update(name: string, length: string): FloatArray {
  return { kind: 'floats', name, use: 'update', length };
}

export function matrix(
  name: string,
  use: Use,
  rows: string,
  columns: string,
  options: Pick<Matrix, 'transposedBy' | 'unreadIf'> = {},
): Matrix {
  return { kind: 'matrix', name, use, rows, columns, ...options };
}

export function rows(name: string, options: Pick<PickedRows, 'width' | 'by'>): PickedRows {
  return { kind: 'rows', name, ...options };
}

export function labels(name: string, length: string, { below }: { below: string }): IntegerArray {
  return { kind: 'integers', name, use: 'labels', length, below };
}

export function picks(
  name: string,
  length: string,
  options: Required<Pick<IntegerArray, 'below' | 'start' | 'count'>>,
): IntegerArray {
  return { kind: 'integers', name, use: 'picks', length, ...options };
}

export function integerOutput(name: string, length: string): IntegerArray {
  return { kind: 'integers', name, use: 'output', length };
}

/** Bytes that are written. */
export function byteOutput(name: string, length: string): ByteArray {
  return { kind: 'bytes', name, use: 'output', length };
}

/** Bytes that are read, each below a product of sizes. */
export function places(name: string, length: string, { below }: { below: string }): ByteArray {
  return { kind: 'bytes', name, use: 'places', length, below };
}
