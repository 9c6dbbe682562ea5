/** `node bench/scaling/run.mjs ranks`: what a second rank gains on this machine, beside PyTorch's DistributedDataParallel over gloo. */

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { environmentLines } from '../../src/bench/environment.js';
import { format } from '../../src/bench/report.js';
import { median, medianRatio, quantile } from '../../src/bench/statistics.js';
import { textTable } from '../../src/bench/text-table.js';
import { describeEnvironment } from '../../src/cli/machine.js';
import { withJobFolder } from '../job-folder.js';
import { JOBS } from '../jobs.js';
import { BENCH, BUILD } from '../places.js';
import { type Command, Group } from './group.js';
import { AS_ROOT } from './measure-link.js';
import type { MeasuredStep } from './validation.js';

/** The whole batch, whatever the number of ranks, and the steps of a turn: each takes about a second. */
const WORK = { j2: { batchSize: 512, steps: 17 }, j6: { batchSize: 100, steps: 17 } } as const;

/** Steps whose losses are compared before anything is timed. */
const CHECKED = 8;

/** Losses of one rank and of several differ by the order in which gradients are added. */
const TOLERANCE = 2e-4;

const { values: flags } = parseArgs({
  options: {
    jobs: { type: 'string', default: 'j2,j6' },
    ranks: { type: 'string', default: '1,2' },
    rounds: { type: 'string', default: '9' },
    peers: { type: 'boolean', default: true },
    write: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

interface Entrant {
  readonly title: string;
  readonly ranks: number;
  readonly commands: (folder: string) => readonly Command[];
}

interface Lane extends Entrant {
  readonly group: Group;
  /** Microseconds of a step, round by round. */
  readonly steps: number[];
  readonly waiting: number[];
}

/** One thread a rank, for all that might start more. */
const ENV = { ...process.env, ZEROKARA_THREADS: '1', OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', ...AS_ROOT };

function library(ranks: number): Entrant {
  const program = (folder: string, kind: string) => [process.execPath, join(BUILD, 'rank.js'), folder, kind];
  const mpirun = ['mpirun', '-n', String(ranks), '--bind-to', 'none', '--oversubscribe'];
  // Ranks sit idle between their turns: that is no fault.
  const env = { ...ENV, ZEROKARA_MPI_TIMEOUT: '0' };
  const commands = (folder: string) => [
    { env, command: ranks === 1 ? program(folder, 'alone') : [...mpirun, ...program(folder, 'distributed')] },
  ];
  return { title: 'zerokara', ranks, commands };
}

function torch(ranks: number, port: number): Entrant {
  const python = process.env['PYTHON'] || 'python3';
  const rank = (folder: string, r: number) => ({
    command: [python, join(BENCH, 'peers', 'torch_ddp.py'), folder],
    env: {
      ...{ ...ENV, MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: String(2 ** 33) },
      ...{ MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(port), WORLD_SIZE: String(ranks), RANK: String(r) },
    },
  });
  return { title: 'PyTorch', ranks, commands: (folder) => Array.from({ length: ranks }, (_, r) => rank(folder, r)) };
}

async function measure(job: keyof typeof WORK, rounds: number): Promise<MeasuredStep[]> {
  const { batchSize, steps } = WORK[job];
  const net = { ...JOBS[job].net, batchSize };
  const counts = flags.ranks.split(',').map(Number);
  const entrants = [...counts.map(library), ...(flags.peers ? counts.map((n, i) => torch(n, 29_500 + i)) : [])];
  return withJobFolder(net, async (folder) => {
    const lanes: Lane[] = [];
    try {
      for (const entrant of entrants) {
        try {
          const group = await Group.start(entrant.commands(folder), entrant.ranks);
          lanes.push({ ...entrant, group, steps: [], waiting: [] });
        } catch (error) {
          console.log(`not here: ${entrant.title} on ${entrant.ranks}: ${(error as Error).message}`);
        }
      }
      await compareLosses(lanes);
      for (let round = -1; round < rounds; round++) {
        for (const lane of lanes) {
          const { microseconds, waiting } = await lane.group.ask(`run ${steps}`);
          if (round < 0) continue; // warms up
          lane.steps.push(microseconds as number);
          lane.waiting.push((waiting as number | undefined) ?? Number.NaN);
        }
      }
    } finally {
      for (const { group } of lanes) group.stop();
    }
    report(job, lanes, rounds);
    return lanes
      .filter(({ title }) => title === 'zerokara')
      .map(({ ranks, steps }) => ({ job, ranks, rows: Math.ceil(batchSize / ranks), step: median(steps) }));
  });
}

/** Results first: what computes something else gets no time. Each system's own batches; so only its ranks are compared. */
async function compareLosses(lanes: readonly Lane[]): Promise<void> {
  const first = new Map<string, number[]>();
  for (const { title, ranks, group } of lanes) {
    const { losses } = (await group.ask(`check ${CHECKED}`)) as unknown as { losses: number[] };
    const expected = first.get(title) ?? losses;
    first.set(title, expected);
    const error = Math.max(...losses.map((loss, i) => Math.abs(loss / expected[i]! - 1)));
    if (losses.length !== CHECKED || !(error <= TOLERANCE)) {
      throw new Error(`${title} on ${ranks} ranks: losses ${losses}; on one ${expected}`);
    }
    if (ranks > 1)
      console.log(`${title} on ${ranks} ranks: ${CHECKED} losses within ${error.toExponential(1)} of one rank's`);
  }
}

function report(job: keyof typeof WORK, lanes: readonly Lane[], rounds: number): void {
  const cores = availableParallelism();
  const all = Array.from({ length: rounds }, (_, i) => i);
  const rows = lanes.map(({ title, ranks, steps, waiting }) => {
    const alone = lanes.find((lane) => lane.title === title && lane.ranks === 1)?.steps ?? [];
    const ratios = steps.map((step, i) => alone[i]! / step / Math.min(ranks, cores));
    const torch = lanes.find((lane) => lane.title === 'PyTorch' && lane.ranks === ranks)?.steps ?? [];
    return [
      title,
      String(ranks),
      format(median(steps) / 1e3),
      format(Math.min(...steps) / 1e3),
      format(median(waiting) / 1e3),
      median(ratios).toFixed(3),
      `${quantile(ratios, 0.25).toFixed(3)}–${quantile(ratios, 0.75).toFixed(3)}`,
      (Math.min(...alone) / Math.min(...steps) / Math.min(ranks, cores)).toFixed(3),
      format(medianRatio(steps, torch, all)),
      '',
    ];
  });
  const head = [
    '',
    'ranks',
    'ms a step',
    'best',
    'waiting',
    'efficiency',
    'quartiles',
    'of the best',
    'time ÷ PyTorch',
    '',
  ];
  console.log(`\n${JOBS[job].title.replace(/batch \d+/, `batch ${WORK[job].batchSize}`)}; ${rounds} rounds in turn`);
  console.log(`${textTable(head, rows)}\n`);
}

async function main(): Promise<void> {
  const environment = describeEnvironment(process.env);
  console.log(`${environmentLines(environment).join('\n')}\n`);
  const steps: MeasuredStep[] = [];
  for (const job of flags.jobs.split(','))
    steps.push(...(await measure(job as keyof typeof WORK, Number(flags.rounds))));
  if (!flags.write) return;
  const file = join(BENCH, 'scaling', 'measured', 'ranks.json');
  writeFileSync(file, `${JSON.stringify({ environment, steps }, null, 1)}\n`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
