/** The end of a run by a signal. */

import { StateError } from '../errors.js';
import { isInstance } from '../identity.js';

const ELSEWHERE = 'another rank has aborted this run';

/** For a rank whose own signal says nothing. */
export function abortedElsewhere(operation: string): StateError {
  return new StateError({ operation, found: ELSEWHERE, fix: 'fit continues it, once all ranks call it' });
}

export function isAbortedElsewhere(error: unknown): boolean {
  return isInstance(error, StateError) && error.complaint.found === ELSEWHERE;
}
