/** What a step leaves for the garbage collector. */

import { median } from '../src/bench/statistics.js';

/** Steps of one window: three epochs of J1, because an epoch's batches are drawn at its start. */
const STEPS = 240;

/** The common base of the typed array constructors, which is not a global. */
const TypedArray = Object.getPrototypeOf(Float32Array) as { prototype: Record<string, unknown> };
const CONSTRUCTORS = ['Float32Array', 'Float64Array', 'Int32Array', 'Uint8Array', 'ArrayBuffer'] as const;
const METHODS = ['subarray', 'slice', 'map', 'filter'] as const;

/** Bytes of JavaScript heap and typed arrays created by a warm step. */
export function allocations(step: () => unknown): { 'heap bytes per step': number; 'typed arrays per step': number } {
  for (let i = 0; i < 2_000; i++) step();
  return { 'heap bytes per step': heapBytes(step) / STEPS, 'typed arrays per step': typedArrays(step) / STEPS };
}

/** The median of several windows, each starting with an empty young generation, so that no collection happens within it. */
function heapBytes(step: () => unknown): number {
  const { gc } = globalThis as { gc?: () => void };
  const windows = Array.from({ length: 15 }, () => {
    gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < STEPS; i++) step();
    return process.memoryUsage().heapUsed - before;
  });
  return median(windows);
}

/** Counts constructions by replacing the constructors and the methods that create arrays. */
function typedArrays(step: () => unknown): number {
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
    for (let i = 0; i < STEPS; i++) step();
  } finally {
    for (const [name, original] of constructors) globals[name] = original;
    for (const [name, original] of methods) TypedArray.prototype[name] = original;
  }
  return count;
}
