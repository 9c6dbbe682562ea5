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
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', script, ...argv], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 120_000,
  });
  return { status, signal, stdout: stdout.trim(), stderr };
}
