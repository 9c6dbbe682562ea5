/** What the library does in each job: what every backend is timed on, and what only its development needs. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Backend } from '../src/backend/backend.js';
import type { JobData } from '../src/bench/job-data.js';
import { LEARNING_RATE, SEED } from '../src/bench/jobs.js';
import type { Workload, Workloads } from '../src/bench/timing.js';
import { backendWorkloads, network, startTraining, stepWorkload } from '../src/bench/workloads.js';
import { SGD } from '../src/optim/sgd.js';
import { Trainer } from '../src/trainer/trainer.js';
import { allocations } from './allocations.js';
import { arithmeticWorkloads } from './arithmetic.js';
import { type JobFolder, jobData } from './job-folder.js';
import { readDataset } from './job-rows.js';
import { modelWorkloads } from './model-fits.js';
import { oneRowWorkloads } from './one-row.js';
import { TABLES } from './places.js';
import { productsOf, recordingBackend, replay } from './recording.js';
import { fitWorkloads } from './table-fits.js';
import { updateWorkloads } from './updates.js';

/** Steps of one run of the `steps` and `fit` workloads. */
const LOOP = 1_000;

/** Updates of the full run, as the book makes them. */
const FULL_STEPS = 10_000;

export function libraryWorkloads(job: JobFolder, backend: Backend, folder = ''): Workloads {
  const data = jobData(job);
  const training = once(() => recordedTraining(data, backend));
  const step = (): Workload => training().step;
  return {
    ...backendWorkloads(data, backend),
    ...oneRowWorkloads(data, backend),
    ...updateWorkloads(backend),
    ...arithmeticWorkloads(job, backend),
    ...fitWorkloads(TABLES, backend),
    ...modelWorkloads(folder, backend),
    step,
    gemms: () => training().gemms,
    steps: () => repeated(step()),
    fit: () => trainerRun(data, backend),
    allocations: () => ({ run: () => {}, check: nothing, figures: () => allocations(step().run) }),
    full: () => fullRun(job, data, backend),
  };
}

/** The step, and the products of that step alone, on the same arrays. */
function recordedTraining(data: JobData, original: Backend): { step: Workload; gemms: Workload } {
  const { backend, record } = recordingBackend(original);
  const training = startTraining(data, backend);
  const gemms = productsOf(record(training.step));
  return {
    step: stepWorkload(data, training),
    gemms: {
      check: nothing,
      run() {
        for (const call of gemms) replay(original, call);
      },
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

/** LOOP steps of one endless run of the Trainer, stopped and continued by its signal. */
function trainerRun(data: JobData, backend: Backend): Workload {
  const { train, batchSize } = data;
  const trainer = new Trainer(network(data, backend), {
    train,
    batchSize,
    optimizer: new SGD({ learningRate: LEARNING_RATE }),
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

/** The book's run: FULL_STEPS updates, accuracies on all rows after the first update of each epoch. */
function fullRun(job: JobFolder, data: JobData, backend: Backend): Workload {
  const test = readDataset(job, 'test');
  const { train, batchSize } = data;
  let accuracy = Number.NaN;
  return {
    check: nothing,
    async run() {
      const net = network(data, backend);
      const optimizer = new SGD({ learningRate: LEARNING_RATE });
      const schedule = { steps: FULL_STEPS, sampling: 'replacement', evaluate: 'epochStart', seed: SEED } as const;
      const { epochs } = await new Trainer(net, { train, test, batchSize, optimizer, ...schedule }).fit();
      accuracy = epochs.at(-1)!.testAccuracy!;
    },
    figures: () => ({ accuracy }),
  };
}

/** `make`, called when first needed, and its result from then on. */
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
