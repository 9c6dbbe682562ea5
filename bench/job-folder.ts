/**
 * A job as files: raw arrays and a text file with its sizes, so that every system, in any language, starts from the same
 * weights and sees the same rows in the same batches.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initialParameters, type JobData } from '../src/bench/job-data.js';
import { type JobNet, LEARNING_RATE } from '../src/bench/jobs.js';
import { type DigitSets, loadDigits } from './digits.js';
import { writeImageJobFolder } from './image-job-folder.js';
import type { ImageNet } from './image-nets.js';
import { type RowFacts, readDataset, readFacts, readParameters, readRowFacts, writeRows } from './job-rows.js';

/** The folder of a fully connected network. */
export interface JobFolder extends RowFacts {
  readonly activation: JobNet['activation'];
}

/** Writes a job's files for the duration of `work`; `source` says which digits they hold. */
export async function withJobFolder<T>(
  net: JobNet | ImageNet,
  work: (folder: string, source: string) => T,
): Promise<Awaited<T>> {
  const digits = await loadDigits(net.rows);
  const folder = mkdtempSync(join(tmpdir(), 'zerokara-bench-'));
  try {
    if ('layers' in net) writeImageJobFolder(folder, net, digits);
    else writeJobFolder(folder, net, digits);
    return await work(folder, digits.source);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function writeJobFolder(folder: string, net: JobNet, digits: DigitSets): void {
  const { sizes, activation } = net;
  writeRows(folder, net, digits, { sizes: sizes.join(' '), activation, learningRate: LEARNING_RATE });
  writeFileSync(join(folder, 'parameters.f32'), initialParameters(net));
}

export function readJobFolder(folder: string): JobFolder {
  const facts = readFacts(folder);
  return { ...readRowFacts(folder, facts), activation: facts.get('activation') as JobNet['activation'] };
}

/** The data that the library's workloads start from. */
export function jobData(job: JobFolder): JobData {
  return { ...job, train: readDataset(job, 'train'), parameters: readParameters(job) };
}
