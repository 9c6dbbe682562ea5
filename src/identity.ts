/**
 * What a value is, whichever realm or copy of this package made it.
 *
 * `instanceof` depends on where a value was made. It does not recognise the typed arrays of another realm (Node's `vm`,
 * a Jest test), nor the objects of a second copy of this package: npm installs one if two versions are required, and
 * test runners load modules anew. So arrays are recognised by their tag, and objects of this package by a brand. Both
 * try `instanceof` first, because it is cheap and nearly always decides.
 */

import { platform } from '#platform';
import { VERSION } from './version.js';

export type TypedArrayName =
  | 'Int8Array'
  | 'Uint8Array'
  | 'Uint8ClampedArray'
  | 'Int16Array'
  | 'Uint16Array'
  | 'Int32Array'
  | 'Uint32Array'
  | 'Float32Array'
  | 'Float64Array'
  | 'BigInt64Array'
  | 'BigUint64Array';

/** The getter that all typed arrays inherit; unlike a property, it cannot be faked. */
const tag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!;

/** The kind of a typed array of any realm, undefined for every other value. A Buffer of Node is a Uint8Array. */
export function typedArrayName(value: unknown): TypedArrayName | undefined {
  return tag.call(value) as TypedArrayName | undefined;
}

/** The getter of `length`, by which an array cannot lie about its own. */
const length = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'length')!.get!;

/**
 * The elements of a typed array, 0 of one whose buffer was transferred.
 *
 * The property does not do: code that V8 (of Node 20) has compiled after it saw an array over a resizable buffer reads the old
 * length of a transferred one. Calling the getter does not get compiled that way, and takes as long.
 */
export function lengthOf(array: ArrayLike<unknown>): number {
  return length.call(array) as number;
}

export function isFloat32(value: unknown): value is Float32Array {
  return value instanceof Float32Array || typedArrayName(value) === 'Float32Array';
}

export function isFloat64(value: unknown): value is Float64Array {
  return value instanceof Float64Array || typedArrayName(value) === 'Float64Array';
}

export function isFloats(value: unknown): value is Float32Array | Float64Array {
  if (value instanceof Float32Array || value instanceof Float64Array) return true;
  const name = typedArrayName(value);
  return name === 'Float32Array' || name === 'Float64Array';
}

export function isInt32(value: unknown): value is Int32Array {
  return value instanceof Int32Array || typedArrayName(value) === 'Int32Array';
}

export function isUint8(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array || typedArrayName(value) === 'Uint8Array';
}

/** Whether an array's memory is shared with Workers, which may change it at any time. */
export function isShared(array: { readonly buffer: ArrayBufferLike }): boolean {
  return array.buffer[Symbol.toStringTag] === 'SharedArrayBuffer';
}

/** Whether the value is a class: it can only be called with `new`. */
export function isClass(value: unknown): value is new (...inputs: never[]) => unknown {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}

/** The mark of memory that a `tidy` has ended, the same in every copy of this package. */
const ENDED = Symbol.for('zerokara.ended');

/** Marks a buffer whose memory a `tidy` takes away, for the messages of whoever meets it later. */
export function markEnded(buffer: ArrayBuffer & { [ENDED]?: true }): void {
  buffer[ENDED] = true;
}

/** Whether the array was that of a result that ended with its `tidy` (tensor/tidy.ts). */
export const hasEnded = ({ buffer }: { readonly buffer: ArrayBufferLike }): boolean => ENDED in buffer;

/** How an array lost its memory, after its name: `x is detached (its buffer was transferred)`. */
export function howLost(array: { readonly buffer: ArrayBufferLike }): string {
  return hasEnded(array) ? 'was made within a tidy that has ended' : 'is detached (its buffer was transferred)';
}

/** A copy of this package: its version, and where it is. */
export interface Copy {
  readonly version: string;
  readonly place: string;
}

/** This copy. */
export const THIS_COPY: Copy = { version: VERSION, place: platform.place };

/** A class; its constructor may be private. */
interface Class<T> {
  readonly prototype: T;
}

const brands = new WeakMap<Class<unknown>, symbol>();

/**
 * Gives a class its name in the source. Bundlers rename classes, but files, messages and summaries contain their names.
 *
 * @example class Affine { static { keepName(Affine, 'Affine'); } }
 */
export function keepName(of: Class<object>, name: string): void {
  Object.defineProperty(of, 'name', { value: name });
}

const brandOf = (name: string): symbol => Symbol.for(`zerokara.${name}`);

/** Marks a class of this package, so that other copies recognise its objects. */
export function brand(of: Class<object>, name: string): void {
  keepName(of, name);
  const symbol = brandOf(name);
  brands.set(of, symbol);
  Object.defineProperty(of.prototype, symbol, { value: THIS_COPY });
}

/** Whether the value is an object of this class, or of the same class in another copy of the same version. */
export function isInstance<T>(value: unknown, of: Class<T>): value is T {
  return value instanceof (of as unknown as new () => T) || copyOf(value, of)?.version === VERSION;
}

/** The same by the name of the class, whose module need not be loaded for it. */
export function isNamed(value: unknown, name: string): boolean {
  return (value as Record<symbol, Copy | undefined> | undefined | null)?.[brandOf(name)]?.version === VERSION;
}

/** The copy of this package whose class made the object; undefined if it is not an object of that class. */
export function copyOf(value: unknown, of: Class<unknown>): Copy | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Record<symbol, Copy | undefined>)[brands.get(of)!];
}
