/** What `zerokara bench` needs from the machine and the library does not offer: its load, and a second core. */

import { once } from 'node:events';
import { cpus, loadavg, release, type as system } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Calibration, type Calibrator, ITERATIONS, timeWork, work } from '../bench/calibration.js';
import { type Environment, relevantVariables } from '../bench/environment.js';

/** @param env the environment of the processes that are measured */
export function describeEnvironment(env: NodeJS.ProcessEnv): Environment {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    load: loadavg()[0]!,
    system: `${system()} ${release()} ${process.arch}`,
    node: process.version,
    variables: relevantVariables(env),
  };
}

/** It imports what it needs: Node takes it as a module, without `require`, where its options say so. */
const WORKER = `
import('node:worker_threads').then(({ parentPort }) => {
  const work = ${work.toString()};
  parentPort.on('message', (iterations) => {
    const start = performance.now();
    work(iterations);
    parentPort.postMessage(performance.now() - start);
  });
});`;

/** Passes a warmed-up calibrator to `use`, and ends its Worker afterwards. */
export async function withCalibrator<T>(use: (calibrator: Calibrator) => Promise<T>): Promise<T> {
  const worker = new Worker(WORKER, { eval: true });
  const measure = async (): Promise<Calibration> => {
    const one = timeWork();
    const other = once(worker, 'message'); // rejects if the Worker fails
    worker.postMessage(ITERATIONS);
    const here = timeWork();
    const [there] = (await other) as [number];
    return { one, two: Math.max(here, there) };
  };
  try {
    // Warms up the loop for the JIT compiler before it is timed.
    for (let i = 0; i < 20; i++) await measure();
    return await use({ measure });
  } finally {
    await worker.terminate();
  }
}
