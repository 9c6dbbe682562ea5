/**
 * The backend in WebAssembly with 128-bit vectors: the fast one where there is no addon.
 *
 * The kernels of assembly/ compute float32, on copies of the operands in the module's memory. The js backend computes
 * float64, which is for checks rather than speed, and operands that do not fit in 2 GB.
 */

import type { Backend } from '../backend.js';
import { overKernels } from '../calls.js';
import { createJsBackend } from '../js/js.js';
import { type Instantiated, instantiate } from './instance.js';
import { Scratch } from './scratch.js';

/**
 * @param reason why this backend is used, in one sentence
 * @param instantiated an instance that nothing else uses, if there is one already
 * @throws {BackendError} where WebAssembly or its vectors are missing
 */
export function createWasmBackend(reason: string, { instance, relaxed }: Instantiated = instantiate()): Backend {
  const scratch = new Scratch(instance.memory, instance.HEAP_BASE.value);
  const js = createJsBackend('computes what the wasm backend does not');
  const why = relaxed ? `${reason}; relaxed SIMD fuses multiplication and addition in sums of products` : reason;
  return { name: 'wasm', reason: why, ...overKernels(instance, scratch, js) };
}
