/** Scripts in a separate Node process: for what could end the process, and for what must be set before it starts. */

import { spawnSync } from 'node:child_process';

export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs CommonJS text with `argv` as process.argv[1 …]. */
export function runNode(
  script: string,
  { argv = [], flags = [], env = {} }: { argv?: string[]; flags?: string[]; env?: Record<string, string> } = {},
): Ended {
  const { status, signal, stdout, stderr, error } = spawnSync(process.execPath, [...flags, '-e', script, ...argv], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 120_000,
  });
  if (error !== undefined && stdout === null) throw error; // it never started, e.g. with too long a script
  return { status, signal, stdout: stdout.trim(), stderr };
}
