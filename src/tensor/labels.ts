/**
 * Class labels as callers give them, read by one rule.
 *
 * The shape alone decides what labels are, never their numbers: one number for each sample, [N] or a column [N, 1], is
 * a class index; a row of two or more is a row over the classes, one-hot or soft. The numbers are then checked, and
 * accepted or refused, but never change what the labels are.
 */

import type { Floats } from '../backend/backend.js';
import { ArgumentError, DataError, DtypeError, ShapeError, show } from '../errors.js';
import { isInstance, isInt32, isShared, typedArrayName } from '../identity.js';
import { type Integers, readNested } from './nested.js';
import { formatShape, placeOf } from './shape.js';
import { Tensor } from './tensor.js';
import { borrowable } from './typed.js';

/** What labels are checked against. */
export interface LabelRules {
  /** How many labels there must be, if known. */
  readonly count?: number | undefined;
  /** The number of classes, if known. */
  readonly classes?: number | undefined;
  /** Whether rows over the classes need not sum to 1. Default false. */
  readonly unnormalized?: boolean | undefined;
  /** What to do about what is no label here; default: advice about the labels of a data set. */
  readonly advice?: LabelAdvice | undefined;
}

/** What to do about numbers that are not labels. */
export interface LabelAdvice {
  /** About a number that is not whole. */
  readonly fraction?: string;
  /** About rows where a class for each row belongs, or rows that are not a distribution. */
  readonly rows?: string;
}

/** A matrix (N, width) as it was given: typed numbers are the caller's own array. */
export interface Matrix {
  readonly data: Floats | Integers;
  readonly shape: readonly number[];
  /** Whether the numbers came in nested arrays, without an element type. */
  readonly untyped?: boolean;
}

/**
 * Class indices, or checked rows over the classes.
 *
 * An Int32Array whose memory is not shared, and a tensor of rows, are returned as they are, without any allocation:
 * this is the path that training takes.
 *
 * @throws {ShapeError} for a wrong number of labels, or rows of a wrong width or of different lengths
 * @throws {ArgumentError} for an index that is not an integer in [0, classes), a row that is not a distribution over
 *   the classes, or anything that is not a number
 * @throws {DataError} for NaN or infinity in a row
 * @throws {DtypeError} for arrays of BigInt
 */
export function readLabels(
  operation: string,
  argument: string,
  labels: unknown,
  rules: LabelRules = {},
): Int32Array | Matrix {
  if (isInt32(labels) && !isShared(labels)) return ownIndices(operation, argument, labels, rules);
  const read = shaped(operation, argument, labels);
  const { data, shape } = read;
  if (areIndices(shape)) return copiedIndices(operation, argument, data, shape, rules);
  requireMatrix(operation, argument, shape, rules);
  requireDistributions(operation, argument, read as Matrix, rules.unnormalized === true, rules.advice?.rows);
  return read as Matrix;
}

/**
 * Class indices alone, where rows over the classes are not accepted.
 *
 * @throws {ShapeError} for rows, or a wrong number of labels
 * @throws {ArgumentError} for an index that is not an integer in [0, classes)
 * @throws {DtypeError} for arrays of BigInt
 */
export function readIndices(operation: string, argument: string, labels: unknown, rules: LabelRules = {}): Int32Array {
  const { data, shape } = shaped(operation, argument, labels, 'class indices');
  if (areIndices(shape)) return copiedIndices(operation, argument, data, shape, rules);
  throw new ShapeError({
    operation,
    found: `${argument} has shape ${formatShape(shape)}`,
    expected: '[N] or [N, 1] (one class index for each row)',
    fix: rules.advice?.rows,
  });
}

/** One number for each sample. */
function areIndices(shape: readonly number[]): boolean {
  return shape.length === 1 || (shape.length === 2 && shape[1] === 1);
}

/** Any labels as a list with a shape; the elements of a flat list are not checked yet. */
function shaped(
  operation: string,
  argument: string,
  labels: unknown,
  expected = 'class indices, or rows over the classes',
): Matrix | { data: ArrayLike<unknown>; shape: readonly number[]; untyped?: boolean } {
  if (isInstance(labels, Tensor)) return labels; // it has both, and has been checked
  if (typedArrayName(labels)?.startsWith('Big') === true) {
    throw new DtypeError({
      operation,
      found: `${argument} is ${show(labels)}`,
      expected: 'class indices that are numbers',
      fix: `Convert them with Int32Array.from(${argument}, Number)`,
    });
  }
  const typed = borrowable(operation, argument, labels);
  if (typed !== undefined) return typed;
  if (typeof labels === 'object' && labels !== null) {
    const list = labels as ArrayLike<unknown>;
    const isNested = typeof list[0] === 'object' && list[0] !== null;
    if (isNested) return { ...readNested(operation, argument, labels, 'float64'), untyped: true };
    if (isListOfLength(list)) return { data: list, shape: [list.length] };
  }
  throw new ArgumentError({
    operation,
    found: `${argument} is ${show(labels)}`,
    expected,
  });
}

