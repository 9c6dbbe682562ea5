/** The elementwise operations of a tensor. */

import { combine, mapElements, power } from './broadcast.js';
import type { NdArray } from './shape.js';

/**
 * Arithmetic with NumPy's broadcasting: shapes are aligned at the last axis, and lengths of 1 stretch. T is the tensor
 * type itself; Same is the type of a tensor with the axes of this one.
 *
 * @throws {ShapeError} from every operation on two tensors whose shapes do not broadcast together
 * @throws {DtypeError} from every operation on a float32 and a float64 tensor
 */
export abstract class Elementwise<T extends NdArray, Same extends T = T> implements NdArray {
  abstract readonly data: NdArray['data'];
  abstract readonly shape: readonly number[];

  /** A tensor of these numbers on the backend of this one. @internal */
  abstract like(array: NdArray): T;

  /** The same, for numbers with the axes of this one. */
  private same(array: NdArray): Same {
    return this.like(array) as Same;
  }

  /** a + b, broadcast as in NumPy. */
  add(b: number): Same;
  /** a + b, broadcast as in NumPy. */
  add(b: T | number): T;
  add(b: T | number): T {
    return this.like(combine('add', this, b, (x, y) => x + y));
  }

  /** a − b, broadcast as in NumPy. */
  sub(b: number): Same;
  /** a − b, broadcast as in NumPy. */
  sub(b: T | number): T;
  sub(b: T | number): T {
    return this.like(combine('sub', this, b, (x, y) => x - y));
  }

  /** a · b element by element, broadcast as in NumPy; the product of matrices is `matMul`. */
  mul(b: number): Same;
  /** a · b element by element, broadcast as in NumPy; the product of matrices is `matMul`. */
  mul(b: T | number): T;
  mul(b: T | number): T {
    return this.like(combine('mul', this, b, (x, y) => x * y));
  }

  /** this / b; x/0 is ±∞ and 0/0 is NaN, as in NumPy. */
  div(b: number): Same;
  div(b: T | number): T;
  div(b: T | number): T {
    return this.like(combine('div', this, b, (x, y) => x / y));
  }

  /** this to the power b. 1 to any power is 1, as in NumPy and C. */
  pow(b: number): Same;
  pow(b: T | number): T;
  pow(b: T | number): T {
    return this.like(combine('pow', this, b, power));
  }

  /** The larger of the two, NaN if either is NaN. */
  maximum(b: number): Same;
  maximum(b: T | number): T;
  maximum(b: T | number): T {
    return this.like(combine('maximum', this, b, Math.max));
  }

  /** The smaller of the two, NaN if either is NaN. */
  minimum(b: number): Same;
  minimum(b: T | number): T;
  minimum(b: T | number): T {
    return this.like(combine('minimum', this, b, Math.min));
  }

  /** e to the power of each element. */
  exp(): Same {
    return this.same(mapElements(this, Math.exp));
  }

  /** The natural logarithm: −∞ of 0, NaN of negative numbers. */
  log(): Same {
    return this.same(mapElements(this, Math.log));
  }

  /** The square root: NaN of negative numbers. */
  sqrt(): Same {
    return this.same(mapElements(this, Math.sqrt));
  }

  /** The absolute value. */
  abs(): Same {
    return this.same(mapElements(this, Math.abs));
  }

  /** −a. */
  neg(): Same {
    return this.same(mapElements(this, (x) => -x));
  }
}
