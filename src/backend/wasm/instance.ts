/** The WebAssembly module, instantiated. */

import { BackendError } from '../../errors.js';
import type { Kernels } from '../calls.js';
import { power } from '../js/power.js';
import { MODULE_TEXT } from './module.js';
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
  const plain = bytesOf(MODULE_TEXT);
  const imports = { losses: { log: Math.log }, arithmetic: { power } };
  for (const isRelaxed of relaxed ? [true, false] : [false]) {
    const bytes = isRelaxed ? edited(plain, RELAXED_EDITS) : plain;
    if (typeof WebAssembly !== 'object' || !WebAssembly.validate(bytes)) continue;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
    return { instance: exports as Instance, relaxed: isRelaxed };
  }
  throw new BackendError({ operation: 'createBackend', found: 'this JavaScript engine has no WebAssembly SIMD' });
}

/** The bytes of text that scripts/build-wasm.mjs wrote, and describes. */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let page = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 96) {
      page = 48 * (code - 96);
    } else {
      bytes[length++] = page + code - 43;
      page = 0;
    }
  }
  return bytes.subarray(0, length);
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
