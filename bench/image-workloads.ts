/** What the library does in the jobs of images: training steps, inference of many images and of one, and J9's runs. */

import type { Backend } from '../src/backend/backend.js';
import { SEED } from '../src/bench/jobs.js';
import type { Workload, Workloads } from '../src/bench/timing.js';
import type { Training } from '../src/bench/workloads.js';
import { Batches } from '../src/data/batches.js';
import { loadMnist } from '../src/data/mnist.js';
import { Sequential } from '../src/models/sequential.js';
import { Adam } from '../src/optim/adam.js';
import { Random } from '../src/random.js';
import { Trainer } from '../src/trainer/trainer.js';
import { allocations } from './allocations.js';
import { type ImageJobFolder, learningParameters } from './image-job-folder.js';
import { readDataset, readParameters } from './job-rows.js';
import { IMAGES_PREDICTED } from './jobs.js';
import { predictionInto } from './one-row.js';

export function imageWorkloads(job: ImageJobFolder, backend: Backend): Workloads {
  const workloads: Record<string, () => Workload> = {
    step: () => stepWorkload(job, backend),
    allocations: () => ({
      run: () => {},
      check: () => ({ values: [] }),
      figures: () => allocations(startImageTraining(job, backend).step, { warmUp: 1_200, windows: 3, steps: 80 }),
    }),
  };
  for (const size of IMAGES_PREDICTED) workloads[`predict:${size}`] = () => prediction(job, backend, size);
  workloads['predict:1/into'] = () => {
    const net = imageNetwork(job, backend, { dropout: false, parameters: readParameters(job) });
    return predictionInto(net, readDataset(job, 'train'));
  };
  if (job.seeds > 0) workloads['learn'] = () => learning(job, backend);
  return workloads;
}

/** Adam as in the paper, which is PyTorch's. */
export function adam({ learningRate }: ImageJobFolder): Adam {
  return new Adam({ learningRate, epsilon: 1e-8, epsilonPlacement: 'corrected' });
}

/** The job's network and weights; without dropout where other systems' results are compared, whose masks are others. */
export function imageNetwork(
  job: ImageJobFolder,
  backend: Backend,
  { dropout, parameters }: { dropout: boolean; parameters: Float32Array },
): Sequential {
  const layers = job.layers.filter(({ type }) => dropout || type !== 'dropout');
  const net = Sequential.from({ input: job.input, layers, loss: 'crossEntropy' }, { seed: SEED, backend });
  let offset = 0;
  for (const { data, size } of Object.values(net.params)) {
    data.set(parameters.subarray(offset, offset + size));
    offset += size;
  }
  return net;
}

/** A bare training loop, as in J1. */
export function startImageTraining(
  job: ImageJobFolder,
  backend: Backend,
  { dropout }: { dropout: boolean } = { dropout: true },
): Training {
  const parameters = readParameters(job);
  const train = readDataset(job, 'train');
  const start = () => ({
    net: imageNetwork(job, backend, { dropout, parameters }),
    optimizer: adam(job),
    batches: new Batches(train, {
      batchSize: job.batchSize,
      sampling: 'replacement',
      random: new Random(SEED),
      dtype: 'float32',
      backend,
    }),
  });
  let { net, optimizer, batches } = start();
  return {
    stepsPerEpoch: batches.stepsPerEpoch,
    step() {
      const { x, labels } = batches.next();
      const loss = net.lossAndGradient(x, labels);
      optimizer.update(net.params, net.grads);
      return loss;
    },
    restart() {
      ({ net, optimizer, batches } = start());
    },
  };
}

function stepWorkload(job: ImageJobFolder, backend: Backend): Workload {
  const { step } = startImageTraining(job, backend);
  return {
    run: step,
    check() {
      const fresh = startImageTraining(job, backend, { dropout: false });
      return { values: Array.from({ length: job.checkSteps }, fresh.step) };
    },
  };
}

function prediction(job: ImageJobFolder, backend: Backend, size: number): Workload {
  const net = imageNetwork(job, backend, { dropout: false, parameters: readParameters(job) });
  const { x } = readDataset(job, 'train').toTensors({ dtype: 'float32', backend });
  const count = Math.floor(job.rows / size);
  const batches = Array.from({ length: count }, (_, i) => x.rows(i * size, (i + 1) * size));
  let next = 0;
  return {
    check: () => ({ values: Array.from(net.predict(x.rows(0, 10)).data) }),
    run: () => net.predict(batches[next++ % count]!),
  };
}

/** J9: from the files of MNIST to the last mark, each run with the next seed. Loading and evaluations are in its time. */
function learning(job: ImageJobFolder, backend: Backend): Workload {
  let seed = 0;
  let figures: Record<string, number> = {};
  return {
    // The job of its training step compares what the network computes.
    check: () => ({ values: [] }),
    async run() {
      seed = (seed % job.seeds) + 1;
      figures = await learn(job, backend, seed);
    },
    figures: () => figures,
  };
}

async function learn(job: ImageJobFolder, backend: Backend, seed: number): Promise<Record<string, number>> {
  const start = performance.now();
  const { train, test } = await loadMnist();
  const net = imageNetwork(job, backend, { dropout: true, parameters: learningParameters(job, seed) });
  const { batchSize, epochs, marks } = job;
  const trainer = new Trainer(net, { train, batchSize, epochs, optimizer: adam(job), seed, evaluate: false });
  const reached: Record<string, number> = {};
  let accuracy = 0;
  await trainer.fit({
    onEpochEnd() {
      accuracy = net.evaluate(test).accuracy!;
      for (const mark of marks) {
        if (accuracy >= mark) reached[`s to ${mark}`] ??= (performance.now() - start) / 1000;
      }
      return accuracy >= marks.at(-1)! ? 'stop' : undefined;
    },
  });
  return { ...reached, epochs: trainer.epoch, accuracy };
}
