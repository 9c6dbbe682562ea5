/**
 * Loss functions as the book writes them, over outputs y and targets t; computed in double for any input.
 *
 * Training uses the softmax-and-loss layers instead, which need no delta. Source: Saito, Deep Learning from Scratch, §4.2.
 */

import { pairwiseSum } from '../backend/js/pairwise-sum.js';
import { ArgumentError, ShapeError, show } from '../errors.js';
import { isInt32 } from '../identity.js';
import { checkOptions, requireNonNegative } from '../options.js';
import { badIndex, type Matrix, readLabels, requireDistributions } from '../tensor/labels.js';
import { type NestedNumbers, readNested } from '../tensor/nested.js';
import { formatShape, requireShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { borrowable, type TypedValues } from '../tensor/typed.js';

/** A tensor, typed numbers with their shape, or nested arrays. */
type Numbers = Tensor | TypedValues | NestedNumbers;

/**
 * ½ Σ (y − t)² over all elements. The book calls it mean squared error; it is not a mean, and a batch gives the total.
 *
 * @throws {ShapeError} if the shapes differ
 * @example sumSquaredError([0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0], [0, 0, 1, 0, 0, 0, 0, 0, 0, 0])   // 0.09750000000000003
 */
export function sumSquaredError(y: Numbers, t: Numbers): number {
  const operation = 'sumSquaredError';
  const outputs = read(operation, 'y', y);
  const targets = read(operation, 't', t);
  requireShape(operation, 't', targets, outputs.shape, 'the shape of y');
  const differences = Float64Array.from(outputs.data, (value, i) => value - targets.data[i]!);
  const squares = differences.map((difference) => difference * difference);
  return 0.5 * pairwiseSum(squares, 0, squares.length, 1);
}

/** Options of `crossEntropyError`. */
export interface CrossEntropyOptions {
  /** Added to every probability so that the logarithm of 0 is finite; default 1e-7, the book's. */
  readonly delta?: number | undefined;
  /** Whether rows of t may have a sum other than 1. Default false: such rows are refused. */
  readonly unnormalized?: boolean | undefined;
}

/**
 * −(1/N) Σ t · log(y + delta), the mean over the N rows of a batch; of a single sample, its loss.
 *
 * Shapes: y (N, classes) with t (N) or (N, 1) class indices, or t (N, classes) one-hot or soft; y (classes) with t an index
 * or a row. A correct, certain answer gives −log(1 + delta), slightly below 0.
 *
 * @throws {ShapeError} if y is not a row or batch of rows, or t does not fit it
 * @throws {ArgumentError} for a class index out of range, a row of t that is not a distribution over the classes, a negative
 *   probability or an unknown option
 * @example crossEntropyError([0.1, 0.05, 0.6, 0, 0.05, 0.1, 0, 0.1, 0, 0], 2)   // 0.510825457099338
 */
export function crossEntropyError(y: Numbers, t: Numbers, options: CrossEntropyOptions = {}): number {
  const operation = 'crossEntropyError';
  checkOptions(operation, options, ['delta', 'unnormalized']);
  const delta = requireNonNegative(operation, 'delta', options.delta ?? 1e-7);
  const { unnormalized = false } = options;
  const probabilities = read(operation, 'y', y);
  requireRows(operation, probabilities);
  const classes = probabilities.shape.at(-1)!;
  const rows = probabilities.data.length / classes;
  const isSingle = probabilities.shape.length === 1;
  const targets = isSingle
    ? readSingle(operation, t, classes, unnormalized)
    : readLabels(operation, 't', t, { count: rows, classes, unnormalized });

  // Loops: Float64Array.from with a function takes ten times as long.
  const { data } = probabilities;
  const terms = new Float64Array(isInt32(targets) ? rows : data.length);
  if (isInt32(targets)) {
    for (let row = 0; row < rows; row++) terms[row] = Math.log(data[row * classes + targets[row]!]! + delta);
  } else {
    // A class of weight 0 counts for nothing, even where delta = 0 and its logarithm is infinite.
    const weights = targets.data;
    for (let i = 0; i < data.length; i++) if (weights[i] !== 0) terms[i] = weights[i]! * Math.log(data[i]! + delta);
  }
  return -pairwiseSum(terms, 0, terms.length, 1) / rows;
}

/** The target of a single sample: a class index, or a row over the classes. */
function readSingle(operation: string, t: Numbers, classes: number, unnormalized: boolean): Int32Array | Matrix {
  const target = read(operation, 't', t);
  if (target.shape.length === 0) {
    const label = target.data[0]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) return Int32Array.of(label);
    throw badIndex(operation, 't', label, classes);
  }
  requireShape(operation, 't', target, [classes], 'the shape of y, or a single class index');
  requireDistributions(operation, 't', target, unnormalized);
  return target;
}

/** @throws unless y is a row or a batch of at least one row, and no element is negative */
function requireRows(operation: string, y: Matrix): void {
  const isRowOrBatch = (y.shape.length === 1 || y.shape.length === 2) && !y.shape.includes(0);
  if (!isRowOrBatch) {
    const expected = '[classes] or [N, classes] with at least one element';
    throw new ShapeError({ operation, found: `y has shape ${formatShape(y.shape)}`, expected });
  }
  const negative = Array.prototype.findIndex.call(y.data, (value: number) => value < 0);
  if (negative < 0) return;
  const classes = y.shape.at(-1)!;
  const place = y.shape.length === 1 ? `${negative}` : `${Math.floor(negative / classes)}][${negative % classes}`;
  throw new ArgumentError({
    operation,
    found: `y[${place}] is ${show(y.data[negative])}`,
    expected: 'a probability of at least 0',
    fix: 'Pass the output of softmax, not the scores before it',
  });
}

function read(operation: string, argument: string, values: Numbers): Matrix {
  return borrowable(operation, argument, values) ?? readNested(operation, argument, values, 'float64');
}
