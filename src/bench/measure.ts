/** One job, all entrants: results compared, everything warmed up, then rounds in which each has its turn. */

import { type Calibration, type Calibrator, calmRounds } from './calibration.js';
import { disagreement } from './checks.js';
import { Child } from './child.js';
import { type Entrant, entrantId } from './entrants.js';
import { withJobFolder } from './job-folder.js';
import { JOBS, type Job, type JobName, type Measure } from './jobs.js';
import type { Check, Ready, Timing } from './serve.js';

export interface Pace {
  readonly rounds: number;
  /** Milliseconds of one turn, and of the warm-up of each workload. */
  readonly turn: number;
  readonly warmUp: number;
}

/** One workload of one entrant, and what was measured of it. */
export interface Lane {
  /** Unique in a job, e.g. `native@1 step` or `torch@1 step/eager`. */
  readonly id: string;
  readonly entrant: Entrant;
  readonly measure: Measure;
  /** What the system calls this way of doing it; empty if it has only one. */
  readonly variant: string;
  /** Why its times are not shown: wrong results, or it broke down. */
  failure?: string;
  /** What it reached, if it cannot follow given batches. */
  accuracy?: number;
  /** One for each round. */
  readonly timings: Timing[];
}

/** An entrant that is not here, and why. */
export interface Absence {
  readonly entrant: Entrant;
  readonly reason: string;
}

export interface JobResult {
  readonly job: JobName;
  readonly data: string;
  readonly lanes: readonly Lane[];
  readonly absent: readonly Absence[];
  /** What each process said about its versions, by entrant. */
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  /** The rounds whose ratios count: the calm ones, or all when fewer than three were calm. */
  readonly counted: readonly number[];
  readonly calm: readonly number[];
}

interface Participant {
  readonly entrant: Entrant;
  readonly child: Child;
  readonly ready: Ready;
}

export interface Conditions {
  readonly entrants: readonly Entrant[];
  readonly pace: Pace;
  readonly calibrator: Calibrator;
  /** What the processes find as their environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Takes what is going on, for those who wait. */
  readonly say: (line: string) => void;
}

export function measureJob(name: JobName, conditions: Conditions): Promise<JobResult> {
  const job: Job = JOBS[name];
  conditions.say(`${job.title}: preparing`);
  return withJobFolder(job.net, async (folder, data) => {
    const taking = conditions.entrants.filter(({ jobs }) => jobs?.includes(name) !== false);
    const { participants, absent } = await startAll(taking, folder, conditions.env);
    try {
      return { job: name, data, absent, ...(await runJob(job, participants, conditions)) };
    } finally {
      for (const { child } of participants) child.stop();
    }
  });
}

async function runJob(
  job: Job,
  participants: readonly Participant[],
  { pace, calibrator, say }: Conditions,
): Promise<Omit<JobResult, 'job' | 'data' | 'absent'>> {
  const lanes = participants.flatMap((participant) => lanesOf(participant, job.measures));
  const children = new Map(participants.map(({ entrant, child }) => [entrantId(entrant), child]));
  const childOf = ({ entrant }: Lane): Child => children.get(entrantId(entrant))!;
  const turn = (lane: Lane, milliseconds: number): Promise<Timing | undefined> =>
    attempt(lane, () => childOf(lane).run(workloadOf(lane), milliseconds));

  say(`${job.title}: comparing results`);
  await compare(lanes, (lane) => childOf(lane).check(workloadOf(lane)));
  if (job.once !== true) {
    say(`${job.title}: warming up ${lanes.length} workloads`);
    for (const lane of lanes) await turn(lane, pace.warmUp);
  }
  const rounds = job.once === true ? Math.min(pace.rounds, 3) : pace.rounds;
  const length = job.once === true ? 0 : pace.turn;
  const calibrations: Calibration[][] = [];
  for (let round = 0; round < rounds; round++) {
    say(`${job.title}: round ${round + 1} of ${rounds}`);
    const around = [await calibrator.measure()];
    for (const lane of lanes) {
      const timing = await turn(lane, length);
      if (timing !== undefined) lane.timings.push(timing);
      around.push(await calibrator.measure());
    }
    calibrations.push(around);
  }
  const calm = calmRounds(calibrations);
  const counted = calm.length >= 3 ? calm : calibrations.map((_, round) => round);
  const versions = Object.fromEntries(participants.map(({ entrant, ready }) => [entrant.name, ready.versions]));
  return { lanes, versions, rounds, counted, calm };
}

async function startAll(
  entrants: readonly Entrant[],
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<{ participants: Participant[]; absent: Absence[] }> {
  const participants: Participant[] = [];
  const absent: Absence[] = [];
  for (const entrant of entrants) {
    try {
      participants.push({ entrant, ...(await start(entrant, folder, env)) });
    } catch (error) {
      absent.push({ entrant, reason: (error as Error).message });
    }
  }
  return { participants, absent };
}

function start(entrant: Entrant, folder: string, env: NodeJS.ProcessEnv): Promise<{ child: Child; ready: Ready }> {
  const threads = String(entrant.threads);
  return Child.start([...entrant.command, folder, ...(entrant.after ?? [])], {
    ...env,
    OMP_NUM_THREADS: threads,
    OPENBLAS_NUM_THREADS: threads,
    MKL_NUM_THREADS: threads,
    ...entrant.env,
  });
}

/** What a participant offers of what the job measures: `step` itself, or ways of doing it such as `step/eager`. */
function lanesOf({ entrant, ready }: Participant, measures: readonly Measure[]): Lane[] {
  return measures.flatMap((measure) =>
    ready.workloads
      .filter((workload) => workload.split('/')[0] === measure.workload)
      .map((workload) => ({
        id: `${entrantId(entrant)} ${workload}`,
        entrant,
        measure,
        variant: workload.split('/')[1]?.replaceAll('-', ' ') ?? '',
        timings: [],
      })),
  );
}

function workloadOf({ id }: Lane): string {
  return id.slice(id.indexOf(' ') + 1);
}

/** The first lane of each measure sets the numbers that the others are compared with. */
async function compare(lanes: readonly Lane[], check: (lane: Lane) => Promise<Check>): Promise<void> {
  const expected = new Map<Measure, readonly number[]>();
  for (const lane of lanes) {
    const found = await attempt(lane, () => check(lane));
    if (found === undefined) continue;
    if ('accuracy' in found) lane.accuracy = found.accuracy;
    else if (!expected.has(lane.measure)) expected.set(lane.measure, found.values);
    const wrong = disagreement(found, expected.get(lane.measure) ?? []);
    if (wrong !== undefined) lane.failure = wrong;
  }
}

/** A lane that breaks down is told about and takes no further part. */
async function attempt<T>(lane: Lane, work: () => Promise<T>): Promise<T | undefined> {
  if (lane.failure !== undefined) return undefined;
  try {
    return await work();
  } catch (error) {
    lane.failure = (error as Error).message;
    return undefined;
  }
}
