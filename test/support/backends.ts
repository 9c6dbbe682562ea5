/** The backends that this machine can run, and why it cannot run the others. */

import type { Backend, BackendName } from '../../src/backend/backend.js';
import { createBackend } from '../../src/backend/choose/load.js';

export interface Candidate {
  readonly name: BackendName;
  /** The backend, or undefined when it is not available. */
  readonly backend: Backend | undefined;
  /** Why it was chosen or is not available. */
  readonly reason: string;
}

const NAMES: readonly BackendName[] = ['native', 'wasm', 'js'];

/**
 * Every backend by name, whether it can be had or not. CONFORMANCE_BACKEND limits the list to one.
 *
 * A missing native backend is for the caller to skip, saying why; REQUIRE_NATIVE=1, set where the addon was built,
 * makes it an error here.
 */
export function availableBackends(env: NodeJS.ProcessEnv = process.env): readonly Candidate[] {
  const only = env['CONFORMANCE_BACKEND'];
  return NAMES.filter((name) => only === undefined || name === only).map((name) => {
    try {
      const backend = createBackend(name);
      return { name, backend, reason: backend.reason };
    } catch (error) {
      if (name !== 'native' || env['REQUIRE_NATIVE'] === '1') throw error;
      return { name, backend: undefined, reason: (error as Error).message };
    }
  });
}
