/** The backends that this machine can run, and why it cannot run the others. */

import type { Backend, BackendName } from '../../src/backend/backend.js';
import { createJsBackend } from '../../src/backend/js.js';

export interface Candidate {
  readonly name: BackendName;
  /** The backend, or undefined when it cannot be had. */
  readonly backend: Backend | undefined;
  /** Why it was chosen or cannot be had. */
  readonly reason: string;
}

/** js always. */
export function availableBackends(): readonly Candidate[] {
  const backend = createJsBackend('asked for by a test');
  return [{ name: 'js', backend, reason: backend.reason }];
}
