/**
 * The backend in WebAssembly with 128-bit vectors: what runs fast where there is no addon.
 *
 * Float32 is computed by the kernels of assembly/, on copies of the operands in the module's memory; float64, which is
 * for checks and figures rather than speed, and operands that do not fit in 2 GB, by the js backend.
 */

import type { Backend } from '../backend.js';
import { overKernels } from '../calls.js';
import { createJsBackend } from '../js/js.js';
import { type Instance, instantiate } from './instance.js';
import { Scratch } from './scratch.js';

/**
 * @param reason why this backend is used, one sentence for people
 * @param instance of the module that nobody else uses, if there is one already
 * @throws {BackendError} where WebAssembly or its vectors are missing
 */
export function createWasmBackend(reason: string, instance: Instance = instantiate()): Backend {
  const scratch = new Scratch(instance.memory, instance.HEAP_BASE.value);
  const js = createJsBackend('computes for the wasm backend what is not float32');
  return { name: 'wasm', reason, ...overKernels(instance, scratch, js) };
}
