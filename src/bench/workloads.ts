/** What the library itself does in each job, through its public classes, gather included. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { allocate, type Backend } from '../backend/backend.js';
import { Batches } from '../data/batches.js';
import type { Dataset } from '../data/dataset.js';
import { MultiLayerNet } from '../models/multi-layer-net.js';
import { SGD } from '../optim/sgd.js';
import { Random } from '../random.js';
import type { Tensor } from '../tensor/tensor.js';
import { Trainer } from '../trainer/trainer.js';
import { allocations } from './allocations.js';
import { type JobFolder, layerSizes, readDataset, readParameters, SEED } from './job-folder.js';
import { PRODUCTS, type Product, productName } from './jobs.js';
import { recordingBackend, replay } from './recording.js';
import type { Workload, Workloads } from './serve.js';

/** Steps of one run of the `steps` and `fit` workloads. */
const LOOP = 1_000;

/** Updates of the full run, as the book makes them. */
const FULL_STEPS = 10_000;

export function libraryWorkloads(job: JobFolder, backend: Backend): Workloads {
  const train = readDataset(job, 'train');
  const training = once(() => trainingStep(job, backend, train));
  const step = (): Workload => training().step;
  const workloads: Record<string, () => Workload> = {
    step,
    gemms: () => training().gemms,
    steps: () => repeated(step()),
    fit: () => trainerRun(job, backend, train),
    allocations: () => ({ run: () => {}, check: nothing, figures: () => allocations(step().run) }),
    full: () => fullRun(job, backend, train),
  };
  for (const batch of [100, 10_000]) {
    if (batch <= job.rows) workloads[`predict:${batch}`] = () => prediction(job, backend, train, batch);
  }
  for (const product of PRODUCTS) workloads[productName(product)] = () => matrixProduct(backend, product);
  return workloads;
}

/** A network with the job's weights. */
function network(job: JobFolder, backend: Backend): MultiLayerNet {
  const net = new MultiLayerNet({ ...layerSizes(job.sizes), activation: job.activation, seed: SEED, backend });
  reset(net, job);
  return net;
}

function reset(net: MultiLayerNet, job: JobFolder): void {
  const initial = readParameters(job);
  let offset = 0;
  for (const { data, size } of Object.values(net.params)) {
    data.set(initial.subarray(offset, offset + size));
    offset += size;
  }
}

/** The step, and the gemm calls of that step alone, on the same arrays. */
function trainingStep(job: JobFolder, original: Backend, train: Dataset): { step: Workload; gemms: Workload } {
  const { backend, record } = recordingBackend(original);
  const training = startTraining(job, backend, train);
  const gemms = record(training.step).filter(({ operation }) => operation === 'gemm');
  return {
    step: {
      run: training.step,
      check() {
        training.restart();
        return { values: Array.from({ length: job.checkSteps }, training.step) };
      },
    },
    gemms: {
      check: nothing,
      run() {
        for (const call of gemms) replay(original, call);
      },
    },
  };
}

/** A bare loop's step: draw a batch, its loss and gradient, the update. */
export function startTraining(
  job: JobFolder,
  backend: Backend,
  train: Dataset,
): { step: () => number; restart: () => void; stepsPerEpoch: number } {
  const net = network(job, backend);
  const optimizer = new SGD({ learningRate: job.learningRate });
  const draw = (): Batches => {
    const { batchSize } = job;
    const random = new Random(SEED);
    return new Batches(train, { batchSize, sampling: 'replacement', random, dtype: 'float32', backend });
  };
  let batches = draw();
  return {
    stepsPerEpoch: batches.stepsPerEpoch,
    step() {
      const { x, labels } = batches.next();
      const loss = net.lossAndGradient(x, labels);
      optimizer.update(net.params, net.grads);
      return loss;
    },
    restart() {
      reset(net, job);
      batches = draw();
    },
  };
}

function repeated({ run }: Workload): Workload {
  return {
    check: nothing,
    run() {
      for (let i = 0; i < LOOP; i++) run();
    },
  };
}

/** LOOP steps of one endless run of the Trainer, stopped and taken up again by its signal. */
function trainerRun(job: JobFolder, backend: Backend, train: Dataset): Workload {
  const net = network(job, backend);
  const { batchSize, learningRate } = job;
  const trainer = new Trainer(net, {
    train,
    batchSize,
    optimizer: new SGD({ learningRate }),
    steps: 2 ** 40,
    sampling: 'replacement',
    seed: SEED,
    evaluate: false,
  });
  const reason = new Error('enough steps');
  let end = 0;
  const signal = {
    get aborted() {
      return trainer.step >= end;
    },
    reason,
  };
  const delay = monitorEventLoopDelay({ resolution: 1 });
  return {
    check: nothing,
    async run() {
      end = trainer.step + LOOP;
      delay.enable();
      await trainer.fit({ signal }).catch((error: unknown) => {
        if (error !== reason) throw error;
      });
      delay.disable();
    },
    figures() {
      const figures = { 'p99 event-loop delay, ms': delay.percentile(99) / 1e6 };
      delay.reset();
      return figures;
    },
  };
}

function prediction(job: JobFolder, backend: Backend, train: Dataset, batch: number): Workload {
  const net = network(job, backend);
  const { x } = train.take(job.rows).toTensors({ dtype: 'float32', backend });
  const batches: Tensor[] = [];
  for (let start = 0; start + batch <= job.rows; start += batch) batches.push(x.rows(start, start + batch));
  let next = 0;
  return {
    check: () => ({ values: Array.from(net.predict(x.rows(0, 10)).data) }),
    run: () => net.predict(batches[next++ % batches.length]!),
  };
}

/** c ← op(a)·b over whole numbers, whose products and sums are exact. */
function matrixProduct(backend: Backend, { transA, m, n, k }: Product): Workload {
  const a = allocate('float32', m * k).map((_, i) => (i % 7) - 3);
  const b = allocate('float32', k * n).map((_, i) => (i % 5) - 2);
  const c = allocate('float32', m * n);
  const run = (): void => backend.gemm(transA, false, m, n, k, 1, a, transA ? m : k, b, n, 0, c, n);
  return {
    run,
    check() {
      run();
      return { values: Array.from(c.subarray(0, 64)) };
    },
  };
}

/** The book's run: FULL_STEPS updates, accuracies on all rows after the first update of each epoch. */
function fullRun(job: JobFolder, backend: Backend, train: Dataset): Workload {
  const test = readDataset(job, 'test');
  const { batchSize, learningRate } = job;
  let accuracy = Number.NaN;
  return {
    check: nothing,
    async run() {
      const net = network(job, backend);
      const optimizer = new SGD({ learningRate });
      const schedule = { steps: FULL_STEPS, sampling: 'replacement', evaluate: 'epochStart', seed: SEED } as const;
      const { epochs } = await new Trainer(net, { train, test, batchSize, optimizer, ...schedule }).fit();
      accuracy = epochs.at(-1)!.testAccuracy!;
    },
    figures: () => ({ accuracy }),
  };
}

/** `make`, run when it is first needed, and its result from then on. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A workload whose result another workload's check covers. */
function nothing(): { values: number[] } {
  return { values: [] };
}
