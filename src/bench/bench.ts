/** `zerokara bench`: the backends of this machine against each other, in one process. */

import type { BackendName } from '../backend/backend.js';
import { getThreads, setThreads } from '../backend/choose/threads.js';
import { backendEntrants, backendParticipants } from './backends.js';
import { type Environment, environmentLines } from './environment.js';
import { imitatedData } from './job-data.js';
import { BACKEND_JOBS, type BackendJobName } from './jobs.js';
import { type Conditions, type JobResult, measureJob, type Pace } from './measure.js';
import { reportJob } from './report.js';

/** Settings shared by every job of a run. */
export interface RunOptions extends Conditions {
  readonly environment: Environment;
  /** Receives the report, piece by piece. */
  readonly print: (text: string) => void;
}

export interface BenchOptions extends RunOptions {
  readonly jobs: readonly BackendJobName[];
  readonly backends: readonly BackendName[];
  readonly threads: readonly number[];
}

export interface BenchResult {
  readonly environment: Environment;
  readonly pace: Pace;
  readonly jobs: readonly JobResult[];
}

/** A few minutes for everything, or less than one. */
export const UNHURRIED: Pace = { rounds: 11, turn: 300, warmUp: 3_000 };
export const QUICK: Pace = { rounds: 3, turn: 60, warmUp: 400 };

export async function runBench({ jobs, backends, threads, ...options }: BenchOptions): Promise<BenchResult> {
  const entrants = backendEntrants(backends, threads);
  const before = getThreads();
  try {
    return await runJobs(options, jobs, async (name) => {
      const job = BACKEND_JOBS[name];
      const { participants, absent } = backendParticipants(entrants, imitatedData(job.net));
      const data = `${job.net.rows.toLocaleString('en-US')} imitated digits`;
      return { name, job, data, absent, ...(await measureJob(job, participants, options)) };
    });
  } finally {
    setThreads(before);
  }
}

/** Job after job, each reported as soon as it is measured. */
export async function runJobs<Name extends string>(
  { environment, pace, print }: RunOptions,
  names: readonly Name[],
  measure: (name: Name) => Promise<JobResult>,
): Promise<BenchResult> {
  print(environmentLines(environment).join('\n') + '\n');
  const jobs: JobResult[] = [];
  const told = new Set<string>();
  for (const name of names) {
    const result = await measure(name);
    jobs.push(result);
    for (const [system, versions] of Object.entries(result.versions)) {
      if (!told.has(system)) print(`${system}: ${versions}`);
      told.add(system);
    }
    print('\n' + reportJob(result));
  }
  return { environment, pace, jobs };
}
