/** A run of mpirun that goes on: its output so far, and its end. */

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** How a run of mpirun ended. */
export interface EndedRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Since `since` was called, or else since the start. */
  readonly seconds: number;
}

/** A run of mpirun that goes on. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<EndedRun>;
  /** Resolves once so many lines of the output match. @throws {Error} with the output if the run ends before */
  seen(line: RegExp, count: number): Promise<RegExpMatchArray[]>;
  /** Counts the seconds of `ended` from now. */
  since(): void;
}

const addon = process.env['ZEROKARA_ADDON'];

/**
 * What every rank gets: Open MPI refuses root unless both variables are set; one thread, because ranks share the cores; and the
 * addon that the tests use, since another may be built in the usual place meanwhile.
 */
export const RANK_ENV: Readonly<Record<string, string>> = {
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  ZEROKARA_THREADS: '1',
  ...(addon === undefined ? {} : { ZEROKARA_ADDON: addon }),
};

/** The environment of mpirun, without what this process got from a launcher or from its test runner. */
export function launcherEnv(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(OMPI_|PMIX?_|ZEROKARA_|VITEST|NODE_OPTIONS)/.test(name),
  );
  return { ...Object.fromEntries(own), ...RANK_ENV, ...env };
}

/** Starts a program of Node on so many ranks of this machine. */
export function startRanks(
  ranks: number,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const flags = ['-n', String(ranks), '--bind-to', 'none', '--oversubscribe'];
  const child = spawn('mpirun', [...flags, process.execPath, program, ...args], {
    env: launcherEnv(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return watch(child);
}

/** @param child with pipes for its output */
export function watch(child: ChildProcess): Running {
  let start = performance.now();
  let stdout = '';
  let stderr = '';
  let look: () => void = () => {};
  child.stdout!.on('data', (text: Buffer) => {
    stdout += text;
    look();
  });
  child.stderr!.on('data', (text: Buffer) => {
    stderr += text;
    look();
  });
  const ended = new Promise<EndedRun>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr, seconds: (performance.now() - start) / 1e3 }));
  });
  return {
    child,
    ended,
    since: () => {
      start = performance.now();
    },
    seen: (line, count) =>
      new Promise((resolve, reject) => {
        look = () => {
          const found = [...stdout.matchAll(new RegExp(line, 'gm'))];
          if (found.length >= count) resolve(found);
        };
        look();
        void ended.then(({ code }) => reject(new Error(`ended with ${code} before ${line}: ${stdout}${stderr}`)));
      }),
  };
}

/** Whether a process of this machine runs; one that has ended and that its parent has not asked about does not. */
export function isAlive(id: number): boolean {
  try {
    // `<id> (<name>) <state> …`
    return !/\) [ZX] /.test(readFileSync(`/proc/${id}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
