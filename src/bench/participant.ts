/**
 * The library as a process of the bench: `node participant.js <job folder> <backend>`.
 * The number of threads comes by ZEROKARA_THREADS, as it does to any program.
 */

import { type BackendChoice, selectBackend } from '../backend/choose/load.js';
import { readJobFolder } from './job-folder.js';
import { decline, serve } from './serve.js';
import { libraryWorkloads } from './workloads.js';

async function participate(folder: string, choice: string): Promise<void> {
  const { backend, addon } = selectBackend(choice as BackendChoice);
  const info = addon?.info();
  const kernels = info === undefined ? '' : ` over ${info.config.trim()}, kernel ${info.corename}, level ${info.isa}`;
  await serve(libraryWorkloads(readJobFolder(folder), backend), backend.name + kernels);
}

const [folder, choice] = process.argv.slice(2);
participate(folder!, choice!).catch((error: unknown) => decline((error as Error).message));
