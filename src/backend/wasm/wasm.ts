/**
 * The backend in WebAssembly with 128-bit vectors: the fast one where there is no addon.
 *
 * The kernels of assembly/ compute float32, on copies of the operands in the module's memory. The js backend computes
 * float64, which is for checks rather than speed, and operands that do not fit in 2 GB.
 */

import type { Backend } from '../backend.js';
import { overKernels } from '../calls.js';
import { createJsBackend } from '../js/js.js';
import { type Instance, instantiate } from './instance.js';
import { Scratch } from './scratch.js';

/**
 * @param reason why this backend is used, in one sentence
 * @param instance an instance of the module that nothing else uses, if there is one already
 * @throws {BackendError} where WebAssembly or its vectors are missing
 */
export function createWasmBackend(reason: string, instance: Instance = instantiate()): Backend {
  const scratch = new Scratch(instance.memory, instance.HEAP_BASE.value);
  const js = createJsBackend('computes what the wasm backend does not');
  return { name: 'wasm', reason, ...overKernels(instance, scratch, js) };
}
