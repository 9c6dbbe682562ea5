/**
 * The backend functions as a table: one row per function lists its arguments in order and says what each of them is.
 *
 * backend.ts has the contract in prose; a row is the part of it that a machine can check. Derived from the rows are
 * - the argument checks, the calls into WebAssembly and the calls into the addon: calls.ts, which
 *   scripts/build-calls.mjs writes;
 * - the hostile calls, the random calls and the list of functions in the conformance tests.
 *
 * A length is a size, or the product or sum of two: `n`, `m × n`, `start + count`. Messages show it as written here.
 */

import type { Operation } from './backend.js';

/** An argument of a function. */
export type Parameter =
  | Flag
  | Size
  | LeadingDimension
  | Scalar
  | Activation
  | FloatArray
  | Matrix
  | PickedRows
  | IntegerArray;

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

/** The name of an activation; the compiled backends get its index in ACTIVATIONS. */
export interface Activation {
  readonly kind: 'activation';
  readonly name: string;
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
  /** The input that this output may be the same array as. */
  readonly mayBe?: string;
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

/** A function: its arguments in order, and what it returns. */
export interface Row {
  readonly parameters: readonly Parameter[];
  readonly returns: 'nothing' | 'number';
}

export const FUNCTIONS: Readonly<Record<Operation, Row>> = {
  gemm: row(
    flag('transA'),
    flag('transB'),
    size('m'),
    size('n'),
    size('k'),
    scalar('alpha'),
    matrix('a', 'input', 'm', 'k', { transposedBy: 'transA' }),
    leadingDimension('lda'),
    matrix('b', 'input', 'k', 'n', { transposedBy: 'transB' }),
    leadingDimension('ldb'),
    scalar('beta'),
    matrix('c', 'update', 'm', 'n', { unreadIf: ['beta', '0'] }),
    leadingDimension('ldc'),
  ),

  biasActivation: row(update('y', 'm × n'), input('bias', 'n'), size('m'), size('n'), activation('f')),

  biasActivationBackward: row(
    output('dz', 'm × n', { mayBe: 'dy', elementwise: true }),
    output('db', 'n'),
    input('dy', 'm × n'),
    input('y', 'm × n', { unreadIf: ['f', "'identity'"] }),
    size('m'),
    size('n'),
    activation('f'),
  ),

  activation: row(output('y', 'n', { mayBe: 'x', elementwise: true }), input('x', 'n'), size('n'), activation('f')),

  activationBackward: row(
    output('dx', 'n', { mayBe: 'dy', elementwise: true }),
    input('dy', 'n'),
    input('y', 'n', { unreadIf: ['f', "'identity'"] }),
    size('n'),
    activation('f'),
  ),

  leakyRelu: row(output('y', 'n', { mayBe: 'x', elementwise: true }), input('x', 'n'), size('n'), scalar('alpha')),

  leakyReluBackward: row(
    output('dx', 'n', { mayBe: 'dy', elementwise: true }),
    input('dy', 'n'),
    input('x', 'n'),
    size('n'),
    scalar('alpha'),
  ),

  softplus: row(output('y', 'n', { mayBe: 'x', elementwise: true }), input('x', 'n'), size('n')),

  softplusBackward: row(
    output('dx', 'n', { mayBe: 'dy', elementwise: true }),
    input('dy', 'n'),
    input('x', 'n'),
    size('n'),
  ),

  gelu: row(output('y', 'n', { mayBe: 'x', elementwise: true }), input('x', 'n'), size('n'), flag('exact')),

  geluBackward: row(
    output('dx', 'n', { mayBe: 'dy', elementwise: true }),
    input('dy', 'n'),
    input('x', 'n'),
    size('n'),
    flag('exact'),
  ),

  columnSums: row(output('out', 'n'), input('x', 'm × n'), size('m'), size('n')),

  softmax: row(output('y', 'm × n', { mayBe: 'x' }), input('x', 'm × n'), size('m'), size('n')),

  softmaxCrossEntropy: returning(
    output('dlogits', 'm × n', { orNull: true, mayBe: 'logits' }),
    input('logits', 'm × n'),
    labels('labels', 'm', { below: 'n' }),
    input('weights', 'm', { orNull: true }),
    size('m'),
    size('n'),
    scalar('scale'),
  ),

  softmaxCrossEntropyDense: returning(
    output('dlogits', 'm × n', { orNull: true, mayBe: 'logits' }),
    input('logits', 'm × n'),
    input('targets', 'm × n'),
    input('weights', 'm', { orNull: true }),
    size('m'),
    size('n'),
    scalar('scale'),
  ),

  sigmoidCrossEntropy: returning(
    output('dlogits', 'm × n', { orNull: true, mayBe: 'logits' }),
    input('logits', 'm × n'),
    input('yes', 'm × n'),
    input('no', 'm × n', { orNull: true }),
    input('weights', 'm', { orNull: true }),
    size('m'),
    size('n'),
    scalar('scale'),
  ),

  squaredError: returning(
    output('dy', 'm × n', { orNull: true, mayBe: 'y' }),
    input('y', 'm × n'),
    input('targets', 'm × n'),
    input('weights', 'm', { orNull: true }),
    size('m'),
    size('n'),
    scalar('scale'),
  ),

  huber: returning(
    output('dy', 'm × n', { orNull: true, mayBe: 'y' }),
    input('y', 'm × n'),
    input('targets', 'm × n'),
    input('weights', 'm', { orNull: true }),
    size('m'),
    size('n'),
    scalar('scale'),
    scalar('delta'),
  ),

  argMaxRows: row(
    integerOutput('out', 'm'),
    input('x', 'm × n'),
    size('m'),
    size('n', { unless: 'm', expected: 'at least 1 column to take the maximum of' }),
  ),

  gatherRows: row(
    output('out', 'count × width'),
    rows('source', { width: 'width', by: 'indices' }),
    picks('indices', 'start + count', { below: 'source', start: 'start', count: 'count' }),
    size('start'),
    size('count'),
    size('width'),
    scalar('scale'),
  ),

  axpy: row(size('n'), scalar('alpha'), input('x', 'n'), update('y', 'n')),

  sumOfSquares: returning(input('x', 'n'), size('n')),

  scale: row(update('x', 'n'), size('n'), scalar('alpha')),

  clip: row(
    output('y', 'n', { mayBe: 'x', elementwise: true }),
    input('x', 'n'),
    size('n'),
    scalar('low'),
    scalar('high'),
  ),

  sgdUpdate: row(update('w', 'n'), input('g', 'n'), size('n'), scalar('rate'), scalar('decay')),

  momentumUpdate: row(
    update('w', 'n'),
    update('v', 'n'),
    input('g', 'n'),
    size('n'),
    scalar('rate'),
    scalar('momentum'),
    scalar('decay'),
  ),

  nesterovUpdate: row(
    update('w', 'n'),
    update('v', 'n'),
    input('g', 'n'),
    size('n'),
    scalar('rate'),
    scalar('momentum'),
    scalar('decay'),
  ),

  adaGradUpdate: row(
    update('w', 'n'),
    update('h', 'n'),
    input('g', 'n'),
    size('n'),
    scalar('rate'),
    scalar('epsilon'),
    scalar('decay'),
  ),

  rmsPropUpdate: row(
    update('w', 'n'),
    update('h', 'n'),
    input('g', 'n'),
    size('n'),
    scalar('rate'),
    scalar('rho'),
    scalar('epsilon'),
    scalar('decay'),
  ),

  adamUpdate: row(
    update('w', 'n'),
    update('m', 'n'),
    update('v', 'n'),
    input('g', 'n'),
    size('n'),
    scalar('rate'),
    scalar('beta1'),
    scalar('beta2'),
    scalar('root'),
    scalar('epsilon'),
    scalar('decay'),
    scalar('keep'),
  ),

  batchNormalization: row(
    output('y', 'm × n'),
    output('normalized', 'm × n'),
    output('mean', 'n'),
    output('variance', 'n'),
    input('x', 'm × n'),
    input('gamma', 'n'),
    input('beta', 'n'),
    size('m'),
    size('n'),
    scalar('epsilon'),
  ),

  batchNormalizationBackward: row(
    output('dx', 'm × n', { orNull: true }),
    output('dgamma', 'n'),
    output('dbeta', 'n'),
    input('dy', 'm × n'),
    input('normalized', 'm × n'),
    input('variance', 'n'),
    input('gamma', 'n'),
    size('m'),
    size('n'),
    scalar('epsilon'),
  ),

  batchNormalizationInference: row(
    output('y', 'm × n'),
    input('x', 'm × n'),
    input('mean', 'n'),
    input('variance', 'n'),
    input('gamma', 'n'),
    input('beta', 'n'),
    size('m'),
    size('n'),
    scalar('epsilon'),
  ),
};

/** The names of all backend functions. */
export const OPERATIONS = Object.keys(FUNCTIONS) as readonly Operation[];

/** An array argument, of any kind. */
export type ArrayParameter = FloatArray | Matrix | PickedRows | IntegerArray;

export function isArray(parameter: Parameter): parameter is ArrayParameter {
  return ['floats', 'matrix', 'rows', 'integers'].includes(parameter.kind);
}

/** Whether the array is written. */
export function isOutput(parameter: ArrayParameter): boolean {
  return parameter.kind !== 'rows' && (parameter.use === 'output' || parameter.use === 'update');
}

/** The sizes of a length, and how they are joined. */
export function partsOf(length: string): { readonly sizes: readonly string[]; readonly join: '×' | '+' | undefined } {
  const [first, join, second] = length.split(' ');
  if (second === undefined) return { sizes: [first!], join: undefined };
  return { sizes: [first!, second], join: join as '×' | '+' };
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

function row(...parameters: Parameter[]): Row {
  return { parameters, returns: 'nothing' };
}

function returning(...parameters: Parameter[]): Row {
  return { parameters, returns: 'number' };
}

function flag(name: string): Flag {
  return { kind: 'flag', name };
}

function size(name: string, least?: Size['least']): Size {
  return { kind: 'size', name, ...(least && { least }) };
}

function leadingDimension(name: string): LeadingDimension {
  return { kind: 'leadingDimension', name };
}

function scalar(name: string): Scalar {
  return { kind: 'scalar', name };
}

function activation(name: string): Activation {
  return { kind: 'activation', name };
}

type FloatOptions = Pick<FloatArray, 'orNull' | 'mayBe' | 'elementwise' | 'unreadIf'>;

function input(name: string, length: string, options: FloatOptions = {}): FloatArray {
  return { kind: 'floats', name, use: 'input', length, ...options };
}

function output(name: string, length: string, options: FloatOptions = {}): FloatArray {
  return { kind: 'floats', name, use: 'output', length, ...options };
}

function update(name: string, length: string): FloatArray {
  return { kind: 'floats', name, use: 'update', length };
}

function matrix(
  name: string,
  use: Use,
  rows: string,
  columns: string,
  options: Pick<Matrix, 'transposedBy' | 'unreadIf'> = {},
): Matrix {
  return { kind: 'matrix', name, use, rows, columns, ...options };
}

function rows(name: string, options: Pick<PickedRows, 'width' | 'by'>): PickedRows {
  return { kind: 'rows', name, ...options };
}

function labels(name: string, length: string, { below }: { below: string }): IntegerArray {
  return { kind: 'integers', name, use: 'labels', length, below };
}

function picks(
  name: string,
  length: string,
  options: Required<Pick<IntegerArray, 'below' | 'start' | 'count'>>,
): IntegerArray {
  return { kind: 'integers', name, use: 'picks', length, ...options };
}

function integerOutput(name: string, length: string): IntegerArray {
  return { kind: 'integers', name, use: 'output', length };
}
