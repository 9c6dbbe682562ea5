/** Functions of numbers, lists and tensors alike: the result is of the same kind as the argument. */

import { allocateUnwritten, type Backend, type Floats } from '../backend/backend.js';
import { DtypeError, show } from '../errors.js';
import { isFloats, isInstance } from '../identity.js';
import { requireMemory } from '../tensor/memory.js';
import { isIntegers, readNested, toNested } from '../tensor/nested.js';
import type { NdArray } from '../tensor/shape.js';
import { Tensor } from '../tensor/tensor.js';

/** Nested JavaScript arrays of numbers. */
export type NestedList = readonly (number | NestedList)[];

/** What the functions take: a number, a list, a typed array of floats, a tensor. */
export type Numeric = number | NestedList | Floats | Tensor;

/** The kind of result for an argument of type X: number for number, number[][] for number[][], Tensor for Tensor. */
export type SameKind<X> = X extends number
  ? number
  : X extends Tensor<infer A>
    ? Tensor<A>
    : X extends Float32Array
      ? Float32Array
      : X extends Float64Array
        ? Float64Array
        : X extends readonly (infer E)[]
          ? SameKind<E>[]
          : never;

/** f by a backend: writes the result, as many numbers as x has. */
export type OnBackend = (backend: Backend, out: Floats, x: NdArray) => void;

/**
 * f of an argument of any kind, as a new value of the same kind. Numbers and lists are computed in float64.
 *
 * @param onBackend f of a float32 tensor on its backend. float64 has the digits that lists have.
 * @throws {DtypeError} for a typed array of integers, which cannot hold the result
 * @throws {ShapeError} for rows of different lengths
 * @throws {ArgumentError} for anything but numbers
 */
export function inKind<X extends Numeric>(
  operation: string,
  x: X,
  f: (x: NdArray) => NdArray,
  onBackend?: OnBackend,
): SameKind<X> {
  const compute = (value: Numeric): unknown => {
    if (isInstance(value, Tensor)) {
      requireMemory(operation, 'x', value);
      if (onBackend === undefined || value.dtype !== 'float32') return value.like(f(value));
      const out = allocateUnwritten('float32', value.size);
      onBackend(value.backend, out, value);
      return value.resultOf({ data: out, shape: value.shape });
    }
    if (isFloats(value)) return f({ data: value, shape: [value.length] }).data;
    refuseIntegers(operation, value);
    return toNested(f(readNested(operation, 'x', value, 'float64')));
  };
  return compute(x) as SameKind<X>;
}

function refuseIntegers(operation: string, value: unknown): void {
  if (!isIntegers(value)) return;
  throw new DtypeError({
    operation,
    found: `x is ${show(value)}`,
    expected: 'floats, because the result is of the same kind and not an integer',
    fix: 'Convert it with Float64Array.from(x)',
  });
}
