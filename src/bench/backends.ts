/** The backends of this machine as participants, each once for every number of threads it can use. */

import type { BackendName } from '../backend/backend.js';
import { selectBackend } from '../backend/choose/load.js';
import { setThreads } from '../backend/choose/threads.js';
import type { JobData } from './job-data.js';
import type { Absence, Entrant, Participant } from './measure.js';
import { time, workloadFinder } from './timing.js';
import { backendWorkloads } from './workloads.js';

/** The backends that can use several threads. */
const THREADED: ReadonlySet<BackendName> = new Set<BackendName>(['native']);

export interface BackendEntrant extends Entrant {
  readonly name: BackendName;
}

export function backendEntrants(backends: readonly BackendName[], threads: readonly number[]): BackendEntrant[] {
  return backends.flatMap((name) =>
    threads
      .filter((count) => count === 1 || THREADED.has(name))
      .map((count) => ({ name, title: `zerokara ${name}`, threads: count })),
  );
}

/** Those that are available in this process, and those that are not. */
export function backendParticipants(
  entrants: readonly BackendEntrant[],
  data: JobData,
): { participants: Participant[]; absent: Absence[] } {
  const participants: Participant[] = [];
  const absent: Absence[] = [];
  for (const entrant of entrants) {
    try {
      participants.push(participate(entrant, data));
    } catch (error) {
      absent.push({ entrant, reason: (error as Error).message });
    }
  }
  return { participants, absent };
}

function participate(entrant: BackendEntrant, data: JobData): Participant {
  const { backend } = selectBackend(entrant.name);
  const workloads = backendWorkloads(data, backend);
  const find = workloadFinder(workloads);
  return {
    entrant,
    versions: backendVersions(entrant.name),
    workloads: Object.keys(workloads),
    check(workload) {
      setThreads(entrant.threads);
      return find(workload).check();
    },
    run(workload, milliseconds) {
      setThreads(entrant.threads);
      return time(find(workload), milliseconds);
    },
  };
}

/** The backend and what it computes with. @throws {BackendError} if it is not available */
export function backendVersions(name: BackendName): string {
  const { backend, addon } = selectBackend(name);
  const info = addon?.info();
  const kernels = info === undefined ? '' : ` over ${info.config.trim()}, kernel ${info.corename}, level ${info.isa}`;
  return backend.name + kernels;
}
