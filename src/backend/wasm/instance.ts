/** The WebAssembly module, instantiated. */

import { platform } from '#platform';
import { BackendError } from '../../errors.js';
import type { Kernels } from '../calls.js';
import { MODULE_BASE64 } from './module.js';
import type { Memory } from './scratch.js';

/** The module: its kernels, its memory, and where in it the kernels' own data ends. */
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

/** @throws {BackendError} where WebAssembly or its vectors are missing */
export function instantiate(): Instance {
  const bytes = platform.fromBase64(MODULE_BASE64);
  if (typeof WebAssembly !== 'object' || !WebAssembly.validate(bytes)) {
    throw new BackendError({ operation: 'createBackend', found: 'this JavaScript engine has no WebAssembly SIMD' });
  }
  const imports = { losses: { log: Math.log } };
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports as Instance;
}
