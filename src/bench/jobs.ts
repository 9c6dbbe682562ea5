/** What is measured: a table of networks, jobs and matrix products. */

import type { Activation } from '../backend/backend.js';

/** What every network of a job is trained on. */
export interface JobRows {
  readonly batchSize: number;
  /** Rows the batches are drawn from. */
  readonly rows: number;
  /** Steps whose losses must agree before a time is printed. */
  readonly checkSteps: number;
}

/** A fully connected classifier, its batch and its data. */
export interface JobNet extends JobRows {
  /** Columns of x, neurons of each hidden layer, classes. */
  readonly sizes: readonly number[];
  readonly activation: Exclude<Activation, 'identity' | 'tanh'>;
  readonly weightInitStd: number | 'he';
}

/** Any other network, which says itself what a training step costs. */
export interface OtherNet extends JobRows {
  readonly stepFlops: number;
}

/** How a time is shown: as a time, as work per time, or not at all because only the lane's figures matter. */
export type Unit = 'µs' | 'ms' | 's' | 'M rows/s' | 'rows/s' | 'GFLOP/s' | 'figures';

/** One number of a job, taken from every system that offers the workload. */
export interface Measure {
  /** Name of the workload; a system may add a variant after a slash. */
  readonly workload: string;
  readonly title: string;
  readonly unit: Unit;
  /** What one run of the workload does: floating-point operations, or rows, by the unit. Unused for times. */
  readonly work?: number;
}

export interface Job {
  readonly title: string;
  readonly net: JobNet | OtherNet;
  readonly measures: readonly Measure[];
  /** The job is one long run: fewer rounds, no warm-up. */
  readonly once?: boolean;
  /** Every round is another case, so there are this many, each a single run; figures are means over the rounds. */
  readonly cases?: number;
  /** The measures are so many that they are reported elsewhere, in one table. */
  readonly inOneTable?: boolean;
  /** What it computes on, if not the digits. */
  readonly data?: string;
}

/** The learning rate of every job. */
export const LEARNING_RATE = 0.1;

/** Seed of the weights and of the batches. */
export const SEED = 1;

export const SMALL: JobNet = {
  sizes: [784, 50, 10],
  activation: 'sigmoid',
  weightInitStd: 0.01,
  batchSize: 100,
  rows: 8_000,
  checkSteps: 60,
};

export const LARGE: JobNet = {
  sizes: [784, 1000, 1000, 10],
  activation: 'relu',
  weightInitStd: 'he',
  batchSize: 256,
  rows: 8_000,
  checkSteps: 4, // a step of the js backend takes half a second
};

/** A matrix product c ← op(a)·b of a training step, m × n, summed over k. */
export interface Product {
  readonly transA: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly title: string;
}

export const PRODUCTS: readonly Product[] = [
  { transA: false, m: 100, n: 50, k: 784, title: 'J1 forward, x·W' },
  { transA: true, m: 784, n: 50, k: 100, title: 'J1 dW = xᵀ·dz' },
  { transA: true, m: 50, n: 784, k: 100, title: 'J1 dWᵀ = dzᵀ·x' },
  { transA: false, m: 256, n: 1000, k: 1000, title: 'J2 forward, x·W' },
  { transA: true, m: 1000, n: 1000, k: 256, title: 'J2 dW = xᵀ·dz' },
];

/** Name of the product's workload, e.g. `gemm:T:784:50:100`. */
export function productName({ transA, m, n, k }: Product): string {
  return `gemm:${transA ? 'T' : 'N'}:${m}:${n}:${k}`;
}

/** Batch sizes at which prediction is timed. */
export const PREDICTED: readonly number[] = [100, 10_000];

/** One training step, in the unit that suits its length. */
export const step = (unit: Unit): Measure => ({ workload: 'step', title: 'one step', unit });

/** What is measured on every backend. */
export const BACKEND_JOBS = {
  j1: { title: 'J1: train 784-50-10, sigmoid, batch 100', net: SMALL, measures: [step('µs')] },
  j2: { title: 'J2: train 784-1000-1000-10, ReLU, batch 256', net: LARGE, measures: [step('ms')] },
  j3: {
    title: 'J3: predict with 784-50-10',
    net: { ...SMALL, rows: 10_000 },
    measures: PREDICTED.map((batch) => ({
      workload: `predict:${batch}`,
      title: `batches of ${batch.toLocaleString('en-US')}`,
      unit: 'M rows/s',
      work: batch,
    })),
  },
  gemm: {
    title: 'sgemm by shape',
    net: SMALL,
    measures: PRODUCTS.map((product) => ({
      workload: productName(product),
      title: `${product.m}×${product.k}×${product.n} (${product.title})`,
      unit: 'GFLOP/s',
      work: 2 * product.m * product.n * product.k,
    })),
  },
} as const satisfies Record<string, Job>;

export type BackendJobName = keyof typeof BACKEND_JOBS;

/** Each multiply-add of a training step counts as two; the first layer computes no input gradient. */
export function stepFlops(net: Pick<JobNet, 'sizes' | 'batchSize'> | Pick<OtherNet, 'stepFlops'>): number {
  if ('stepFlops' in net) return net.stepFlops;
  const { sizes, batchSize } = net;
  let flops = 0;
  for (let l = 0; l + 1 < sizes.length; l++) flops += 2 * (l === 0 ? 2 : 3) * batchSize * sizes[l]! * sizes[l + 1]!;
  return flops;
}
