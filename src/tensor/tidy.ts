/**
 * Memory of results that nobody needs any more, for the next ones.
 *
 * NumPy frees an array at once, so the next result lies in memory that is still in the cache. JavaScript frees when the garbage
 * collector comes, after some 32 MB of results. With `tidy` a program says where results end.
 */

import { allocateUnwritten, type Dtype, type Floats } from '../backend/backend.js';
import { StateError } from '../errors.js';
import { hasEnded, howLost, isNamed, markEnded } from '../identity.js';
import { requireFunction, requireNoPromise } from '../options.js';

/** Buffers by their number of bytes. */
type Stock = Map<number, ArrayBuffer[]>;

/** The results of the innermost running `tidy`; undefined outside of any. */
let results: ArrayBuffer[] | undefined;

/** Memory of results that ended since the outermost `tidy` began, and what the call before it left. */
let [freed, spare]: [Stock, Stock] = [new Map(), new Map()];

/**
 * Calls f and returns what it returns. Results of tensor operations that f made and did not return end with it: their memory serves
 * the next results, so a loop of `tidy(() => step(…))` stays in the cache. What it computes is the same.
 *
 * Results are what the operations with an option `out` return. Those that f returns stay, also within arrays, plain objects, Maps and
 * Sets; and so do all other tensors, among them copies by `clone`. If f returns what cannot be looked into, a Dataset, a network or a
 * function, all results stay. A result that ended has no elements left: operations refuse it, and its `data` and all parts of it have
 * length 0. Calls may be nested. The memory of the last outermost call is kept for the next one.
 *
 * @throws {ArgumentError} if f is not a function, or returns a promise: it must be done when it returns
 * @example const loss = tidy(() => x.matMul(w).sub(t).pow(2).mean())
 */
export function tidy<R>(f: () => R): R {
  requireFunction('tidy', 'f', f);
  const [outer, own]: [ArrayBuffer[] | undefined, ArrayBuffer[]] = [results, []];
  results = own;
  let returned: R | undefined;
  try {
    returned = f();
    return requireNoPromise('tidy', 'f', returned, DONE);
  } finally {
    results = outer;
    const needed = buffersWithin(returned);
    for (const buffer of own) {
      if (needed?.has(buffer) ?? true) outer?.push(buffer);
      else end(buffer);
    }
    if (outer === undefined) [freed, spare] = [new Map(), freed];
  }
}

/** The array of a result, whose elements are yet to be written: within `tidy` from memory of results that ended, if there is any. */
export function resultArray(dtype: Dtype, n: number): Floats {
  if (results === undefined || n === 0) return allocateUnwritten(dtype, n);
  const bytes = n * (dtype === 'float32' ? 4 : 8);
  const buffer = freed.get(bytes)?.pop() ?? spare.get(bytes)?.pop();
  const data =
    buffer === undefined
      ? allocateUnwritten(dtype, n)
      : dtype === 'float32'
        ? new Float32Array(buffer)
        : new Float64Array(buffer);
  results.push(data.buffer as ArrayBuffer);
  return data;
}

/**
 * Takes the memory away from the buffer. So whoever still holds a view of it finds it empty, and never the numbers of another
 * result.
 */
function end(buffer: ArrayBuffer & { transfer?(): ArrayBuffer }): void {
  const bytes = buffer.byteLength;
  if (bytes === 0) return; // the caller has transferred it
  markEnded(buffer);
  const memory = buffer.transfer?.() ?? structuredClone(buffer, { transfer: [buffer] }); // Node 20 has no transfer()
  const alike = freed.get(bytes);
  if (alike === undefined) freed.set(bytes, [memory]);
  else alike.push(memory);
}

/** @throws {StateError} if the array was that of a result that ended */
export function refuseEnded(operation: string, argument: string, array: { readonly buffer: ArrayBufferLike }): void {
  if (!hasEnded(array)) return;
  throw new StateError({
    operation,
    found: `${argument} ${howLost(array)}`,
    fix: 'Return it from there, or keep a clone()',
  });
}

/**
 * The memory of all arrays that a value consists of; undefined where it holds what cannot be looked into: a function, or an object of
 * another class, such as a Dataset with its private fields.
 */
function buffersWithin(value: unknown): Set<ArrayBufferLike> | undefined {
  const [buffers, seen] = [new Set<ArrayBufferLike>(), new Set<object>()];
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'function') return undefined;
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (ArrayBuffer.isView(next)) buffers.add(next.buffer);
    else if (next instanceof ArrayBuffer) buffers.add(next);
    else if (isNamed(next, 'Tensor')) left.push((next as { readonly data?: unknown }).data);
    else if (Array.isArray(next) || next instanceof Map || next instanceof Set)
      for (const part of next) left.push(part);
    else if (isPlain(next)) for (const part of Object.values(next)) left.push(part);
    else return undefined;
  }
  return buffers;
}

/** Whether it is an object of no class: what `{}` or `Object.create(null)` made. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What f does after it has returned would be done without its results. */
const DONE = { expected: 'a function that is done when it returns, because its results end then' };
