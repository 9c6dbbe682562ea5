/** One suite for all backends: what passes here is what the contract in backend.ts promises. */

import { describe, test } from 'vitest';
import { availableBackends } from '../support/backends.js';
import { conformance } from './suite.js';

for (const { name, backend, reason } of availableBackends()) {
  if (backend === undefined) {
    console.warn(`conformance of ${name}: skipped. ${reason}`);
    test.skip(`backend ${name}`);
    continue;
  }
  describe(`backend ${name}`, () => conformance(backend));
}
