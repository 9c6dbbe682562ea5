/** Times one operation, repeated in blocks. */

import { median } from './statistics.js';

/** Numbers to compare with those of other systems; or, if a system cannot follow given batches, the accuracy it reached. */
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
  /** Figures of the runs since the last call. */
  figures?(): Readonly<Record<string, number>>;
}

/** Workloads by name; each is made when first needed. */
export type Workloads = Readonly<Record<string, () => Workload>>;

/** The least duration of a block of operations in microseconds, so that the cost of reading the clock is negligible. */
const BLOCK = 1000;

/** @returns a function that finds a workload by its name and throws if there is none */
export function workloadFinder(workloads: Workloads): (name: string) => Workload {
  const made = new Map<string, Workload>();
  return (name) => {
    const make = workloads[name];
    if (make === undefined) throw new Error(`no workload ${name}`);
    if (!made.has(name)) made.set(name, make());
    return made.get(name)!;
  };
}

export async function time(workload: Workload, milliseconds: number): Promise<Timing> {
  const start = performance.now();
  const first = await block(workload, 1);
  let size = blockSize(first);
  // An operation at least as long as a block is a block by itself: the full run is not made twice to be timed once.
  const blocks = size === 1 ? [first] : [];
  while (blocks.length === 0 || performance.now() - start < milliseconds) {
    const each = await block(workload, size);
    if (each * size < BLOCK / 8 && blockSize(each) > size) {
      // The first operation took far longer than the others, say because of a garbage collection.
      size = blockSize(each);
      blocks.length = 0;
      continue;
    }
    blocks.push(each);
  }
  const figures = workload.figures?.();
  return {
    median: median(blocks),
    min: blocks.reduce((least, each) => Math.min(least, each)),
    iterations: blocks.length * size,
    ...(figures === undefined ? {} : { figures }),
  };
}

/** Operations of so many microseconds that fill a block. */
function blockSize(microseconds: number): number {
  return Math.max(1, Math.round(BLOCK / Math.max(microseconds, 0.01)));
}

/** Mean microseconds of `size` operations in a row. */
async function block(workload: Workload, size: number): Promise<number> {
  const begin = performance.now();
  for (let i = 0; i < size; i++) {
    const pending = workload.run();
    // Awaiting a non-promise would cost a turn of the microtask queue per operation.
    if (pending instanceof Promise) await pending;
  }
  return ((performance.now() - begin) * 1000) / size;
}
