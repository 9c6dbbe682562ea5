import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { QUICK, runBench, UNHURRIED } from '../bench/bench.js';
import { BACKEND_JOBS, type BackendJobName } from '../bench/jobs.js';
import type { BackendName } from '../index.js';
import { requireWritable } from '../io/atomic-file.js';
import { describeEnvironment, withCalibrator } from './machine.js';
import { parseCount } from './numbers.js';

/** The options as commander passes them. */
interface BenchFlags {
  readonly quick: boolean;
  readonly jobs?: readonly BackendJobName[];
  readonly backends?: readonly BackendName[];
  readonly rounds?: number;
  readonly json?: string;
}

const JOB_NAMES = Object.keys(BACKEND_JOBS) as BackendJobName[];

const BACKENDS: readonly BackendName[] = ['native', 'wasm', 'js'];

/** `zerokara bench`: the backends of this machine against each other. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('Time training and prediction on every backend of this machine.')
    .option('--quick', 'fewer and shorter rounds, under a minute', false)
    .addOption(
      new Option('--jobs <names>', `any of ${JOB_NAMES.join(', ')}, with commas (default: all)`).argParser(
        namesOf(JOB_NAMES),
      ),
    )
    .addOption(
      new Option('--backends <names>', `any of ${BACKENDS.join(', ')}, with commas (default: all)`).argParser(
        namesOf(BACKENDS),
      ),
    )
    .option('--rounds <n>', 'rounds of each job, at least 1', parseCount)
    .option('--json <file>', 'write all measurements')
    .action(bench);
}

async function bench(flags: BenchFlags): Promise<void> {
  if (flags.json !== undefined) await requireWritable(flags.json, 'bench');
  const usual = flags.quick ? QUICK : UNHURRIED;
  const options = {
    jobs: flags.jobs ?? JOB_NAMES,
    backends: flags.backends ?? BACKENDS,
    threads: [1, 2],
    pace: { ...usual, rounds: flags.rounds ?? usual.rounds },
    environment: describeEnvironment(process.env),
    print: (text: string) => console.log(text),
    say: (line: string) => console.error(`  ${line}`),
  };
  const result = await withCalibrator((calibrator) => runBench({ ...options, calibrator }));
  if (flags.json === undefined) return;
  writeFileSync(flags.json, JSON.stringify(result, null, 1) + '\n');
  console.log(`written to ${flags.json}`);
}

/** Reads `a,b` where each is one of `known`. */
function namesOf<T extends string>(known: readonly T[]): (text: string) => T[] {
  return (text) =>
    text.split(',').map((name) => {
      if ((known as readonly string[]).includes(name)) return name as T;
      throw new InvalidArgumentError(`"${name}" is not one of ${known.join(', ')}`);
    });
}
