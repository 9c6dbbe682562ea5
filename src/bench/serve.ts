/**
 * The child's side of the bench: a process that offers workloads and times them when it is told to.
 *
 * One line of JSON answers each line of input: `check <workload>`, `run <workload> <milliseconds>`, `quit`.
 * A process lives as long as the bench, so that rounds of several systems can be interleaved, each long warmed up.
 */

import { createInterface } from 'node:readline';
import { median } from './statistics.js';

/** What the process says first. */
export interface Ready {
  readonly ready: true;
  /** Versions of what computes, for the report. */
  readonly versions: string;
  readonly workloads: readonly string[];
}

/** Numbers to compare with those of other systems; or, where a system cannot follow given batches, what it reached. */
export type Check = { readonly values: readonly number[] } | { readonly accuracy: number };

/** Microseconds of one operation. */
export interface Timing {
  readonly median: number;
  readonly min: number;
  readonly iterations: number;
  /** Other figures of the run, by name. */
  readonly figures?: Readonly<Record<string, number>>;
}

export interface Workload {
  check(): Check | Promise<Check>;
  /** One operation. A promise is awaited. */
  run(): unknown;
  /** Figures of the runs since this was called last. */
  figures?(): Readonly<Record<string, number>>;
}

/** Each is made when it is first asked for. */
export type Workloads = Readonly<Record<string, () => Workload>>;

/** Microseconds that a block of operations lasts at least: reading the clock costs nothing then. */
const BLOCK = 1000;

export async function serve(workloads: Workloads, versions: string): Promise<void> {
  const made = new Map<string, Workload>();
  const find = (name: string): Workload => {
    const make = workloads[name];
    if (make === undefined) throw new Error(`no workload ${name}`);
    if (!made.has(name)) made.set(name, make());
    return made.get(name)!;
  };
  answer({ ready: true, versions, workloads: Object.keys(workloads) });
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, name, milliseconds] = line.split(' ');
    if (command === 'quit') break;
    try {
      const workload = find(name!);
      answer(command === 'run' ? await time(workload, Number(milliseconds)) : await workload.check());
    } catch (error) {
      answer({ error: (error as Error).message });
    }
  }
  process.exit(0);
}

/** Tells the bench that this process has nothing to offer here, and why. */
export function decline(reason: string): void {
  answer({ error: reason });
}

async function time(workload: Workload, milliseconds: number): Promise<Timing> {
  const start = performance.now();
  const first = await block(workload, 1);
  const size = Math.max(1, Math.round(BLOCK / Math.max(first, 0.01)));
  // An operation as long as a block is one: the full run is not made twice to be timed once.
  const blocks = size === 1 ? [first] : [];
  while (blocks.length === 0 || performance.now() - start < milliseconds) blocks.push(await block(workload, size));
  const figures = workload.figures?.();
  return {
    median: median(blocks),
    min: Math.min(...blocks),
    iterations: blocks.length * size,
    ...(figures === undefined ? {} : { figures }),
  };
}

/** Mean microseconds of `size` operations in a row. */
async function block(workload: Workload, size: number): Promise<number> {
  const begin = performance.now();
  for (let i = 0; i < size; i++) {
    const pending = workload.run();
    // Awaiting what is no promise would cost a turn of the microtask queue for each operation.
    if (pending instanceof Promise) await pending;
  }
  return ((performance.now() - begin) * 1000) / size;
}

function answer(reply: object): void {
  process.stdout.write(JSON.stringify(reply) + '\n');
}
