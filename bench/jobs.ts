/** The jobs of the whole bench: those of `zerokara bench`, and those that only the library's development needs. */

import { BACKEND_JOBS, type Job, type JobNet, type Measure, SMALL, step, type Unit } from '../src/bench/jobs.js';
import { EXTENTS, OPERATIONS, workloadName } from './arithmetic.js';
import { DEEP, type ImageNet, LEARNING, SIMPLE } from './image-nets.js';
import { MODEL_TABLES } from './model-fits.js';
import { FOLDS, SEEDS, TABLE_NAMES } from './tables.js';

/** A job of the whole bench. */
export interface BenchJob extends Job {
  readonly net: JobNet | ImageNet;
  /** The numbers of threads that it is about; all that are asked for when absent. */
  readonly threads?: readonly number[];
}

/** The step's products alone, to see what the rest of the step adds. */
const gemms = (unit: Unit): Measure => ({ workload: 'gemms', title: 'the gemm calls of a step alone', unit });

/** Images predicted at once. */
export const IMAGES_PREDICTED: readonly number[] = [1, 1_000];

const images: readonly Measure[] = [
  step('ms'),
  { workload: 'predict:1000', title: 'predict 1,000 images', unit: 'rows/s', work: 1_000 },
  { workload: 'predict:1', title: 'predict one image', unit: 'µs' },
];

const garbage = (job: string): Omit<Job, 'net'> => ({
  title: `What a warm ${job} step leaves to the garbage collector`,
  measures: [{ workload: 'allocations', title: 'per step', unit: 'figures' }],
  once: true,
});

export const JOBS = {
  j1: { ...BACKEND_JOBS.j1, measures: [...BACKEND_JOBS.j1.measures, gemms('µs')] },
  'j1-60k': { title: 'J1 with 60,000 rows', net: { ...SMALL, rows: 60_000 }, measures: [step('µs')] },
  j2: { ...BACKEND_JOBS.j2, measures: [...BACKEND_JOBS.j2.measures, gemms('ms')] },
  j3: BACKEND_JOBS.j3,
  j4: {
    title: 'J4: predict one row with 784-50-10',
    net: SMALL,
    measures: [{ workload: 'predict:1', title: 'predict one row', unit: 'µs' }],
  },
  gemm: BACKEND_JOBS.gemm,
  j5: { title: 'J5: train SimpleConvNet, batch 100, Adam', net: SIMPLE, measures: images },
  j6: { title: 'J6: train DeepConvNet, batch 100, Adam', net: DEEP, measures: images },
  j9: {
    title: 'J9: SimpleConvNet from the files of MNIST to an accuracy, two threads',
    net: LEARNING,
    data: 'the 60,000 training digits of the full MNIST, and the accuracy on its 10,000 test digits after each epoch',
    measures: [{ workload: 'learn', title: 'to the last accuracy', unit: 's' }],
    once: true,
    threads: [2],
  },
  j7: {
    title: 'J7: arithmetic with tensors, and a training loop of chapter 4 written with them',
    net: SMALL,
    inOneTable: true,
    measures: [
      ...EXTENTS.flatMap(([rows, columns]) =>
        Object.entries(OPERATIONS).map(([name, { title }]) => ({
          workload: workloadName(name, rows, columns),
          title: `${title} of ${rows} × ${columns}`,
          unit: 'µs' as const,
        })),
      ),
      { workload: 'chapter4', title: 'a step of the loop', unit: 'µs' },
    ],
  },
  j8: {
    title: 'J8: updates of 10 M parameters, and additions that move as many bytes',
    net: SMALL,
    measures: ['sgd', 'momentum', 'adam'].flatMap((rule) => [
      { workload: `update:${rule}`, title: `an update by ${rule}`, unit: 'ms' as const },
      { workload: `additions:${rule}`, title: 'additions alone', unit: 'ms' as const },
    ]),
  },
  loop: {
    title: 'Trainer.fit over the bare step loop, J1',
    net: SMALL,
    measures: [
      { workload: 'steps', title: '1,000 bare steps', unit: 'ms' },
      { workload: 'fit', title: '1,000 steps by Trainer.fit, evaluate: false', unit: 'ms' },
    ],
  },
  memory: { ...garbage('J1'), net: SMALL },
  'memory-j5': { ...garbage('J5'), net: SIMPLE },
  'memory-j6': { ...garbage('J6'), net: DEEP },
  sklearn: {
    title: 'whole fits of five tables: 100 hidden neurons, ReLU, Adam, 100 epochs, batch 32',
    net: SMALL,
    data: `tables of scikit-learn, standardised; seeds 0 to ${SEEDS - 1} × splits 0 to ${FOLDS - 1}, one a round`,
    measures: TABLE_NAMES.map((name) => ({ workload: `fit:${name}`, title: `a fit of ${name}`, unit: 'ms' as const })),
    cases: SEEDS * FOLDS,
  },
  tables: {
    title: 'whole fits of eight raw tables by TableModel, with its defaults',
    net: SMALL,
    data: `five tables of scikit-learn and three generated; seeds 0 to ${SEEDS - 1} × splits 0 to ${FOLDS - 1}, one a round`,
    measures: MODEL_TABLES.map((name) => ({
      workload: `model:${name}`,
      title: `a fit of ${name}`,
      unit: 'ms' as const,
    })),
    cases: SEEDS * FOLDS,
  },
  full: {
    title: 'full MNIST: 10,000 steps of 784-50-10, ReLU, evaluation each epoch, without data loading',
    net: { ...SMALL, activation: 'relu', rows: 60_000 },
    measures: [{ workload: 'full', title: 'the whole run', unit: 's' }],
    once: true,
  },
} as const satisfies Record<string, BenchJob>;

export type JobName = keyof typeof JOBS;