/** Whether a list has the length that it claims: an object may claim any, and that much would be allocated. */
function isListOfLength(list: ArrayLike<unknown>): boolean {
  const { length } = list;
  return Array.isArray(list) || length === 0 || (Number.isInteger(length) && length > 0 && length - 1 in list);
}

/** Indices that are returned as they are: checked without allocating anything. */
function ownIndices(
  operation: string,
  argument: string,
  labels: Int32Array,
  { count, classes }: LabelRules,
): Int32Array {
  requireCount(operation, argument, labels.length, count);
  const bound = classes ?? 2 ** 31;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label < 0 || label >= bound) throw badIndex(operation, `${argument}[${i}]`, label, classes);
  }
  return labels;
}

/**
 * Class indices as a new Int32Array. Shared ones are copied too: another thread could change a label between its check
 * and its use.
 */
function copiedIndices(
  operation: string,
  argument: string,
  list: ArrayLike<unknown>,
  shape: readonly number[],
  { count, classes, advice }: LabelRules,
): Int32Array {
  requireCount(operation, argument, shape[0]!, count);
  const indices = new Int32Array(list.length);
  const bound = classes ?? 2 ** 31;
  for (let i = 0; i < indices.length; i++) {
    const label = list[i];
    // `| 0` keeps exactly the integers in [−2³¹, 2³¹); −0 passes and becomes 0.
    if (typeof label !== 'number' || (label | 0) !== label || label < 0 || label >= bound) {
      throw badIndex(operation, argument + placeOf(i, shape), label, classes, advice?.fraction);
    }
    indices[i] = label;
  }
  return indices;
}

/** The error for a bad class label, in a list or by itself. */
export function badIndex(
  operation: string,
  place: string,
  label: unknown,
  classes: number | undefined,
  adviceForFraction = 'Labels are classes; values to predict are the targets of a regression',
): ArgumentError {
  const isFraction = typeof label === 'number' && Number.isFinite(label) && !Number.isInteger(label);
  return new ArgumentError({
    operation,
    found: `${place} is ${show(label)}`,
    expected: `an integer ${classes === undefined ? 'of at least 0' : `in [0, ${classes})`}`,
    fix: isFraction ? adviceForFraction : adviceForLabel(label),
  });
}

/** How classes become indices, where they came as words or as yes and no. */
function adviceForLabel(label: unknown): string | undefined {
  if (typeof label === 'boolean') return 'Give false as 0 and true as 1: labels.map(Number)';
  if (typeof label !== 'string') return undefined;
  if (/^\s*\d+\s*$/.test(label)) return 'Give numbers: labels.map(Number)';
  return 'Give the index of each word: labels.map((word) => classes.indexOf(word)), or train a TableModel, which keeps words';
}

function requireMatrix(
  operation: string,
  argument: string,
  shape: readonly number[],
  { count, classes }: LabelRules,
): void {
  const fits = shape.length === 2 && shape[1] === (classes ?? shape[1]);
  if (!fits) {
    const n = count ?? 'N';
    throw new ShapeError({
      operation,
      found: `${argument} has shape ${formatShape(shape)}`,
      expected: `${formatShape([n, classes ?? 'classes'])} (a row over the classes for each sample) or ${n} class indices`,
    });
  }
  requireCount(operation, argument, shape[0]!, count);
}

/** @throws {ShapeError} unless there are as many labels as samples */
export function requireCount(operation: string, argument: string, found: number, count: number | undefined): void {
  if (count === undefined || found === count) return;
  throw new ShapeError({
    operation,
    found: `${argument} has ${found} ${found === 1 ? 'entry' : 'entries'}`,
    expected: `${count}, one for each row`,
  });
}

/**
 * Refuses rows that are not distributions over the classes, (N, classes) or a single one (classes): a loss against them
 * would be meaningless.
 *
 * The sum of a row rounded to float32, added in double, is within width · 2⁻²⁴ of the exact one; the numbers may come
 * from a division with its own rounding, so twice that is allowed.
 *
 * @param advice what to do about a row with another sum; default: about the labels of a data set
 */
