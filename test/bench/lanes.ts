/** Results as a run would have measured them, for the tests of what is made of them. */

import type { Entrant } from '../../src/bench/entrants.js';
import { JOBS, type Job, type JobName } from '../../src/bench/jobs.js';
import type { JobResult, Lane } from '../../src/bench/measure.js';

/** `native@1 step` with a median in each round; the least time of a round is a tenth below it. */
export function lane(
  job: JobName,
  id: string,
  medians: readonly number[],
  more: Partial<Lane> & { figures?: Record<string, number> } = {},
): Lane {
  const [system, workload] = id.split(' ') as [string, string];
  const [name, threads] = system.split('@') as [string, string];
  const entrant: Entrant = { name, title: name, threads: Number(threads), command: [] };
  const measures: Job['measures'] = JOBS[job].measures;
  const measure = measures.find((one) => one.workload === workload.split('/')[0])!;
  const { figures, ...rest } = more;
  const timings = medians.map((median) => ({
    median,
    min: 0.9 * median,
    iterations: 10,
    ...(figures === undefined ? {} : { figures }),
  }));
  return { id, entrant, measure, variant: workload.split('/')[1] ?? '', timings, ...rest };
}

export function result(job: JobName, lanes: readonly Lane[], more: Partial<JobResult> = {}): JobResult {
  const rounds = lanes[0]!.timings.length;
  const all = Array.from({ length: rounds }, (_, round) => round);
  return { job, data: '8,000 digits', lanes, absent: [], versions: {}, rounds, counted: all, calm: all, ...more };
}
