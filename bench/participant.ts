/**
 * The library as a process of the bench: `node participant.js <job folder> <backend>`.
 * The number of threads comes from ZEROKARA_THREADS, as for any program.
 */

import type { BackendName } from '../src/backend/backend.js';
import { createBackend } from '../src/backend/choose/load.js';
import { backendVersions } from '../src/bench/backends.js';
import { readImageJobFolder } from './image-job-folder.js';
import { imageWorkloads } from './image-workloads.js';
import { readJobFolder } from './job-folder.js';
import { decline, serve } from './serve.js';
import { libraryWorkloads } from './workloads.js';

async function participate(folder: string, name: BackendName): Promise<void> {
  const versions = backendVersions(name);
  const backend = createBackend(name);
  const images = readImageJobFolder(folder);
  const workloads =
    images === undefined ? libraryWorkloads(readJobFolder(folder), backend, folder) : imageWorkloads(images, backend);
  await serve(workloads, versions);
}

const [folder, name] = process.argv.slice(2);
participate(folder!, name as BackendName).catch(decline);
