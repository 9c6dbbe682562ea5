/** The profile of J1 and J2, printed. On one thread, because the limits it is compared with are those of one core. */

import { type BackendChoice, createBackend } from '../src/backend/choose/load.js';
import { setThreads } from '../src/backend/choose/threads.js';
import { jobData, readJobFolder, withJobFolder } from './job-folder.js';
import { JOBS } from './jobs.js';
import { type Probe, type Profile, profileStep, reportProfile } from './profile.js';

export interface ProfileOptions {
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
  for (const name of ['j1', 'j2'] as const) {
    const { net, title } = JOBS[name];
    const profile = await withJobFolder(net, (folder) =>
      profileStep(jobData(readJobFolder(folder)), backend, milliseconds, probe),
    );
    print(reportProfile(`${title}, ${backend.name}`, profile));
    profiles[name] = profile;
  }
  return profiles;
}
