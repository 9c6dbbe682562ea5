/** The library in a page: its step as users write it, on each backend that a page has. */

import { createBackend } from '../../src/backend/choose/load.js';
import { digitsDataset } from '../../src/bench/job-data.js';
import { startTraining, stepWorkload } from '../../src/bench/workloads.js';
import type { Offers, PageJob } from './page-job.js';

export { fetchJob, lossesOf, timeOf } from './page-job.js';

export function offersOf({ bytes, labels, ...job }: PageJob): Offers {
  const train = digitsDataset({ x: bytes, labels, count: job.rows }, job.sizes);
  const data = { ...job, train };
  const offer = (name: 'wasm' | 'js') => () => stepWorkload(data, startTraining(data, createBackend(name)));
  return { 'zerokara wasm': offer('wasm'), 'zerokara js': offer('js') };
}
