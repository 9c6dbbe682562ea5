/** The WebAssembly module, instantiated. */

import { platform } from '#platform';
import { BackendError } from '../../errors.js';
import type { Kernels } from '../calls.js';
import { power } from '../js/power.js';
import { MODULE_BASE64 } from './module.js';
import { RELAXED_EDITS } from './relaxed-edits.js';
import type { Memory } from './scratch.js';

/** The kernels, their memory, and where in it the kernels' own data ends. */
export interface Instance extends Kernels {
  readonly memory: Memory;
  readonly HEAP_BASE: { readonly value: number };
}

/** The part of the WebAssembly API that is used: its types belong to the DOM, which this library does not need. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
};

/** An instance, and whether its sums of products fuse multiplication and addition (relaxed SIMD). */
export interface Instantiated {
  readonly instance: Instance;
  readonly relaxed: boolean;
}

/**
 * @param relaxed whether relaxed SIMD may be used where the engine has it (Node ≥ 22)
 * @throws {BackendError} where WebAssembly or its vectors are missing
 */
export function instantiate(relaxed = true): Instantiated {
  const plain = platform.fromBase64(MODULE_BASE64);
  const imports = { losses: { log: Math.log }, arithmetic: { power } };
  for (const isRelaxed of relaxed ? [true, false] : [false]) {
    const bytes = isRelaxed ? edited(plain, RELAXED_EDITS) : plain;
    if (typeof WebAssembly !== 'object' || !WebAssembly.validate(bytes)) continue;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
    return { instance: exports as Instance, relaxed: isRelaxed };
  }
  throw new BackendError({ operation: 'createBackend', found: 'this JavaScript engine has no WebAssembly SIMD' });
}

/** The bytes after `start,removed,hex;…`: at each start, counted before any edit, some are removed and others inserted. */
function edited(bytes: Uint8Array, edits: string): Uint8Array {
  const result: number[] = [];
  let next = 0;
  for (const edit of edits.split(';')) {
    const [start, removed, hex] = edit.split(',') as [string, string, string];
    for (; next < Number(start); next++) result.push(bytes[next]!);
    for (let i = 0; i < hex.length; i += 2) result.push(Number.parseInt(hex.slice(i, i + 2), 16));
    next += Number(removed);
  }
  for (; next < bytes.length; next++) result.push(bytes[next]!);
  return Uint8Array.from(result);
}
