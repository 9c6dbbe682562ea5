/** A job of the bench as a page has it: its facts, and its arrays fetched as they are. */

import type { Workload } from '../../src/bench/timing.js';
import type { JobFolder } from '../job-folder.js';

export type Facts = Omit<JobFolder, 'folder'>;

export interface PageJob extends Facts {
  readonly bytes: Uint8Array;
  readonly labels: Int32Array;
  /** The rows of all batches, one after another. */
  readonly indices: Int32Array;
  readonly parameters: Float32Array;
}

export async function fetchJob(): Promise<PageJob> {
  const get = async (name: string): Promise<ArrayBuffer> => (await fetch(`/job/${name}`)).arrayBuffer();
  return {
    ...((await (await fetch('/job/facts.json')).json()) as Facts),
    bytes: new Uint8Array(await get('x.u8')),
    labels: new Int32Array(await get('labels.i32')),
    indices: new Int32Array(await get('indices.i32')),
    parameters: new Float32Array(await get('parameters.f32')),
  };
}

/** What a system offers to the page, by name. */
export type Offers = Readonly<Record<string, () => Workload>>;

/** The first losses of a workload, for the comparison. */
export async function lossesOf(offers: Offers, name: string): Promise<readonly number[]> {
  const found = await offers[name]!().check();
  return 'values' in found ? found.values : [];
}

/** Mean microseconds of a run, over at least so many milliseconds: a page's clock is too coarse for single runs. */
export function timeOf(workload: Workload, milliseconds: number): number {
  const start = performance.now();
  let runs = 0;
  for (; runs === 0 || performance.now() - start < milliseconds; runs++) workload.run();
  return ((performance.now() - start) * 1000) / runs;
}
