/** The part of a tensor that computes element by element. */

import { combine, mapElements, power } from './broadcast.js';
import type { NdArray } from './shape.js';

/**
 * Arithmetic with NumPy's broadcasting: shapes are aligned at the last axis, and lengths of 1 stretch. T is the tensor
 * type itself.
 *
 * @throws {ShapeError} from every operation on two tensors whose shapes do not go together
 * @throws {DtypeError} from every operation on a float32 and a float64 tensor
 */
export abstract class Elementwise<T extends NdArray> implements NdArray {
  abstract readonly data: NdArray['data'];
  abstract readonly shape: readonly number[];

  /** A tensor of these numbers on the backend of this one. @internal */
  abstract like(array: NdArray): T;

  add(b: T | number): T {
    return this.like(combine('add', this, b, (x, y) => x + y));
  }

  sub(b: T | number): T {
    return this.like(combine('sub', this, b, (x, y) => x - y));
  }

  mul(b: T | number): T {
    return this.like(combine('mul', this, b, (x, y) => x * y));
  }

  /** this / b; x/0 is ±∞ and 0/0 is NaN, as in NumPy. */
  div(b: T | number): T {
    return this.like(combine('div', this, b, (x, y) => x / y));
  }

  /** this to the power b. 1 to any power is 1, as in NumPy and C. */
  pow(b: T | number): T {
    return this.like(combine('pow', this, b, power));
  }

  /** The greater of the two, NaN if either is. */
  maximum(b: T | number): T {
    return this.like(combine('maximum', this, b, Math.max));
  }

  /** The smaller of the two, NaN if either is. */
  minimum(b: T | number): T {
    return this.like(combine('minimum', this, b, Math.min));
  }

  exp(): T {
    return this.like(mapElements(this, Math.exp));
  }

  /** The natural logarithm: −∞ of 0, NaN of negative numbers. */
  log(): T {
    return this.like(mapElements(this, Math.log));
  }

  sqrt(): T {
    return this.like(mapElements(this, Math.sqrt));
  }

  abs(): T {
    return this.like(mapElements(this, Math.abs));
  }

  neg(): T {
    return this.like(mapElements(this, (x) => -x));
  }
}
