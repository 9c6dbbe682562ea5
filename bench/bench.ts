/** The whole run: the library and its peers, each in its own process, job after job, and the bar. */

import type { BackendName } from '../src/backend/backend.js';
import { type BenchResult, type RunOptions, runJobs } from '../src/bench/bench.js';
import { type Absence, type Conditions, type JobResult, measureJob, type Participant } from '../src/bench/measure.js';
import { reportArithmetic } from './arithmetic-report.js';
import { reportBar } from './bar.js';
import { Child } from './child.js';
import { libraryEntrants, type ProgramEntrant } from './entrants.js';
import { withJobFolder } from './job-folder.js';
import { type BenchJob, JOBS, type JobName } from './jobs.js';
import { writeModelTables } from './model-fits.js';
import { reportModels } from './model-scores.js';
import { TABLES } from './places.js';
import { reportScores } from './scores.js';

export interface PeerBenchOptions extends RunOptions {
  readonly jobs: readonly JobName[];
  readonly backends: readonly BackendName[];
  readonly threads: readonly number[];
  /** Other systems to compare with. */
  readonly peers: readonly ProgramEntrant[];
  /** Which of the jobs' workloads are measured. */
  readonly workloads: readonly string[];
  /** The environment variables of the measured processes. */
  readonly env: NodeJS.ProcessEnv;
}

export async function runPeerBench(given: PeerBenchOptions): Promise<BenchResult> {
  const { jobs, peers, env, workloads, ...options } = given;
  const entrants = [...peers, ...libraryEntrants(options.backends, options.threads)];
  const result = await runJobs(options, jobs, (name) => measurePrograms(name, entrants, env, options, workloads));
  const fits = result.jobs.find(({ name }) => name === 'sklearn');
  if (fits !== undefined) options.print(reportScores(fits));
  const arithmetic = result.jobs.find(({ name }) => name === 'j7');
  if (arithmetic !== undefined) options.print(reportArithmetic(arithmetic));
  const models = result.jobs.find(({ name }) => name === 'tables');
  if (models !== undefined) options.print(reportModels(models));
  options.print(reportBar(result.jobs));
  return result;
}

/** Runs one job, with programs that live as long as the job. */
export function measurePrograms(
  name: JobName,
  entrants: readonly ProgramEntrant[],
  env: NodeJS.ProcessEnv,
  conditions: Conditions,
  workloads?: readonly string[],
): Promise<JobResult> {
  const whole: BenchJob = JOBS[name];
  const measures = whole.measures.filter(({ workload }) => workloads?.includes(workload) ?? true);
  const job: BenchJob = { ...whole, measures };
  conditions.say(`${job.title}: preparing`);
  return withJobFolder(job.net, async (folder, data) => {
    if (name === 'tables') writeModelTables(folder, TABLES);
    const taking = entrants.filter(
      ({ jobs, threads }) => jobs?.includes(name) !== false && job.threads?.includes(threads) !== false,
    );
    const { children, participants, absent } = await startAll(taking, folder, env);
    try {
      return { name, job, data: job.data ?? data, absent, ...(await measureJob(job, participants, conditions)) };
    } finally {
      for (const child of children) child.stop();
    }
  });
}

async function startAll(
  entrants: readonly ProgramEntrant[],
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<{ children: Child[]; participants: Participant[]; absent: Absence[] }> {
  const children: Child[] = [];
  const participants: Participant[] = [];
  const absent: Absence[] = [];
  for (const entrant of entrants) {
    try {
      const { child, ready } = await start(entrant, folder, env);
      children.push(child);
      const check = (workload: string) => child.check(workload);
      const run = (workload: string, milliseconds: number) => child.run(workload, milliseconds);
      participants.push({ entrant, versions: ready.versions, workloads: ready.workloads, check, run });
    } catch (error) {
      absent.push({ entrant, reason: (error as Error).message });
    }
  }
  return { children, participants, absent };
}

function start({ threads, command, after = [], env: own }: ProgramEntrant, folder: string, env: NodeJS.ProcessEnv) {
  const count = String(threads);
  return Child.start([...command, folder, ...after], {
    ...env,
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    ...own,
  });
}
