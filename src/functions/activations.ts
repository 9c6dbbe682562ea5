/**
 * Activation and output functions, for numbers, lists and tensors alike: the result is of the same kind as the argument.
 *
 * Source: Saito, Deep Learning from Scratch, §3.2 and §3.5.
 */

import { type Activation, allocate, dtypeOf } from '../backend/backend.js';
import { pairwiseSum } from '../backend/js/pairwise-sum.js';
import { ShapeError } from '../errors.js';
import { isIndex, requireNoSecond } from '../options.js';
import { mapElements } from '../tensor/broadcast.js';
import { formatShape, type NdArray } from '../tensor/shape.js';
import { inKind, type Numeric, type OnBackend, type SameKind } from './kinds.js';

/**
 * The step of the perceptron: 1 where x > 0, else 0, so stepFunction(0) is 0.
 *
 * @throws {DtypeError} for a typed array of integers; {ShapeError} for ragged rows; {ArgumentError} for anything but numbers; as in
 *   all of the following
 * @example stepFunction([-1, 0, 2])   // [0, 0, 1]
 */
export function stepFunction<X extends Numeric>(x: X): SameKind<X> {
  return inKind('stepFunction', x, (a) => mapElements(a, (value) => (value > 0 ? 1 : 0)));
}

/**
 * 1 / (1 + exp(−x)), between 0 and 1. Where exp(−x) is infinite, the result is 0.
 *
 * @example sigmoid(1)   // 0.7310585786300049
 */
export function sigmoid<X extends Numeric>(x: X): SameKind<X> {
  return inKind('sigmoid', x, (a) => mapElements(a, (value) => 1 / (1 + Math.exp(-value))), activation('sigmoid'));
}

/**
 * max(0, x); NaN stays NaN.
 *
 * @example relu([-1, 0, 2])   // [0, 0, 2]
 */
export function relu<X extends Numeric>(x: X): SameKind<X> {
  return inKind('relu', x, (a) => mapElements(a, (value) => Math.max(0, value)), activation('relu'));
}

/**
 * The hyperbolic tangent, between −1 and 1.
 *
 * @example tanh(1)   // 0.7615941559557649
 */
export function tanh<X extends Numeric>(x: X): SameKind<X> {
  return inKind('tanh', x, (a) => mapElements(a, Math.tanh), activation('tanh'));
}

const activation =
  (f: Activation): OnBackend =>
  (backend, out, { data }) =>
    backend.activation(out, data, data.length, f);

/** x itself, as a copy: the output function of a regression. */
export function identity<X extends Numeric>(x: X): SameKind<X> {
  return inKind('identity', x, (a) => mapElements(a, (value) => value));
}

/**
 * exp(x) / Σ exp(x) over the last axis: a list becomes probabilities; each row of a batch is handled separately.
 *
 * The greatest element is subtracted first, so nothing overflows. A row with a NaN or +∞ becomes NaN.
 *
 * @throws {ShapeError} for a single number: it has no row to sum over; {ArgumentError} for a second argument, such as an axis
 * @example softmax([0.3, 2.9, 4.0])   // [0.018…, 0.245…, 0.736…]
 */
export function softmax<X extends Numeric>(x: X): SameKind<X>;
export function softmax<X extends Numeric>(x: X, ...more: readonly unknown[]): SameKind<X> {
  const requireAlone = ({ shape }: NdArray): void => {
    // Array.from(rows, softmax) gives the number of a row beside it. The only axis of a row changes nothing either.
    if (shape.length === 1 && isIndex(more[0])) return;
    requireNoSecond('softmax', more, 'x alone: the sum is over its last axis', OTHER_SOFTMAX);
  };
  return inKind(
    'softmax',
    x,
    (a) => {
      requireAlone(a);
      return softmaxRows(a);
    },
    (backend, out, a) => {
      requireAlone(a);
      const width = widthOf(a);
      backend.softmax(out, a.data, width === 0 ? 0 : a.data.length / width, width);
    },
  );
}

/** What softmax says to those who give it an axis or a temperature. */
const OTHER_SOFTMAX =
  'Over columns: softmax(x.transpose()).transpose(). At a temperature, divide the scores by it: softmax(x.div(temperature))';

function widthOf({ shape }: NdArray): number {
  const width = shape.at(-1);
  if (width !== undefined) return width;
  const found = `x has shape ${formatShape(shape)}`;
  throw new ShapeError({ operation: 'softmax', found, expected: 'at least one axis to sum over' });
}

function softmaxRows(a: NdArray): NdArray {
  const { data, shape } = a;
  const width = widthOf(a);
  const out = allocate(dtypeOf(data), data.length);
  const exponentials = new Float64Array(width); // in double even for float32, so that the quotient is rounded once
  for (let start = 0; start < data.length; start += width) {
    let greatest = data[start]!;
    for (let j = 1; j < width; j++) greatest = Math.max(greatest, data[start + j]!);
    for (let j = 0; j < width; j++) exponentials[j] = Math.exp(data[start + j]! - greatest);
    const total = pairwiseSum(exponentials, 0, width, 1);
    for (let j = 0; j < width; j++) out[start + j] = exponentials[j]! / total;
  }
  return { data: out, shape };
}
