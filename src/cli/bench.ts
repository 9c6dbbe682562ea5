import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { runBench } from '../bench/bench.js';
import { JOBS, type JobName } from '../bench/jobs.js';
import { runProfile } from '../bench/run-profile.js';
import type { BackendName } from '../index.js';
import { parseNumber } from './numbers.js';

/** The options as commander hands them over. */
interface BenchFlags {
  readonly quick: boolean;
  readonly jobs?: readonly JobName[];
  readonly backends?: readonly BackendName[];
  readonly rounds?: number;
  readonly profile: boolean;
  readonly json?: string;
}

const JOB_NAMES = Object.keys(JOBS) as JobName[];

/** What gives an answer within two minutes. */
const QUICK_JOBS: readonly JobName[] = ['j1', 'j2', 'j3', 'loop', 'memory'];

const BACKENDS: readonly BackendName[] = ['native', 'wasm', 'js'];

/** `zerokara bench`: the backends of this machine against each other. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('Time training and prediction on every backend of this machine.')
    .option('--quick', 'fewer and shorter rounds, under two minutes', false)
    .addOption(
      new Option('--jobs <names>', `any of ${JOB_NAMES.join(', ')}, with commas`).argParser(namesOf(JOB_NAMES)),
    )
    .addOption(
      new Option('--backends <names>', `any of ${BACKENDS.join(', ')}, with commas (default: all)`).argParser(
        namesOf(BACKENDS),
      ),
    )
    .option('--rounds <n>', 'rounds of each job', parseNumber)
    .option('--profile', 'in place of the jobs: where the time of a training step goes, call by call', false)
    .option('--json <file>', 'write all measurements')
    .action(bench);
}

async function bench(flags: BenchFlags): Promise<void> {
  const print = (text: string): void => console.log(text);
  const result = flags.profile
    ? await runProfile({ backend: flags.backends?.[0] ?? 'auto', print })
    : await compare(flags, print);
  if (flags.json === undefined) return;
  writeFileSync(flags.json, JSON.stringify(result, null, 1) + '\n');
  console.log(`written to ${flags.json}`);
}

function compare(flags: BenchFlags, print: (text: string) => void): Promise<object> {
  return runBench({
    jobs: flags.jobs ?? (flags.quick ? QUICK_JOBS : JOB_NAMES),
    backends: flags.backends ?? BACKENDS,
    threads: [1, 2],
    quick: flags.quick,
    ...(flags.rounds === undefined ? {} : { rounds: flags.rounds }),
    print,
    say: (line) => console.error(`  ${line}`),
  });
}

/** Reads `a,b` where each is one of `known`. */
function namesOf<T extends string>(known: readonly T[]): (text: string) => T[] {
  return (text) =>
    text.split(',').map((name) => {
      if ((known as readonly string[]).includes(name)) return name as T;
      throw new InvalidArgumentError(`"${name}" is none of ${known.join(', ')}`);
    });
}
