/** Compiles `link.c` with the system's MPI and runs it on two ranks of this machine, once for each transport. */

import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH, BUILD } from '../places.js';
import type { MeasuredLink } from './networks.js';

/** What a run of `link.c` prints. */
export interface LinkRun extends MeasuredLink {
  readonly ranks: number;
  /** Whole sums over the ranks, microseconds. */
  readonly sums: readonly { readonly bytes: number; readonly microseconds: number }[];
}

/** Open MPI's names of its byte transfer layers: ranks of one machine use shared memory, of several TCP. */
const TRANSPORTS = { 'shared memory': 'self,vader', TCP: 'self,tcp' } as const;

/** Open MPI refuses root unless both are set. */
export const AS_ROOT = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };

/** @throws {Error} with the reason where there is no MPI */
export function measureLinks(): LinkRun[] {
  mkdirSync(BUILD, { recursive: true });
  const program = join(BUILD, 'link');
  run('mpicc', ['-std=c11', '-O3', '-Wall', '-Wextra', join(BENCH, 'scaling', 'link.c'), '-o', program]);
  return Object.entries(TRANSPORTS).map(([transport, layers]) => {
    const flags = ['-n', '2', '--bind-to', 'none', '--mca', 'pml', 'ob1', '--mca', 'btl', layers];
    return JSON.parse(run('mpirun', [...flags, program, transport])) as LinkRun;
  });
}

function run(command: string, args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...AS_ROOT },
    timeout: 120_000,
  });
  if (error !== undefined)
    throw new Error(`${command}: ${error.message}; Debian has it in libopenmpi-dev, openmpi-bin`);
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.trim()}`);
  return stdout;
}
