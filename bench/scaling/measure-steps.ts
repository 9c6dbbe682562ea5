/** Measures the steps of J1, J2 and J6 on one thread, for many numbers of rows: what one rank of many computes. */

import type { Backend } from '../../src/backend/backend.js';
import { createBackend } from '../../src/backend/choose/load.js';
import { setThreads } from '../../src/backend/choose/threads.js';
import { LEARNING_RATE, SEED } from '../../src/bench/jobs.js';
import { network } from '../../src/bench/workloads.js';
import { Batches } from '../../src/data/batches.js';
import type { Dataset } from '../../src/data/dataset.js';
import type { Network } from '../../src/models/network.js';
import type { Optimizer } from '../../src/optim/optimizer.js';
import { SGD } from '../../src/optim/sgd.js';
import { Random } from '../../src/random.js';
import { readImageJobFolder } from '../image-job-folder.js';
import { adam, imageNetwork } from '../image-workloads.js';
import { jobData, readJobFolder, withJobFolder } from '../job-folder.js';
import { readDataset, readParameters } from '../job-rows.js';
import { JOBS } from '../jobs.js';
import { type ClockedStep, stepClock } from './step-clock.js';
import type { Timeline } from './timeline.js';

/** The jobs, and the numbers of rows that a rank may have. */
export const SCALED = {
  j1: { rows: [1, 2, 4, 7, 13, 25, 50, 100, 200], rounds: 401 },
  j2: { rows: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512], rounds: 61 },
  j6: { rows: [1, 2, 4, 7, 13, 25, 50, 100, 200], rounds: 41 },
} as const;

export type ScaledJob = keyof typeof SCALED;

/** Steps before the clock counts: arrays are allocated and code is compiled. */
const WARM_UP = 3;

export async function measureSteps(name: ScaledJob): Promise<Timeline> {
  const original = createBackend('native');
  setThreads(1);
  const { net: job, title } = JOBS[name];
  const { rows, rounds } = SCALED[name];
  return withJobFolder(job, (folder) => {
    const images = readImageJobFolder(folder);
    const data = images === undefined ? jobData(readJobFolder(folder)) : undefined;
    const train = data === undefined ? readDataset(images!, 'train') : data.train;
    const parts = (backend: Backend): { net: Network; optimizer: Optimizer } =>
      data === undefined
        ? {
            net: imageNetwork(images!, backend, { dropout: true, parameters: readParameters(images!) }),
            optimizer: adam(images!),
          }
        : { net: network(data, backend), optimizer: new SGD({ learningRate: LEARNING_RATE }) };
    const clocks = rows.map((batchSize) => ({
      batchSize,
      clock: stepClock(original, (backend) => clockedStep(parts(backend), train, batchSize, backend)),
    }));
    // Numbers of rows take turns, so that a slow minute of the machine is none of a single one.
    for (let round = 0; round < rounds; round++) for (const { clock } of clocks) clock.tick();
    const measured = clocks.map(({ batchSize, clock }) => clock.times(batchSize));
    return { title, gradients: clocks.at(-1)!.clock.gradients(), measured };
  });
}

function clockedStep(
  { net, optimizer }: { net: Network; optimizer: Optimizer },
  train: Dataset,
  batchSize: number,
  backend: Backend,
): ClockedStep {
  const random = new Random(SEED);
  const batches = new Batches(train, { batchSize, sampling: 'replacement', random, dtype: 'float32', backend });
  const step: ClockedStep = {
    grads: net.grads,
    backward() {
      const { x, labels } = batches.next();
      net.lossAndGradient(x, labels);
    },
    update() {
      optimizer.update(net.params, net.grads);
    },
  };
  for (let i = 0; i < WARM_UP; i++) {
    step.backward();
    step.update();
  }
  return step;
}
