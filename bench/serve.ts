/**
 * The child's side of the bench: a process that offers workloads and times them on request.
 *
 * One line of JSON answers each line of input: `check <workload>`, `run <workload> <milliseconds>`, `quit`.
 * A process lives as long as the bench, so that rounds of several systems can be interleaved, all of them warmed up.
 */

import { createInterface } from 'node:readline';
import { time, type Workloads, workloadFinder } from '../src/bench/timing.js';

/** The first message of the process. */
export interface Ready {
  readonly ready: true;
  /** Versions of what computes, for the report. */
  readonly versions: string;
  readonly workloads: readonly string[];
}

export async function serve(workloads: Workloads, versions: string): Promise<void> {
  const find = workloadFinder(workloads);
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

/** Reports to the bench that this process offers nothing here, and why. */
export function decline(error: unknown): void {
  answer({ error: error instanceof Error ? error.message : String(error) });
}

function answer(reply: object): void {
  process.stdout.write(JSON.stringify(reply) + '\n');
}
