/** How far predicted values are from the targets. Of several outputs each figure is the mean of the outputs' own. */

import { ArgumentError, DataError, ShapeError } from '../errors.js';
import { isInstance } from '../identity.js';
import { readNested } from '../tensor/nested.js';
import { formatShape, placeOf } from '../tensor/shape.js';
import { Tensor } from '../tensor/tensor.js';
import { borrowable } from '../tensor/typed.js';
import type { Values } from '../tensor/values.js';

/**
 * Sums over rows of targets and predictions, from which all figures come. The spread of the targets is summed around their
 * running mean (Welford), so that targets far from 0 keep their digits.
 */
export class RegressionSums {
  rows = 0;
  private readonly absolute: Float64Array;
  private readonly squared: Float64Array;
  private readonly mean: Float64Array;
  private readonly spread: Float64Array;

  constructor(private readonly width: number) {
    const zeros = (): Float64Array => new Float64Array(width);
    [this.absolute, this.squared, this.mean, this.spread] = [zeros(), zeros(), zeros(), zeros()];
  }

  /** Adds rows of `width` numbers. */
  add(targets: ArrayLike<number>, predicted: ArrayLike<number>): void {
    const { width, absolute, squared, mean, spread } = this;
    for (let start = 0; start < targets.length; start += width) {
      this.rows++;
      for (let j = 0; j < width; j++) {
        const target = targets[start + j]!;
        const error = predicted[start + j]! - target;
        absolute[j]! += Math.abs(error);
        squared[j]! += error * error;
        const before = target - mean[j]!;
        mean[j]! += before / this.rows;
        spread[j]! += before * (target - mean[j]!);
      }
    }
  }

  get rmse(): number {
    return average(this.squared.map((sum) => Math.sqrt(sum / this.rows)));
  }

  get mae(): number {
    return average(this.absolute.map((sum) => sum / this.rows));
  }

  /** A constant target is explained by itself only: 1 where it is met exactly, else 0. */
  get r2Score(): number {
    return average(
      this.squared.map((sum, j) => (this.spread[j] === 0 ? Number(sum === 0) : 1 - sum / this.spread[j]!)),
    );
  }
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The root mean square error, in the unit of the targets.
 *
 * @param targets N values, or rows of several, (N, outputs)
 * @param predicted what `net.predict` answered for the same rows
 * @throws {ShapeError} unless there are as many values as targets, {DataError} if there are none
 * @throws {ArgumentError} for a value that is not finite
 * @example rmse([3, 5], [[2], [7]])   // 1.5811388300841898
 */
export function rmse(targets: Values, predicted: Values): number {
  return sumsOf('rmse', targets, predicted).rmse;
}

/**
 * The mean absolute error, in the unit of the targets. Arguments and errors as of `rmse`.
 *
 * @example mae([3, 5], [[2], [7]])   // 1.5
 */
export function mae(targets: Values, predicted: Values): number {
  return sumsOf('mae', targets, predicted).mae;
}

/**
 * R², the share of the targets' variance that the predictions explain: 1 at best, 0 for predicting the mean, below 0 for
 * worse. Arguments and errors as of `rmse`; at least 2 rows. A constant target gives 1 where every prediction meets it,
 * else 0.
 *
 * @example r2Score([1, 2, 3], [1.1, 1.9, 3.2])   // 0.97
 */
export function r2Score(targets: Values, predicted: Values): number {
  const sums = sumsOf('r2Score', targets, predicted);
  if (sums.rows >= 2) return sums.r2Score;
  throw new DataError({
    operation: 'r2Score',
    found: 'targets has 1 row',
    expected: 'at least 2: one has no variance',
  });
}

function sumsOf(operation: string, targets: unknown, predicted: unknown): RegressionSums {
  const t = readRows(operation, 'targets', targets);
  const y = readRows(operation, 'predicted', predicted);
  if (t.rows !== y.rows || t.width !== y.width) {
    throw new ShapeError({
      operation,
      found: `predicted has shape ${formatShape(y.shape)}`,
      expected: `${formatShape(t.shape)}, as targets`,
    });
  }
  const sums = new RegressionSums(t.width);
  sums.add(t.data, y.data);
  return sums;
}

/** Finite numbers as rows; a list of N numbers is N rows of one. */
export function readRows(
  operation: string,
  argument: string,
  values: unknown,
): {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly rows: number;
  readonly width: number;
} {
  const { data, shape } = isInstance(values, Tensor)
    ? values
    : (borrowable(operation, argument, values) ?? readNested(operation, argument, values, 'float64'));
  if (shape.length !== 1 && shape.length !== 2) {
    throw new ShapeError({
      operation,
      found: `${argument} has shape ${formatShape(shape)}`,
      expected: '[N] or [N, outputs]',
    });
  }
  const [rows, width = 1] = shape as [number, number?];
  if (data.length === 0)
    throw new DataError({ operation, found: `${argument} is empty`, expected: 'at least one row' });
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new ArgumentError({
      operation,
      found: `${argument}${placeOf(i, shape)} is ${data[i]}`,
      expected: 'a finite number',
    });
  }
  return { data, shape, rows, width };
}
