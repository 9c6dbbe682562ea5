/** Ways to spoil an argument of a call, by its position. */

import type { Arguments } from './calls.js';

/** Replaces the argument at a position. */
export const put =
  (position: number, value: unknown) =>
  (args: Arguments): void => {
    args[position] = value;
  };

/** Puts the arrays at two positions into one buffer, the second `offset` elements after the first. */
export const overlay =
  (first: number, second: number, offset: number) =>
  (args: Arguments): void => {
    const [a, b] = [args[first] as Float32Array, args[second] as Float32Array];
    const buffer = new ArrayBuffer(4 * (offset + a.length + b.length));
    args[first] = new (a.constructor as Float32ArrayConstructor)(buffer, 0, a.length);
    args[second] = new (b.constructor as Float32ArrayConstructor)(buffer, 4 * offset, b.length);
  };

/** Puts the array at a position into shared memory. */
export const share =
  (position: number) =>
  (args: Arguments): void => {
    const array = args[position] as Float32Array;
    const shared = new SharedArrayBuffer(array.byteLength);
    args[position] = new (array.constructor as Float32ArrayConstructor)(shared as unknown as ArrayBuffer);
  };

/** Transfers the buffer of the array at a position away. */
export const detach =
  (position: number) =>
  (args: Arguments): void => {
    const { buffer } = args[position] as Float32Array;
    structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
  };

/** Replaces fields of the shape at a position. */
export const reshape =
  (position: number, changes: Readonly<Record<string, unknown>>) =>
  (args: Arguments): void => {
    args[position] = { ...(args[position] as object), ...changes };
  };
