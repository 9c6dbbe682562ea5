/** New tensors' numbers: constants, sequences, random draws. */

import { allocate, type Dtype } from '../backend/backend.js';
import { ArgumentError, show } from '../errors.js';
import { requireFinite, requireInteger, requireNonNegative } from '../options.js';
import { Random, resolveSeed } from '../random.js';
import { checkShape, type NdArray, sizeOf } from './shape.js';

export function filled(operation: string, shape: unknown, value: unknown, dtype: Dtype): NdArray {
  const dimensions = checkShape(operation, shape);
  const number = requireNumber(operation, 'value', value);
  const data = allocate(dtype, sizeOf(dimensions), operation);
  // New arrays are zeros already; writing them would make the system provide the memory at once.
  if (!Object.is(number, 0)) data.fill(number);
  return { data, shape: dimensions };
}

/** The identity matrix: ones on the diagonal. */
export function identityMatrix(operation: string, n: unknown, dtype: Dtype): NdArray {
  const size = requireInteger(operation, 'n', n, 0);
  const data = allocate(dtype, sizeOf(checkShape(operation, [size, size])), operation);
  for (let i = 0; i < size; i++) data[i * size + i] = 1;
  return { data, shape: [size, size] };
}

/** start, start + step, start + 2 · step … up to but not including stop. */
export function sequence(operation: string, bounds: readonly unknown[], dtype: Dtype): NdArray {
  const [start, stop, step = 1] = bounds.length === 1 ? [0, bounds[0]] : bounds;
  const from = requireFinite(operation, 'start', start);
  const to = requireFinite(operation, 'stop', stop);
  const by = requireFinite(operation, 'step', step);
  if (by === 0)
    throw new ArgumentError({ operation, found: 'step is 0', expected: 'a step that gets from start to stop' });
  const n = Math.max(0, Math.ceil((to - from) / by));
  const data = allocate(dtype, sizeOf(checkShape(operation, [n])), operation);
  for (let i = 0; i < n; i++) data[i] = from + i * by;
  return { data, shape: [n] };
}

export function normalDraws(
  operation: string,
  shape: unknown,
  { mean = 0, std = 1, seed }: { mean?: number | undefined; std?: number | undefined; seed?: number | undefined },
  dtype: Dtype,
): NdArray {
  const centre = requireFinite(operation, 'mean', mean);
  const spread = requireNonNegative(operation, 'std', std);
  return draws(operation, shape, seed, dtype, (random) => centre + spread * random.normal());
}

export function uniformDraws(
  operation: string,
  shape: unknown,
  { low = 0, high = 1, seed }: { low?: number | undefined; high?: number | undefined; seed?: number | undefined },
  dtype: Dtype,
): NdArray {
  const from = requireFinite(operation, 'low', low);
  const to = requireFinite(operation, 'high', high);
  if (to < from)
    throw new ArgumentError({ operation, found: `high is ${show(high)}`, expected: `at least low, ${show(low)}` });
  return draws(operation, shape, seed, dtype, (random) => from + (to - from) * random.uniform());
}

function draws(
  operation: string,
  shape: unknown,
  seed: number | undefined,
  dtype: Dtype,
  draw: (random: Random) => number,
): NdArray {
  const dimensions = checkShape(operation, shape);
  const random = new Random(resolveSeed(operation, seed), 'data');
  const data = allocate(dtype, sizeOf(dimensions), operation);
  for (let i = 0; i < data.length; i++) data[i] = draw(random);
  return { data, shape: dimensions };
}

function requireNumber(operation: string, name: string, value: unknown): number {
  if (typeof value === 'number') return value;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'a number' });
}
