/** `zerokara bench`: the backends of this machine against each other, in one process. */

import type { BackendName } from '../backend/backend.js';
import { getThreads, setThreads } from '../backend/choose/threads.js';
import { backendEntrants, backendParticipants } from './backends.js';
import { Calibrator } from './calibration.js';
import { describeEnvironment, type Environment, environmentLines } from './environment.js';
import { imitatedData } from './job-data.js';
import { BACKEND_JOBS, type BackendJobName } from './jobs.js';
import { type Conditions, type JobResult, measureJob, type Pace } from './measure.js';
import { reportJob } from './report.js';

export interface BenchOptions {
  readonly jobs: readonly BackendJobName[];
  readonly backends: readonly BackendName[];
  readonly threads: readonly number[];
  readonly pace: Pace;
  /** Takes the report, piece by piece. */
  readonly print: (text: string) => void;
  /** Takes what is going on, for those who wait. */
  readonly say: (line: string) => void;
}

export interface BenchResult {
  readonly environment: Environment;
  readonly pace: Pace;
  readonly jobs: readonly JobResult[];
}

/** Some minutes for everything, or under one. */
export const UNHURRIED: Pace = { rounds: 11, turn: 300, warmUp: 3_000 };
export const QUICK: Pace = { rounds: 3, turn: 60, warmUp: 400 };

export async function runBench({ jobs, backends, threads, pace, print, say }: BenchOptions): Promise<BenchResult> {
  const entrants = backendEntrants(backends, threads);
  const before = getThreads();
  try {
    return await benchWith(
      { pace, print, say, environment: describeEnvironment(process.env) },
      jobs,
      async (name, conditions) => {
        const job = BACKEND_JOBS[name];
        const { participants, absent } = backendParticipants(entrants, imitatedData(job.net));
        const data = `${job.net.rows.toLocaleString('en-US')} imitated digits`;
        return { name, job, data, absent, ...(await measureJob(job, participants, conditions)) };
      },
    );
  } finally {
    setThreads(before);
  }
}

/** The frame of every bench: the environment, then job after job, each reported as soon as it is measured. */
export async function benchWith<Name extends string>(
  { pace, print, say, environment }: Pick<BenchOptions, 'pace' | 'print' | 'say'> & Pick<BenchResult, 'environment'>,
  names: readonly Name[],
  measure: (name: Name, conditions: Conditions) => Promise<JobResult>,
): Promise<BenchResult> {
  print(environmentLines(environment).join('\n') + '\n');
  const calibrator = new Calibrator();
  const jobs: JobResult[] = [];
  const told = new Set<string>();
  try {
    await calibrator.warmUp();
    for (const name of names) {
      const result = await measure(name, { pace, calibrator, say });
      jobs.push(result);
      for (const [system, versions] of Object.entries(result.versions)) {
        if (!told.has(system)) print(`${system}: ${versions}`);
        told.add(system);
      }
      print('\n' + reportJob(result));
    }
  } finally {
    await calibrator.stop();
  }
  return { environment, pace, jobs };
}
