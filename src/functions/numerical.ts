/**
 * Derivatives by central differences, and descent along them.
 *
 * All in float64: over a step of 1e-4 a float32 function changes by little more than its rounding.
 * Source: Saito, Deep Learning from Scratch, §4.3–4.4; Press et al., Numerical Recipes, §5.7 for the step size.
 */

import { ArgumentError, show } from '../errors.js';
import { checkOptions, requireFinite, requireInteger, requirePositive } from '../options.js';
import type { Tensor } from '../tensor/tensor.js';
import type { NestedList, SameKind } from './kinds.js';
import { type Arrangement, copyOf, type Row, requireArrangement, requireChangeable, rowsOf } from './rows.js';

/** The book's step h. */
const STEP = 1e-4;

/** What a gradient is taken with respect to: float64 numbers in any arrangement. */
export type Differentiable = number | Arrangement;

/** The step of a central difference. */
export interface DifferenceOptions {
  /** The step h, absolute; default 1e-4. Much smaller ones drown in rounding: at 1e-50 every difference is 0. */
  readonly h?: number | undefined;
}

/** Steps and learning rate of `gradientDescent`. */
export interface DescentOptions extends DifferenceOptions {
  /** η in x ← x − η · gradient; default 0.01. Too large a value diverges, too small a value gets nowhere. */
  readonly learningRate?: number | undefined;
  /** How many updates; default 100. */
  readonly steps?: number | undefined;
}

/** Where the descent went. */
export interface Descent<X> {
  /** The last point. */
  readonly x: X;
  /** Every point: the start, then one after each step. */
  readonly path: readonly X[];
}

/**
 * f′(x) as (f(x + h) − f(x − h)) / 2h.
 *
 * @throws {ArgumentError} unless f is a function that returns numbers and x a finite number
 * @example numericalDiff((x) => 0.01 * x * x + 0.1 * x, 5)   // 0.1999999999990898
 */
export function numericalDiff(f: (x: number) => number, x: number, options: DifferenceOptions = {}): number {
  const { evaluate, h } = check('numericalDiff', f, options, ['h']);
  requireFinite('numericalDiff', 'x', x);
  return (evaluate(x + h) - evaluate(x - h)) / (2 * h);
}

/**
 * The gradient of f at x: one central difference for each element, in the shape and of the kind of x.
 *
 * f is called 2 · size(x) times, always with the whole x, in which one element is changed in place; f may also read the
 * array that it encloses. Afterwards every element is as it was, even if f throws.
 *
 * @throws {DtypeError} for float32 and integer arrays
 * @throws {ArgumentError} unless f is a function that returns numbers and x is made of numbers
 * @throws {ShapeError} for rows of different lengths
 * @example numericalGradient(([x0, x1]) => x0 ** 2 + x1 ** 2, [3, 4])   // [6.00000000000378, 7.999999999999119]
 */
export function numericalGradient(f: (x: number) => number, x: number, options?: DifferenceOptions): number;
export function numericalGradient(f: (x: Tensor) => number, x: Tensor, options?: DifferenceOptions): Tensor;
export function numericalGradient(
  f: (x: Float64Array) => number,
  x: Float64Array,
  options?: DifferenceOptions,
): Float64Array;
export function numericalGradient<X extends NestedList>(
  f: (x: X) => number,
  x: X,
  options?: DifferenceOptions,
): SameKind<X>;
export function numericalGradient(
  f: (x: never) => number,
  x: Differentiable,
  options: DifferenceOptions = {},
): unknown {
  const operation = 'numericalGradient';
  if (typeof x === 'number') return numericalDiff(f as (x: number) => number, x, options);
  const { evaluate, h } = check(operation, f, options, ['h']);
  requireArrangement(operation, x);
  requireChangeable(operation, x);
  return differences(() => evaluate(x), x, h);
}

