/** One job, all systems: results are compared and everything is warmed up; then, in each round, every system has a turn. */

import { type Calibration, type Calibrator, isCalm, type Noise, noiseOf } from './calibration.js';
import { disagreement } from './checks.js';
import type { Job, Measure } from './jobs.js';
import type { Check, Timing } from './timing.js';

export interface Pace {
  readonly rounds: number;
  /** Whether that number was asked for: then jobs of many cases obey it too. */
  readonly isGiven?: boolean;
  /** Milliseconds of one turn, and of the warm-up of each workload. */
  readonly turn: number;
  readonly warmUp: number;
}

/** A system that is measured. */
export interface Entrant {
  /** Short and stable, for options and for the JSON. */
  readonly name: string;
  /** Its name in the report. */
  readonly title: string;
  readonly threads: number;
}

/** Name and threads, e.g. `native@2`. */
export function entrantId({ name, threads }: Entrant): string {
  return `${name}@${threads}`;
}

/** An entrant that is ready to compute. */
export interface Participant {
  readonly entrant: Entrant;
  /** Versions of what computes, for the report. */
  readonly versions: string;
  readonly workloads: readonly string[];
  check(workload: string): Check | Promise<Check>;
  run(workload: string, milliseconds: number): Promise<Timing>;
}

/** One workload of one entrant, and what was measured of it. */
export interface Lane {
  /** Unique in a job, e.g. `native@1 step` or `torch@1 step/eager`. */
  readonly id: string;
  readonly entrant: Entrant;
  readonly measure: Measure;
  /** The system's name for this variant; empty if it has only one. */
  readonly variant: string;
  /** Why its times are not shown: wrong results, or a failure. */
  failure?: string;
  /** The accuracy it reached, if it cannot follow given batches. */
  accuracy?: number;
  /** One for each round. */
  readonly timings: Timing[];
  /** The undisturbed rounds, judged by as many cores as it has threads. */
  readonly calm: number[];
}

/** An entrant that is not available, and why. */
export interface Absence {
  readonly entrant: Entrant;
  readonly reason: string;
}

export interface JobResult {
  readonly name: string;
  readonly job: Job;
  readonly data: string;
  readonly lanes: readonly Lane[];
  readonly absent: readonly Absence[];
  /** What each system reports about its versions, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly noise: Noise;
}

export interface Conditions {
  readonly pace: Pace;
  readonly calibrator: Calibrator;
  /** Receives progress messages. */
  readonly say: (line: string) => void;
}

/** Fewer calm rounds than this are not enough: then all rounds count, and the report says so. */
const ENOUGH = 3;

/** The rounds of a lane that count: the calm ones, if they are enough. */
export function countedRounds({ calm, timings }: Pick<Lane, 'calm' | 'timings'>): readonly number[] {
  return calm.length >= ENOUGH ? calm : timings.map((_, round) => round);
}

/** The rounds in which both lanes count, or all of them if those are too few to say anything. */
export function commonRounds(a: Lane, b: Lane): readonly number[] {
  const counted = new Set(countedRounds(b));
  const common = countedRounds(a).filter((round) => counted.has(round));
  return common.length >= ENOUGH ? common : a.timings.map((_, round) => round);
}

export async function measureJob(
  job: Job,
  participants: readonly Participant[],
  { pace, calibrator, say }: Conditions,
): Promise<Pick<JobResult, 'lanes' | 'versions' | 'rounds' | 'noise'>> {
  const owners = new Map<Lane, Participant>();
  for (const participant of participants)
    for (const lane of lanesOf(participant, job.measures)) owners.set(lane, participant);
  const lanes = [...owners.keys()];
  const turn = (lane: Lane, milliseconds: number): Promise<Timing | undefined> =>
    attempt(lane, () => owners.get(lane)!.run(workloadOf(lane), milliseconds));

  say(`${job.title}: comparing results`);
  await compare(lanes, (lane) => owners.get(lane)!.check(workloadOf(lane)));
  const isSingle = job.once === true || job.cases !== undefined;
  if (!isSingle) {
    say(`${job.title}: warming up ${lanes.length} workloads`);
    for (const lane of lanes) await turn(lane, pace.warmUp);
  }
  const rounds = roundsOf(job, pace);
  const length = isSingle ? 0 : pace.turn;
  const calibrations: Calibration[] = [];
  const turns: { lane: Lane; round: number; around: Calibration[] }[] = [];
  for (let round = 0; round < rounds; round++) {
    say(`${job.title}: round ${round + 1} of ${rounds}`);
    let before = await calibrator.measure();
    calibrations.push(before);
    for (const lane of lanes) {
      const timing = await turn(lane, length);
      const after = await calibrator.measure();
      calibrations.push(after);
      if (timing !== undefined) {
        lane.timings.push(timing);
        turns.push({ lane, round, around: [before, after] });
      }
      before = after;
    }
  }
  const noise = noiseOf(calibrations);
  for (const { lane, round, around } of turns) if (isCalm(around, noise, lane.entrant.threads)) lane.calm.push(round);
  const versions = Object.fromEntries(participants.map(({ entrant, versions }) => [entrant.name, versions]));
  return { lanes, versions, rounds, noise };
}

function roundsOf({ once, cases }: Job, { rounds, isGiven }: Pace): number {
  if (cases !== undefined && isGiven !== true) return cases;
  return once === true ? Math.min(rounds, 3) : rounds;
}

/** The job's workloads that a participant offers: `step` itself, or variants such as `step/eager`. */
function lanesOf({ entrant, workloads }: Participant, measures: readonly Measure[]): Lane[] {
  return measures.flatMap((measure) =>
    workloads
      .filter((workload) => workload.split('/')[0] === measure.workload)
      .map((workload) => ({
        id: `${entrantId(entrant)} ${workload}`,
        entrant,
        measure,
        variant: workload.split('/')[1]?.replaceAll('-', ' ') ?? '',
        timings: [],
        calm: [],
      })),
  );
}

function workloadOf({ id }: Lane): string {
  return id.slice(id.indexOf(' ') + 1);
}

/** The first lane of each measure sets the numbers that the others are compared with. */
async function compare(lanes: readonly Lane[], check: (lane: Lane) => Check | Promise<Check>): Promise<void> {
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

/** A lane that fails is reported and takes no further part. */
async function attempt<T>(lane: Lane, work: () => T | Promise<T>): Promise<T | undefined> {
  if (lane.failure !== undefined) return undefined;
  try {
    return await work();
  } catch (error) {
    lane.failure = (error as Error).message;
    return undefined;
  }
}
