/** What the page runs: the conformance suite of one backend, or one test of `every`, and what came of it. */

import type { BackendName } from '../../src/backend/backend.js';
import { createBackend } from '../../src/backend/choose/load.js';
import { conformance } from '../conformance/suite.js';
import { outcome } from './vitest-in-page.js';

export function runConformance(name: BackendName, every = 1): typeof outcome {
  outcome.every = every;
  conformance(createBackend(name));
  return outcome;
}