/**
 * Gradient descent from `start`, which is not changed: f is called with a copy. To climb, descend on −f.
 *
 * @throws {DtypeError} for float32 and integer arrays
 * @throws {ArgumentError} for a learning rate that is not positive, negative steps, an unknown option, or as `numericalGradient`
 * @example gradientDescent(([x0, x1]) => x0 ** 2 + x1 ** 2, [-3, 4], { learningRate: 0.1, steps: 100 }).x   // [-6.11e-10, 8.14e-10]
 */
export function gradientDescent(f: (x: number) => number, start: number, options?: DescentOptions): Descent<number>;
export function gradientDescent(f: (x: Tensor) => number, start: Tensor, options?: DescentOptions): Descent<Tensor>;
export function gradientDescent(
  f: (x: Float64Array) => number,
  start: Float64Array,
  options?: DescentOptions,
): Descent<Float64Array>;
export function gradientDescent<X extends NestedList>(
  f: (x: X) => number,
  start: X,
  options?: DescentOptions,
): Descent<SameKind<X>>;
export function gradientDescent(
  f: (x: never) => number,
  start: Differentiable,
  options: DescentOptions = {},
): Descent<unknown> {
  const operation = 'gradientDescent';
  const { evaluate, h } = check(operation, f, options, ['learningRate', 'steps', 'h']);
  const learningRate = requirePositive(operation, 'learningRate', options.learningRate ?? 0.01);
  const steps = requireInteger(operation, 'steps', options.steps ?? 100, 0);
  if (typeof start === 'number') {
    // A number cannot be changed in place: descend on a list of one number.
    const { path } = gradientDescent(([x]: readonly number[]) => evaluate(x), [start], options);
    const numbers = path.map((point) => point[0]!);
    return { x: numbers.at(-1)!, path: numbers };
  }
  requireArrangement(operation, start);
  const x = copyOf(start);
  const path = [copyOf(x)];
  for (let step = 0; step < steps; step++) {
    subtractScaled(
      x,
      differences(() => evaluate(x), x, h),
      learningRate,
    );
    path.push(copyOf(x));
  }
  return { x: path.at(-1)!, path };
}

function check(
  operation: string,
  f: unknown,
  options: DifferenceOptions,
  known: readonly string[],
): { evaluate: (x: unknown) => number; h: number } {
  if (typeof f !== 'function') {
    throw new ArgumentError({ operation, found: `f is ${show(f)}`, expected: 'a function that returns a number' });
  }
  checkOptions(operation, options, known);
  const evaluate = (x: unknown): number => {
    const value: unknown = f(x);
    if (typeof value === 'number') return value;
    throw new ArgumentError({ operation, found: `f returned ${show(value)}`, expected: 'a number' });
  };
  return { evaluate, h: requirePositive(operation, 'h', options.h ?? STEP) };
}

/** The central difference for each element of x, in a copy of x. */
function differences<X extends Arrangement>(evaluate: () => number, x: X, h: number): X {
  const gradient = copyOf(x);
  const into = rowsOf(gradient);
  rowsOf(x).forEach((row, r) => {
    for (let i = 0; i < row.length; i++) into[r]![i] = centralDifference(evaluate, row, i, h);
  });
  return gradient;
}

/** (f(p + h) − f(p − h)) / 2h for the element p = row[i], which is restored, even when f throws. */
export function centralDifference(evaluate: () => number, row: Row, i: number, h: number = STEP): number {
  const value = row[i]!;
  try {
    row[i] = value + h;
    const above = evaluate();
    row[i] = value - h;
    const below = evaluate();
    return (above - below) / (2 * h);
  } finally {
    row[i] = value;
  }
}

function subtractScaled(x: Arrangement, gradient: Arrangement, learningRate: number): void {
  const slopes = rowsOf(gradient);
  rowsOf(x).forEach((row, r) => {
    for (let i = 0; i < row.length; i++) row[i]! -= learningRate * slopes[r]![i]!;
  });
}
