/**
 * What a tensor's type says about its shape: how deep its numbers are nested. `Tensor<number[][]>` is a matrix, whose
 * `toArray` returns `number[][]`; `Tensor` alone may have any rank. At run time none of this exists.
 */

import type { NestedArray } from './nested.js';

/** A shape as an argument: one length, or a list of lengths, whose number is known where the list is written out. */
export type ShapeArgument = number | readonly number[] | readonly [];

/** An image: height, width and channels; its numbers lie in this order, those of a pixel together, as in Keras. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** The nested arrays of a tensor of this shape. */
export type ArrayOfShape<S extends ShapeArgument> = S extends readonly unknown[]
  ? number extends S['length']
    ? NestedArray
    : ArrayOfRank<S['length']>
  : number[];

type ArrayOfRank<R extends number> = R extends 0
  ? number
  : R extends 1
    ? number[]
    : R extends 2
      ? number[][]
      : R extends 3
        ? number[][][]
        : R extends 4
          ? number[][][][]
          : NestedArray;
