/** The thread that watches for lost ranks. */

import { expect, test, vi } from 'vitest';
import { watchFor } from '../../src/distributed/mpi/mpi.js';
import { BackendError } from '../../src/errors.js';
import { expectRefusal } from '../support/refusal.js';

test('is given the seconds, and told where there is no room for it', () => {
  const setPatience = vi.fn();
  watchFor('Distributed.connect', { setPatience }, 25);
  expect(setPatience.mock.calls).toEqual([[25]]);
  setPatience.mockImplementation(() => {
    throw new Error('Resource temporarily unavailable');
  });
  expectRefusal(
    () => watchFor('Distributed.connect', { setPatience }, 25),
    BackendError,
    'Distributed.connect: the thread that watches for lost ranks cannot be started (Resource temporarily unavailable); expected room for one more thread. Raise the limit (ulimit -u, or that of the container), or watch for none: ZEROKARA_MPI_TIMEOUT=0',
  );
});
