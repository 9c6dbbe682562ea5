/** The elementwise operations of a tensor. */

import type { Backend, BinaryOperation, UnaryOperation } from '../backend/backend.js';
import { combine } from './broadcast.js';
import { type OutOptions, resultFor, sameOrApart } from './result.js';
import type { NdArray } from './shape.js';

/**
 * Arithmetic with NumPy's broadcasting: shapes are aligned at the last axis, and lengths of 1 stretch. T is the tensor
 * type itself; Same is the type of a tensor with the axes of this one.
 *
 * Every operation takes `{ out }`: the tensor that receives the result, in place of a new one. `x.mul(2, { out: x })` doubles x
 * where it is, and a loop that reuses its tensors allocates nothing.
 *
 * @throws {ShapeError} from every operation on two tensors whose shapes do not broadcast together, or if `out` does not have the
 *   shape of the result
 * @throws {DtypeError} from every operation on a float32 and a float64 tensor
 */
export abstract class Elementwise<T extends NdArray, Same extends T = T> implements NdArray {
  abstract readonly data: NdArray['data'];
  abstract readonly shape: readonly number[];
  abstract get backend(): Backend;

  /** A tensor of these numbers on the backend of this one; `out` itself if they are its own. @internal */
  abstract resultOf(array: NdArray, options?: OutOptions): T;

  private combined(operation: string, b: unknown, how: BinaryOperation, options: OutOptions | undefined): T {
    return this.resultOf(combine(operation, this.backend, this, b, how, options), options);
  }

  private mapped(operation: string, how: UnaryOperation, options: OutOptions | undefined): Same {
    const result = resultFor(operation, this, this.shape, options);
    const { data } = result;
    this.backend.unary(data, sameOrApart(data, this.data, options), data.length, how);
    return this.resultOf(result, options) as Same;
  }

  /** a + b, broadcast as in NumPy. */
  add(b: Same | number, options?: OutOptions<T>): Same;
  /** a + b, broadcast as in NumPy. */
  add(b: T | number, options?: OutOptions<T>): T;
  add(b: T | number, options?: OutOptions<T>): T {
    return this.combined('add', b, 'add', options);
  }

  /** a − b, broadcast as in NumPy. */
  sub(b: Same | number, options?: OutOptions<T>): Same;
  /** a − b, broadcast as in NumPy. */
  sub(b: T | number, options?: OutOptions<T>): T;
  sub(b: T | number, options?: OutOptions<T>): T {
    return this.combined('sub', b, 'subtract', options);
  }

  /** a · b element by element, broadcast as in NumPy; the product of matrices is `matMul`. */
  mul(b: Same | number, options?: OutOptions<T>): Same;
  /** a · b element by element, broadcast as in NumPy; the product of matrices is `matMul`. */
  mul(b: T | number, options?: OutOptions<T>): T;
  mul(b: T | number, options?: OutOptions<T>): T {
    return this.combined('mul', b, 'multiply', options);
  }

  /** this / b; x/0 is ±∞ and 0/0 is NaN, as in NumPy. */
  div(b: Same | number, options?: OutOptions<T>): Same;
  div(b: T | number, options?: OutOptions<T>): T;
  div(b: T | number, options?: OutOptions<T>): T {
    return this.combined('div', b, 'divide', options);
  }

  /** this to the power b. 1 to any power is 1, as in NumPy and C. `pow(-1)` is 1 / this. */
  pow(b: Same | number, options?: OutOptions<T>): Same;
  pow(b: T | number, options?: OutOptions<T>): T;
  pow(b: T | number, options?: OutOptions<T>): T {
    return this.combined('pow', b, 'power', options);
  }

  /** The larger of the two, NaN if either is NaN. */
  maximum(b: Same | number, options?: OutOptions<T>): Same;
  maximum(b: T | number, options?: OutOptions<T>): T;
  maximum(b: T | number, options?: OutOptions<T>): T {
    return this.combined('maximum', b, 'maximum', options);
  }

  /** The smaller of the two, NaN if either is NaN. */
  minimum(b: Same | number, options?: OutOptions<T>): Same;
  minimum(b: T | number, options?: OutOptions<T>): T;
  minimum(b: T | number, options?: OutOptions<T>): T {
    return this.combined('minimum', b, 'minimum', options);
  }

  /** e to the power of each element. */
  exp(options?: OutOptions<T>): Same {
    return this.mapped('exp', 'exp', options);
  }

  /** The natural logarithm: −∞ of 0, NaN of negative numbers. */
  log(options?: OutOptions<T>): Same {
    return this.mapped('log', 'log', options);
  }

  /** The square root: NaN of negative numbers. */
  sqrt(options?: OutOptions<T>): Same {
    return this.mapped('sqrt', 'sqrt', options);
  }

  /** The absolute value. */
  abs(options?: OutOptions<T>): Same {
    return this.mapped('abs', 'abs', options);
  }

  /** −a. */
  neg(options?: OutOptions<T>): Same {
    return this.mapped('neg', 'negate', options);
  }
}
