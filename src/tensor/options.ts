/** The options that tensor operations take, and their checks. */

import { type Backend, DTYPES, type Dtype } from '../backend/backend.js';
import type { BackendChoice } from '../backend/choose/load.js';
import { ArgumentError, show } from '../errors.js';
import { checkOptions, requireOneOf } from '../options.js';
import { REDUCE_OPTIONS } from './reduce.js';
import type { OutOptions } from './result.js';
import type { NdArray } from './shape.js';

/** Where a new tensor's numbers live. */
export interface CreateOptions {
  /** Default float32. */
  readonly dtype?: Dtype | undefined;
  /** A backend or its name; default the one that `defaultBackend()` gives. */
  readonly backend?: Backend | BackendChoice | undefined;
}

export interface NormalOptions extends CreateOptions {
  /** Default 0. */
  readonly mean?: number | undefined;
  /** Standard deviation, default 1. */
  readonly std?: number | undefined;
  /** An integer in [0, 2³²); default random. */
  readonly seed?: number | undefined;
}

export interface UniformOptions extends CreateOptions {
  /** Default 0; may be drawn. */
  readonly low?: number | undefined;
  /** Default 1; never drawn, but a float32 may be rounded up to it. */
  readonly high?: number | undefined;
  /** An integer in [0, 2³²); default random. */
  readonly seed?: number | undefined;
}

/** What becomes of the reduced axis, and where the result goes. */
export interface ReduceOptions<T = NdArray> extends OutOptions<T> {
  /** Whether the reduced axis stays, with length 1, so that the result broadcasts with the tensor. Default false. */
  readonly keepDims?: boolean | undefined;
}

/**
 * Checks the options of a new tensor; `further` are those of this operation alone.
 *
 * @returns the dtype asked for, if any
 */
export function checkCreateOptions(
  operation: string,
  options: CreateOptions,
  further: readonly string[] = [],
): Dtype | undefined {
  checkOptions(operation, options, ['dtype', 'backend', ...further]);
  return options.dtype === undefined ? undefined : requireOneOf(operation, 'dtype', options.dtype, DTYPES);
}

/** @returns keepDims, false by default */
export function checkKeepDims(operation: string, options: ReduceOptions): boolean {
  checkOptions(operation, options, REDUCE_OPTIONS);
  const { keepDims = false } = options;
  if (typeof keepDims === 'boolean') return keepDims;
  throw new ArgumentError({ operation, found: `keepDims is ${show(keepDims)}`, expected: 'true or false' });
}
