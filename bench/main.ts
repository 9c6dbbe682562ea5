/** `npm run bench`: the library against other systems. `npm run bench -- --help` lists the options. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import type { BackendChoice } from '../src/backend/choose/load.js';
import { QUICK, UNHURRIED } from '../src/bench/bench.js';
import { describeEnvironment, withCalibrator } from '../src/cli/machine.js';
import { runPeerBench } from './bench.js';
import { compile } from './compile.js';
import { JOBS, type JobName } from './jobs.js';
import { findPeers, PEER_NAMES } from './peers.js';
import { BENCH } from './places.js';
import type { Roofline } from './roofline.js';
import { PROFILED, runProfile } from './run-profile.js';

const JOB_NAMES = Object.keys(JOBS) as JobName[];
const QUICK_JOBS: readonly JobName[] = ['j1', 'j2', 'j3', 'j4', 'j5', 'j6', 'loop', 'memory'];
const BACKENDS = ['native', 'wasm', 'js'] as const;
/** Their steps take so long that a short turn is meaningless. */
const SLOW_PEERS: readonly string[] = ['tfjs-cpu', 'jax-js', 'brain', 'numpy-float64'];

const HELP = `npm run bench -- [options]
  --quick           under two minutes: fewer and shorter rounds of ${QUICK_JOBS.join(', ')}, without slow peers
  --jobs a,b        of ${JOB_NAMES.join(', ')}
  --peers a,b       of ${PEER_NAMES.join(', ')}; or none
  --backends a,b    of ${BACKENDS.join(', ')}
  --threads 1,2     numbers of threads (the default; 1 with --quick)
  --workloads a,b   only these of the jobs, e.g. model:iris,model:wine
  --rounds n        rounds of each job, at least 1
  --coretype a,b    run everything once for each value of OPENBLAS_CORETYPE; "unset" removes it.
                    Default: unset, and then the value that is set, if there is one
  --profile         in place of the jobs: where the time of a step of ${PROFILED.join(', ')} goes, call by call (or of --jobs)
`;

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    jobs: { type: 'string' },
    peers: { type: 'string' },
    backends: { type: 'string' },
    threads: { type: 'string' },
    rounds: { type: 'string' },
    workloads: { type: 'string' },
    coretype: { type: 'string' },
    profile: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

type Print = (text: string) => void;

async function main(): Promise<void> {
  if (flags.help) {
    console.log(HELP);
    return;
  }
  const measure = flags.profile ? profile : comparison();
  const given = process.env['OPENBLAS_CORETYPE'];
  const usual = given === undefined || flags.quick ? ['unset'] : ['unset', given];
  for (const coretype of flags.coretype?.split(',') ?? usual) {
    if (coretype === 'unset') delete process.env['OPENBLAS_CORETYPE'];
    else process.env['OPENBLAS_CORETYPE'] = coretype;
    const output: string[] = [];
    const print: Print = (text) => {
      output.push(text);
      console.log(text);
    };
    if (given !== undefined || coretype !== 'unset') print(`OPENBLAS_CORETYPE: ${coretype}, for every system\n`);
    write(coretype, await measure(print), output);
  }
}

/** The comparison that the options describe; they are all read before anything is measured. */
function comparison(): (print: Print) => Promise<object> {
  const { quick } = flags;
  const jobs = list('job', flags.jobs, JOB_NAMES, quick ? QUICK_JOBS : JOB_NAMES);
  const fast = PEER_NAMES.filter((name) => !SLOW_PEERS.includes(name));
  const peers = flags.peers === 'none' ? [] : list('peer', flags.peers, PEER_NAMES, quick ? fast : PEER_NAMES);
  const backends = list('backend', flags.backends, BACKENDS, BACKENDS);
  const threads = list('number of threads', flags.threads, ['1', '2'], quick ? ['1'] : ['1', '2']).map(Number);
  const known = jobs.flatMap((name): string[] => JOBS[name].measures.map(({ workload }) => workload));
  const workloads = list('workload', flags.workloads, known, known);
  const usual = quick ? QUICK : UNHURRIED;
  const pace = flags.rounds === undefined ? usual : { ...usual, rounds: readRounds(flags.rounds), isGiven: true };
  return async (print) => {
    const { entrants, missing } = findPeers(peers, threads);
    for (const line of missing) print(`not here: ${line}`);
    const say = (line: string): void => void process.stderr.write(`  ${line}\n`);
    const { env } = process;
    const options = { jobs, backends, threads, pace, print, say, peers: entrants, env, workloads };
    const environment = describeEnvironment(env);
    const result = await withCalibrator((calibrator) => runPeerBench({ ...options, environment, calibrator }));
    return { ...result, missing };
  };
}

async function profile(print: Print): Promise<object> {
  const compiled = compile('probe');
  if ('reason' in compiled) print(`the machine's limits are not probed: ${compiled.reason}`);
  const probe = (workingSet: number): Roofline | undefined => {
    if ('reason' in compiled) return undefined;
    const { stdout } = spawnSync(compiled.program, [String(workingSet)], { encoding: 'utf8' });
    const { flops, bytes } = JSON.parse(stdout) as { flops: number; bytes: number };
    return { flops, bytes, how: 'one core: multiply-adds in registers, y ← y + a·x over the working set' };
  };
  const jobs = list('profiled job', flags.jobs, PROFILED, PROFILED);
  return runProfile({ jobs, backend: (flags.backends ?? 'auto') as BackendChoice, probe, print });
}

function write(coretype: string, result: object, output: readonly string[]): void {
  const folder = join(BENCH, 'results');
  mkdirSync(folder, { recursive: true });
  const time = new Date().toISOString().replaceAll(':', '-').slice(0, 19);
  const stem = join(folder, `${time}${coretype === 'unset' ? '' : `-${coretype}`}${flags.profile ? '-profile' : ''}`);
  writeFileSync(`${stem}.json`, `${JSON.stringify(result, null, 1)}\n`);
  writeFileSync(`${stem}.txt`, `${output.join('\n')}\n`);
  console.log(`written to ${relative(process.cwd(), stem)}.json and .txt`);
}

/** The names in a comma-separated option, all of them known, or the default ones. */
function list<Name extends string>(
  kind: string,
  text: string | undefined,
  known: readonly Name[],
  usual: readonly Name[],
): readonly Name[] {
  if (text === undefined) return usual;
  return text.split(',').map((name) => {
    if ((known as readonly string[]).includes(name)) return name as Name;
    throw new Mistake(`no ${kind} is called "${name}"; known are ${known.join(', ')}`);
  });
}

function readRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Mistake(`--rounds is "${text}"; expected a whole number of at least 1`);
  }
  return rounds;
}

/** A mistake in the options: reported by its message alone, without a stack. */
class Mistake extends Error {}

main().catch((error: unknown) => {
  console.error(error instanceof Mistake ? `bench: ${error.message}` : error);
  process.exitCode = 1;
});
