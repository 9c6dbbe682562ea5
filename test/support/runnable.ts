import type { Backend } from '../../src/backend/backend.js';
import { availableBackends } from './backends.js';

/** The backends that tests above the waist run on, fastest first. */
export function runnableBackends(): readonly Backend[] {
  return availableBackends().flatMap(({ backend }) => backend ?? []);
}
