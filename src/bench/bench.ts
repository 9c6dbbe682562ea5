/** The whole run: environment, jobs, tables, the bar. */

import type { BackendName } from '../backend/backend.js';
import { reportBar } from './bar.js';
import { Calibrator } from './calibration.js';
import { type Entrant, libraryEntrants } from './entrants.js';
import { describeEnvironment, type Environment, environmentLines } from './environment.js';
import type { JobName } from './jobs.js';
import { type JobResult, measureJob, type Pace } from './measure.js';
import { reportJob } from './report.js';

export interface BenchOptions {
  readonly jobs: readonly JobName[];
  readonly backends: readonly BackendName[];
  readonly threads: readonly number[];
  /** Other systems to compare with. */
  readonly peers?: readonly Entrant[];
  /** Two minutes for everything in place of twenty. */
  readonly quick?: boolean;
  readonly rounds?: number;
  /** What the measured processes find as their environment. */
  readonly env?: NodeJS.ProcessEnv;
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

const UNHURRIED: Pace = { rounds: 11, turn: 300, warmUp: 3_000 };
const QUICK: Pace = { rounds: 3, turn: 60, warmUp: 400 };

export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const { env = process.env, print, say } = options;
  const usual = options.quick === true ? QUICK : UNHURRIED;
  const pace = { ...usual, rounds: options.rounds ?? usual.rounds };
  const entrants = [...(options.peers ?? []), ...libraryEntrants(options.backends, options.threads)];
  const environment = describeEnvironment(env);
  print(environmentLines(environment).join('\n') + '\n');

  const calibrator = new Calibrator();
  const jobs: JobResult[] = [];
  const told = new Set<string>();
  try {
    await calibrator.warmUp();
    for (const name of options.jobs) {
      const result = await measureJob(name, { entrants, pace, calibrator, env, say });
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
  print(reportBar(jobs));
  return { environment, pace, jobs };
}
