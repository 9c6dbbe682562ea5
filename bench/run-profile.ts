/** The profile of the training steps, printed. On one thread, because the limits it is compared with are those of one core. */

import type { Backend } from '../src/backend/backend.js';
import { type BackendChoice, createBackend } from '../src/backend/choose/load.js';
import { setThreads } from '../src/backend/choose/threads.js';
import { startTraining } from '../src/bench/workloads.js';
import { readImageJobFolder } from './image-job-folder.js';
import { startImageTraining } from './image-workloads.js';
import { jobData, readJobFolder, withJobFolder } from './job-folder.js';
import { JOBS, type JobName } from './jobs.js';
import { type Probe, type Profile, profileStep, reportProfile } from './profile.js';

/** The jobs whose steps can be profiled. */
export const PROFILED = ['j1', 'j2', 'j5', 'j6'] as const satisfies readonly JobName[];

export interface ProfileOptions {
  /** Default: all of PROFILED. */
  readonly jobs?: readonly (typeof PROFILED)[number][];
  readonly backend: BackendChoice;
  /** Milliseconds for each job; default 5,000. */
  readonly milliseconds?: number;
  /** The machine's limits; without it the backend's own best cases are used instead. */
  readonly probe?: Probe;
  readonly print: (text: string) => void;
}

export async function runProfile(options: ProfileOptions): Promise<Record<string, Profile>> {
  const { milliseconds = 5_000, probe = () => undefined, print } = options;
  const backend = createBackend(options.backend);
  setThreads(1);
  const profiles: Record<string, Profile> = {};
  for (const name of options.jobs ?? PROFILED) {
    const { net, title } = JOBS[name];
    const profile = await withJobFolder(net, (folder) => {
      const images = readImageJobFolder(folder);
      const data = images === undefined ? jobData(readJobFolder(folder)) : undefined;
      const start = (recorded: Backend) =>
        data === undefined ? startImageTraining(images!, recorded) : startTraining(data, recorded);
      return profileStep(start, backend, milliseconds, probe);
    });
    print(reportProfile(`${title}, ${backend.name}`, profile));
    profiles[name] = profile;
  }
  return profiles;
}
