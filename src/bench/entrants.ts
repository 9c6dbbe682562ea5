/** Who takes part: each system as a command that speaks the line protocol. */

import { join } from 'node:path';
import type { BackendName } from '../backend/backend.js';
import type { JobName } from './jobs.js';

export interface Entrant {
  /** Short and stable, for `--peers`, for the bar and for the JSON. */
  readonly name: string;
  /** As the report calls it. */
  readonly title: string;
  readonly threads: number;
  /** Program and arguments; the job's folder is added as the last one but for `after`. */
  readonly command: readonly string[];
  /** Arguments after the job's folder. */
  readonly after?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The jobs it takes part in; all when absent. */
  readonly jobs?: readonly JobName[];
}

/** Name and threads: one process of the bench. */
export function entrantId({ name, threads }: Entrant): string {
  return `${name}@${threads}`;
}

/** The backends of the library that can use threads of their own. */
const THREADED: ReadonlySet<BackendName> = new Set<BackendName>(['native']);

/** The js backend needs minutes for what the others do in seconds: it stays out of the long runs. */
const JS_JOBS: readonly JobName[] = ['j1', 'j2', 'j3', 'gemm'];

/** The library itself, once for each backend and number of threads. */
export function libraryEntrants(backends: readonly BackendName[], threads: readonly number[]): Entrant[] {
  return backends.flatMap((backend) =>
    threads
      .filter((count) => count === 1 || THREADED.has(backend))
      .map((count) => ({
        name: backend,
        title: `zerokara ${backend}`,
        threads: count,
        // Needed to see what a step leaves on the heap; it costs nothing.
        command: [process.execPath, '--expose-gc', join(__dirname, 'participant.js')],
        after: [backend],
        env: { ZEROKARA_THREADS: String(count) },
        ...(backend === 'js' ? { jobs: JS_JOBS } : {}),
      })),
  );
}
