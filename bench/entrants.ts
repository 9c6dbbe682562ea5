/** The participants: each system is a program that speaks the line protocol. */

import { join } from 'node:path';
import type { BackendName } from '../src/backend/backend.js';
import { backendEntrants } from '../src/bench/backends.js';
import type { Entrant } from '../src/bench/measure.js';
import type { JobName } from './jobs.js';

export interface ProgramEntrant extends Entrant {
  /** Program and arguments; the job's folder follows them, before those of `after`. */
  readonly command: readonly string[];
  /** Arguments after the job's folder. */
  readonly after?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The jobs it takes part in; all when absent. */
  readonly jobs?: readonly JobName[];
}

/** Jobs that a backend takes part in where not all: js needs minutes for what the others do in seconds, wasm in the long runs. */
const ITS_JOBS: Partial<Record<BackendName, readonly JobName[]>> = {
  wasm: [
    'j1',
    'j1-60k',
    'j2',
    'j3',
    'j4',
    'gemm',
    'j5',
    'j6',
    'j7',
    'j8',
    'loop',
    'memory',
    'memory-j5',
    'sklearn',
    'full',
  ],
  js: ['j1', 'j2', 'j3', 'j4', 'j7', 'gemm'],
};

/** The library itself, once for each backend and number of threads. */
export function libraryEntrants(backends: readonly BackendName[], threads: readonly number[]): ProgramEntrant[] {
  return backendEntrants(backends, threads).map((entrant) => ({
    ...entrant,
    // Needed to see what a step leaves on the heap; it costs nothing.
    command: [process.execPath, ...process.execArgv, '--expose-gc', join(__dirname, 'participant.js')],
    after: [entrant.name],
    env: { ZEROKARA_THREADS: String(entrant.threads) },
    ...(ITS_JOBS[entrant.name] === undefined ? {} : { jobs: ITS_JOBS[entrant.name] }),
  }));
}
