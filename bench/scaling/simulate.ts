/** `npm run simulate:scaling`: training on up to 1,024 machines, on paper. `-- --help` lists the options. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Environment } from '../../src/bench/environment.js';
import { describeEnvironment } from '../../src/cli/machine.js';
import { BENCH } from '../places.js';
import { ALGORITHMS, type Network } from './allreduce.js';
import { type CurveOptions, reportCurves, strongCurve, weakCurve } from './curves.js';
import { type LinkRun, measureLinks } from './measure-link.js';
import { measureSteps, SCALED, type ScaledJob } from './measure-steps.js';
import { ethernets, loopback } from './networks.js';
import type { Timeline } from './timeline.js';
import { compare, type MeasuredStep, reportComparison } from './validation.js';

const JOBS = Object.keys(SCALED) as ScaledJob[];
const MEASURED = join(BENCH, 'scaling', 'measured');

/** Rows of the batch of strong scaling, and of a rank's batch of weak scaling. */
const BATCHES = {
  j1: { strong: [100], weak: 100 },
  j2: { strong: [512, 8192], weak: 256 },
  j6: { strong: [100, 8192], weak: 100 },
} as const;

const HELP = `npm run simulate:scaling -- [options]
  --jobs a,b        of ${JOBS.join(', ')}
  --ranks 1,2,4     numbers of ranks; default the powers of two up to 1,024
  --batch n         rows of the whole batch, strong scaling
  --rows n          rows of each rank, weak scaling
  --bucket n        bytes of gradients that travel together, at least; default 1,048,576
  --no-overlap      gradients travel after the backward pass, not during it
  --spread 0.05     standard deviation of a rank's computing time in a step, as a share; default 0
  --algorithm name  of ${ALGORITHMS.join(', ')}; default the quickest for each sum
  --latency µs --gigabits n    a network of your own in place of the published ones
  --check           the simulation beside measured/ranks.json, on this machine's loopback
  --measure a,b     measures steps, links or both first, and writes bench/scaling/measured/*.json; one minute
`;

/** What a file of measured steps holds. */
interface StepsFile {
  readonly environment: Environment;
  readonly jobs: Readonly<Record<ScaledJob, Timeline>>;
}