export function requireDistributions(
  operation: string,
  argument: string,
  { data, shape }: Matrix,
  unnormalized: boolean,
  advice?: string,
): void {
  const width = shape.at(-1)!;
  const tolerance = (width + 2) * 2 ** -23;
  for (let start = 0; start < data.length; start += width) {
    let sum = 0;
    let isRow = true;
    for (let j = start; j < start + width; j++) {
      const value = data[j]!;
      if (!(value >= 0)) isRow = false;
      sum += value;
    }
    // The comparison is false for NaN, and for an infinite sum too.
    if (isRow && (unnormalized ? sum < Number.POSITIVE_INFINITY : Math.abs(sum - 1) <= tolerance)) continue;
    const place = shape.length === 1 ? argument : `${argument}[${start / width}]`;
    throw badRow(operation, place, data.subarray(start, start + width), sum, advice);
  }
}

function badRow(
  operation: string,
  name: string,
  row: Floats | Integers,
  sum: number,
  advice: string | undefined,
): Error {
  const place = (column: number): string => `${name}[${column}] is ${row[column]}`;
  const infinite = row.findIndex((value: number) => !Number.isFinite(value));
  if (infinite >= 0) return new DataError({ operation, found: place(infinite), expected: 'finite numbers' });
  const negative = row.findIndex((value: number) => value < 0);
  if (negative >= 0) {
    return new ArgumentError({
      operation,
      found: `${place(negative)} in a row that sums to ${rounded(sum)}`,
      expected: 'probabilities of at least 0 that sum to 1',
      fix: 'Give class indices, or one-hot rows of 0 and 1',
    });
  }
  const isBits = row.every((value: number) => value === 0 || value === 1);
  return new ArgumentError({
    operation,
    found: isBits
      ? `${name} has ${sum === 0 ? 'no 1' : `${sum} ones`} (it sums to ${sum})`
      : `${name} sums to ${rounded(sum)}`,
    expected: isBits ? 'a single 1, the class of the row' : '1, as probabilities of the classes do',
    fix:
      advice ??
      (isBits
        ? 'Rows with any number of ones are multiLabels; rows that need not sum to 1 are taken with the option unnormalized'
        : 'Divide the row by its sum, or give the option unnormalized'),
  });
}

/** Enough digits to see how far off it is, without the rounding error of the addition. */
function rounded(sum: number): string {
  return String(Number(sum.toPrecision(9)));
}

/**
 * Any number of labels per row, as a matrix (N, labels) of 0 and 1: numbers or booleans.
 *
 * @param count how many rows there must be, if known
 * @param width how many labels a row must have, if known
 * @throws {ShapeError} for anything but a matrix of that size
 * @throws {ArgumentError} for an element that is neither 0 nor 1, naming its place
 */
export function readMultiLabels(
  operation: string,
  argument: string,
  labels: unknown,
  { count, width }: { readonly count?: number | undefined; readonly width?: number | undefined } = {},
): Matrix {
  const matrix = isInstance(labels, Tensor)
    ? labels
    : (borrowable(operation, argument, labels) ?? readBits(operation, argument, labels));
  const { shape } = matrix;
  if (shape.length !== 2 || shape[1] === 0 || shape[1] !== (width ?? shape[1])) {
    throw new ShapeError({
      operation,
      found: `${argument} has shape ${formatShape(shape)}`,
      expected: `${formatShape([count ?? 'N', width ?? 'labels'])}, a row of 0 and 1 for each sample`,
      fix: shape.length === 1 ? 'One class for each row is a classification: give it as labels' : undefined,
    });
  }
  requireCount(operation, argument, shape[0]!, count);
  requireBits(operation, argument, matrix);
  return matrix;
}

/** Nested numbers, or nested booleans as numbers. */
function readBits(operation: string, argument: string, labels: unknown): Matrix {
  const asNumber = (bit: unknown): unknown => (typeof bit === 'boolean' ? Number(bit) : bit);
  const numbers = Array.isArray(labels)
    ? labels.map((row: unknown) => (Array.isArray(row) ? row.map(asNumber) : row))
    : labels;
  return { ...readNested(operation, argument, numbers, 'float64'), untyped: true };
}

function requireBits(operation: string, argument: string, { data, shape }: Matrix): void {
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value === 0 || value === 1) continue;
    throw new ArgumentError({
      operation,
      found: `${argument}${placeOf(i, shape)} is ${value}`,
      expected: '0 or 1 (the label applies or not)',
    });
  }
}
