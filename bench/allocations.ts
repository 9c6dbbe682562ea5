/** What a step leaves for the garbage collector. */

import { median } from '../src/bench/statistics.js';

/** The common base of the typed array constructors, which is not a global. */
const TypedArray = Object.getPrototypeOf(Float32Array) as { prototype: Record<string, unknown> };
const CONSTRUCTORS = ['Float32Array', 'Float64Array', 'Int32Array', 'Uint8Array', 'ArrayBuffer'] as const;
const METHODS = ['subarray', 'slice', 'map', 'filter'] as const;

/** How much is run. */
interface Extent {
  /** Steps before the first window. */
  readonly warmUp: number;
  readonly windows: number;
  /** Steps of one window: whole epochs, because an epoch's batches are drawn at its start. */
  readonly steps: number;
}

/** For a step of a fraction of a millisecond. */
const LONG: Extent = { warmUp: 2_000, windows: 15, steps: 240 };

/** Bytes of JavaScript heap and typed arrays created by a warm step. */
export function allocations(
  step: () => unknown,
  { warmUp, windows, steps }: Extent = LONG,
): { 'heap bytes per step': number; 'typed arrays per step': number } {
  for (let i = 0; i < warmUp; i++) step();
  return {
    'heap bytes per step': heapBytes(step, windows, steps) / steps,
    'typed arrays per step': typedArrays(step, steps) / steps,
  };
}

/** The median of several windows, each starting with an empty young generation, so that no collection happens within it. */
function heapBytes(step: () => unknown, count: number, steps: number): number {
  const { gc } = globalThis as { gc?: () => void };
  const windows = Array.from({ length: count }, () => {
    gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < steps; i++) step();
    return process.memoryUsage().heapUsed - before;
  });
  return median(windows);
}

/** Counts constructions by replacing the constructors and the methods that create arrays. */
function typedArrays(step: () => unknown, steps: number): number {
  let count = 0;
  const globals = globalThis as unknown as Record<string, new (...args: unknown[]) => object>;
  const constructors = CONSTRUCTORS.map((name) => [name, globals[name]!] as const);
  const methods = METHODS.map((name) => [name, TypedArray.prototype[name] as (...args: unknown[]) => unknown] as const);
  for (const [name, original] of constructors) {
    globals[name] = new Proxy(original, {
      construct(target, args, newTarget) {
        count++;
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
  }
  for (const [name, original] of methods) {
    TypedArray.prototype[name] = function (this: unknown, ...args: unknown[]) {
      count++;
      return original.apply(this, args);
    };
  }
  try {
    for (let i = 0; i < steps; i++) step();
  } finally {
    for (const [name, original] of constructors) globals[name] = original;
    for (const [name, original] of methods) TypedArray.prototype[name] = original;
  }
  return count;
}
