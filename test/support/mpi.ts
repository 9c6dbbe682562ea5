/** Programs on several ranks, by the MPI of this machine where there is one. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launcherEnv } from './running.js';

const inRoot = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

const ADDON = inRoot('build/Release/zerokara-mpi.node');

/**
 * Why nothing can run over MPI here; undefined where it can.
 *
 * @throws {Error} with REQUIRE_MPI=1, instead of an answer by which tests are left out
 */
export function whyNoMpi(): string | undefined {
  const why = missing();
  if (why !== undefined && process.env['REQUIRE_MPI'] === '1') throw new Error(`REQUIRE_MPI=1, and ${why}`);
  return why;
}

function missing(): string | undefined {
  if (!fs.existsSync(ADDON)) return 'the addon of MPI has not been built (node scripts/build-addon.mjs --mpi)';
  if (spawnSync('mpirun', ['--version'], { stdio: 'ignore' }).status !== 0) return 'there is no mpirun';
  return fs.existsSync(inRoot('dist/index.js')) ? undefined : 'there is no dist/ (npm run build:dist)';
}

export interface MpirunOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of mpirun itself. */
  readonly mpirunArgs?: readonly string[];
  /** Milliseconds after which all ranks are killed. */
  readonly timeout?: number;
  /** Is given the process of mpirun and what the ranks print. */
  readonly onOutput?: (text: string, child: ChildProcess) => void;
}

export interface MpirunResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
  /** What each rank has written as JSON into the folder RESULTS of its environment, as `<rank>.json`. */
  readonly results: readonly unknown[];
}

/** Runs a program of Node on so many ranks, each with one thread: there may be more than cores, and none is bound to a core. */
export function mpirun(ranks: number, program: string, options: MpirunOptions = {}): Promise<MpirunResult> {
  const { args = [], env = {}, mpirunArgs = [], timeout = 60_000, onOutput } = options;
  const begun = performance.now();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-ranks-'));
  return new Promise((resolve, reject) => {
    const child = spawn(
      'mpirun',
      ['-n', String(ranks), '--oversubscribe', '--bind-to', 'none', ...mpirunArgs, process.execPath, program, ...args],
      { env: launcherEnv({ ...env, RESULTS: folder }), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] += text;
        onOutput?.(text, child);
      });
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...said, seconds: (performance.now() - begun) / 1000, results: takeResults(folder) });
    });
  });
}

/** The same without a launcher. */
export function runAlone(program: string, { args = [], env = {} }: MpirunOptions = {}): MpirunResult {
  const begun = performance.now();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-ranks-'));
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    env: launcherEnv({ ...env, RESULTS: folder }),
    encoding: 'utf8',
  });
  const seconds = (performance.now() - begun) / 1000;
  return { code: status, signal, stdout, stderr, seconds, results: takeResults(folder) };
}

function takeResults(folder: string): readonly unknown[] {
  const files = fs.readdirSync(folder).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const results = files.map((file) => JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as unknown);
  fs.rmSync(folder, { recursive: true });
  return results;
}

/** The results of a program that has ended well, in the order of the ranks. */
export function resultsOf<T>({ stdout, stderr, code, results }: MpirunResult): readonly T[] {
  if (code !== 0) throw new Error(`exit status ${code}\n${stdout}\n${stderr}`);
  return results as readonly T[];
}

/** A file of test/distributed/programs. */
export function program(name: string): string {
  return inRoot(`test/distributed/programs/${name}`);
}
