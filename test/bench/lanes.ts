/** Results as a run would have measured them, for the tests of what is made of them. */

import { JOBS, type JobName } from '../../bench/jobs.js';
import type { Job } from '../../src/bench/jobs.js';
import type { JobResult, Lane } from '../../src/bench/measure.js';

/** `native@1 step` with a median in each round; the least time of a round is a tenth below it. All rounds are calm. */
export function lane(
  job: JobName,
  id: string,
  medians: readonly number[],
  more: Partial<Lane> & { figures?: Record<string, number> } = {},
): Lane {
  const [system, workload] = id.split(' ') as [string, string];
  const [name, threads] = system.split('@') as [string, string];
  const entrant = { name, title: name, threads: Number(threads) };
  const measures: Job['measures'] = JOBS[job].measures;
  const measure = measures.find((one) => one.workload === workload.split('/')[0])!;
  const { figures, ...rest } = more;
  const timings = medians.map((median) => ({
    median,
    min: 0.9 * median,
    iterations: 10,
    ...(figures === undefined ? {} : { figures }),
  }));
  const calm = medians.map((_, round) => round);
  return { id, entrant, measure, variant: workload.split('/')[1] ?? '', timings, calm, ...rest };
}

export function result(name: JobName, lanes: readonly Lane[], more: Partial<JobResult> = {}): JobResult {
  const noise = { usual: { one: 4, two: 4 }, slow: { one: 4.2, two: 8.1 } };
  const rounds = lanes[0]!.timings.length;
  return { name, job: JOBS[name], data: '8,000 digits', lanes, absent: [], versions: {}, rounds, noise, ...more };
}
