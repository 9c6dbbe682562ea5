import type { Backend } from '../../src/backend/backend.js';
import { availableBackends } from './backends.js';
import { LONG } from './long.js';

/** The backends that tests above the waist run on, fastest first. */
export function runnableBackends(): readonly Backend[] {
  return availableBackends().flatMap(({ backend }) => backend ?? []);
}

/**
 * The same for what is computed in float64 only, without wasm: there js computes float64, to the same bits
 * (test/backend/wasm/wasm.test.ts). `npm run test:long` has it, too.
 */
export function float64Backends(): readonly Backend[] {
  return runnableBackends().filter(({ name }) => LONG || name !== 'wasm');
}