const { values: flags } = parseArgs({
  options: {
    jobs: { type: 'string', default: JOBS.join() },
    ranks: { type: 'string', default: Array.from({ length: 11 }, (_, i) => 2 ** i).join() },
    batch: { type: 'string' },
    rows: { type: 'string' },
    bucket: { type: 'string', default: '1048576' },
    overlap: { type: 'boolean', default: true },
    spread: { type: 'string', default: '0' },
    algorithm: { type: 'string' },
    latency: { type: 'string' },
    gigabits: { type: 'string' },
    check: { type: 'boolean', default: false },
    measure: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

async function main(): Promise<void> {
  if (flags.help) {
    console.log(HELP);
    return;
  }
  const jobs = flags.jobs.split(',').map((name) => known('--jobs', name, JOBS));
  const counts = flags.ranks.split(',').map((text) => number('--ranks', text, 1));
  const options: CurveOptions = {
    bucketBytes: number('--bucket', flags.bucket, 0),
    overlap: flags.overlap,
    spread: number('--spread', flags.spread, 0),
    ...(flags.algorithm === undefined ? {} : { algorithm: known('--algorithm', flags.algorithm, ALGORITHMS) }),
  };
  if (flags.measure !== undefined) await measure(flags.measure.split(','));
  const steps = read<StepsFile>('steps');
  const links = read<LinkRun[]>('links');
  const { cpu, node } = steps.environment;
  console.log(`computing times: ${cpu}, one thread a rank, Node ${node} (bench/scaling/measured/steps.json)\n`);
  if (flags.check) check(steps, links, options);
  else curves(jobs, counts, steps, networksOf(links), options);
}

/** Files that the simulation reads; those who have another machine write their own. */
async function measure(parts: readonly string[]): Promise<void> {
  for (const part of parts) known('--measure', part, ['steps', 'links']);
  if (parts.includes('steps')) {
    const environment = describeEnvironment(process.env);
    const jobs: Partial<Record<ScaledJob, Timeline>> = {};
    for (const name of JOBS) jobs[name] = await measureSteps(name);
    write('steps', { environment, jobs });
  }
  if (parts.includes('links')) write('links', measureLinks());
}

function networksOf(links: readonly LinkRun[]): Network[] {
  const { perByteAdded, perByteCopied } = links[0]!;
  const published = ethernets({ perByteAdded, perByteCopied });
  if (flags.latency === undefined && flags.gigabits === undefined) return published;
  if (flags.latency === undefined || flags.gigabits === undefined)
    throw new Mistake('--latency and --gigabits belong together');
  const latency = number('--latency', flags.latency, 0);
  const gigabits = number('--gigabits', flags.gigabits, 1e-6);
  const name = `${flags.gigabits} Gb/s, ${flags.latency} µs`;
  return [{ name, source: 'given', latency, perByte: 8 / (gigabits * 1e3), perByteAdded, perByteCopied, ownCore: 0 }];
}

function curves(
  jobs: readonly ScaledJob[],
  counts: readonly number[],
  { jobs: timelines }: StepsFile,
  networks: readonly Network[],
  options: CurveOptions,
): void {
  for (const { name, source, latency, perByte, perByteAdded } of networks) {
    const rates = [8 / perByte, 8 / perByteAdded].map((bits) => (bits / 1e3).toFixed(1));
    console.log(`${name}: α ${latency} µs, β ${rates[0]} Gb/s, γ ${rates[1]} Gb/s; ${source}`);
  }
  console.log('\nefficiency, milliseconds of a step, and of these waiting for sums\n');
  const over = (curve: typeof strongCurve, timeline: Timeline, rows: number) =>
    networks.map((network) => ({ network: network.name, points: curve(timeline, network, rows, counts, options) }));
  for (const name of jobs) {
    const timeline = timelines[name];
    const bytes = timeline.gradients.reduce((sum, gradient) => sum + gradient.bytes, 0);
    console.log(`${timeline.title.replace(/, batch \d+/, '')}; ${(bytes / 1e6).toFixed(2)} MB of gradients\n`);
    const strong = flags.batch === undefined ? BATCHES[name].strong : [number('--batch', flags.batch, 1)];
    const weak = flags.rows === undefined ? BATCHES[name].weak : number('--rows', flags.rows, 1);
    for (const batch of strong) {
      console.log(reportCurves(`strong: ${batch} rows in all`, over(strongCurve, timeline, batch)));
    }
    console.log(reportCurves(`weak: ${weak} rows each`, over(weakCurve, timeline, weak)));
  }
}

function check({ jobs, environment }: StepsFile, links: readonly LinkRun[], options: CurveOptions): void {
  const { steps } = read<{ steps: MeasuredStep[] }>('ranks');
  for (const link of links) {
    const network = loopback(link);
    const [alpha, beta, gamma] = [network.latency, 8 / network.perByte / 1e3, 8 / network.perByteAdded / 1e3];
    console.log(`${network.name}: α ${alpha.toFixed(2)} µs, β ${beta.toFixed(1)} Gb/s, γ ${gamma.toFixed(1)} Gb/s`);
  }
  // Ranks of one machine have its cores, and no others.
  const cores = { ...options, cores: environment.cores };
  console.log(`\n${reportComparison(compare(steps, jobs, loopback(links[0]!), cores))}`);
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(MEASURED, `${name}.json`), 'utf8')) as T;
}

function write(name: string, value: unknown): void {
  writeFileSync(join(MEASURED, `${name}.json`), `${JSON.stringify(value, null, 1)}\n`);
}

function known<Name extends string>(flag: string, text: string, names: readonly Name[]): Name {
  if ((names as readonly string[]).includes(text)) return text as Name;
  throw new Mistake(`${flag} is "${text}"; known are ${names.join(', ')}`);
}

function number(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= least) return value;
  throw new Mistake(`${flag} is "${text}"; expected a number of at least ${least}`);
}

/** A mistake in the options: reported by its message alone, without a stack. */
class Mistake extends Error {}

main().catch((error: unknown) => {
  console.error(error instanceof Mistake ? `simulate:scaling: ${error.message}` : error);
  process.exitCode = 1;
});
