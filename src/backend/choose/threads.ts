/** The number of threads, for the whole process. */

import { native } from '#native';
import { requireInteger } from '../../options.js';
import { MOST_THREADS } from '../native/addon.js';
import { defaultBackend } from './load.js';

/**
 * Sets how many threads a call of the native backend may use, including the calling one. Holds for the whole process,
 * Workers too, from the next call on. The other backends always use one thread.
 *
 * Results have the same bits for any number (except, perhaps, matrix products on macOS, which Accelerate threads
 * itself). The default is ZEROKARA_THREADS, else min(physical cores, CPU quota of the container, 4).
 *
 * @param threads 1 to 64; if there are more threads than cores, they wait for each other
 * @throws {ArgumentError} if `threads` is not a whole number in that range
 * @example setThreads(1)   // leave the other cores to the rest of the program
 */
export function setThreads(threads: number): void {
  requireInteger('setThreads', 'threads', threads, 1, MOST_THREADS);
  defaultBackend();
  for (const addon of native.openedAddons()) addon.setThreads(threads);
}

/**
 * How many threads a call of the native backend may use; 1 where there is no native backend.
 *
 * @example getThreads()   // 2
 */
export function getThreads(): number {
  defaultBackend();
  return Math.max(1, ...native.openedAddons().map((addon) => addon.getThreads()));
}
