/** J7: arithmetic as users write it with `Tensor`, and a training loop of chapter 4 of the book; NumPy does the same. */

import { join } from 'node:path';
import { step } from '../examples/support/chapter-four.mjs';
import { allocate, type Backend } from '../src/backend/backend.js';
import type { Workload, Workloads } from '../src/bench/timing.js';
import { Tensor } from '../src/tensor/tensor.js';
import { tidy } from '../src/tensor/tidy.js';
import { type JobFolder, jobData } from './job-folder.js';
import { readIndices } from './job-rows.js';

/** Rows and columns. */
export const EXTENTS: readonly (readonly [rows: number, columns: number])[] = [
  [100, 50],
  [1000, 784],
  [4000, 784],
];

/** What an operation is given; `positive` is x + 1.5, `rows` picks every row once. */
interface Operands {
  readonly x: Tensor<number[][]>;
  readonly b: Tensor<number[][]>;
  readonly positive: Tensor<number[][]>;
  readonly row: Tensor;
  readonly column: Tensor;
  readonly rows: Int32Array;
  readonly out: Tensor<number[][]>;
}

type Result = Tensor | Int32Array | number;

/** The operations by the name that both sides use, with the text that the table shows. */
export const OPERATIONS: Readonly<Record<string, { readonly title: string; run(operands: Operands): Result }>> = {
  mul2: { title: 'mul(2)', run: ({ x }) => x.mul(2) },
  add: { title: 'add(b)', run: ({ x, b }) => x.add(b) },
  addRow: { title: 'add(row)', run: ({ x, row }) => x.add(row) },
  addColumn: { title: 'add(column)', run: ({ x, column }) => x.add(column) },
  sub: { title: 'sub(b)', run: ({ x, b }) => x.sub(b) },
  mul: { title: 'mul(b)', run: ({ x, b }) => x.mul(b) },
  div: { title: 'div(b)', run: ({ x, positive }) => x.div(positive) },
  maximum: { title: 'maximum(0)', run: ({ x }) => x.maximum(0) },
  pow2: { title: 'pow(2)', run: ({ x }) => x.pow(2) },
  exp: { title: 'exp()', run: ({ x }) => x.exp() },
  log: { title: 'log()', run: ({ positive }) => positive.log() },
  sqrt: { title: 'sqrt()', run: ({ positive }) => positive.sqrt() },
  abs: { title: 'abs()', run: ({ x }) => x.abs() },
  neg: { title: 'neg()', run: ({ x }) => x.neg() },
  sumAll: { title: 'sum()', run: ({ x }) => x.sum() },
  sum1: { title: 'sum(1)', run: ({ x }) => x.sum(1) },
  mean0: { title: 'mean(0)', run: ({ x }) => x.mean(0) },
  max1: { title: 'max(1)', run: ({ x }) => x.max(1) },
  argMax1: { title: 'argMax(1)', run: ({ x }) => x.argMax(1) },
  take: { title: 'take(rows)', run: ({ x, rows }) => x.take(rows) },
};

/** The same into a tensor that is there already. */
const INTO: Readonly<Record<string, (operands: Operands) => Result>> = {
  mul2: ({ x, out }) => x.mul(2, { out }),
  add: ({ x, b, out }) => x.add(b, { out }),
  exp: ({ x, out }) => x.exp({ out }),
};

/** Those that are also timed within a `tidy`, which ends the result of each call before the next one. */
const TIDIED: readonly string[] = ['mul2', 'add', 'pow2', 'abs'];

export const workloadName = (operation: string, rows: number, columns: number): string =>
  `${operation}:${rows}x${columns}`;

export function arithmeticWorkloads(job: JobFolder, backend: Backend): Workloads {
  const workloads: Record<string, () => Workload> = {
    chapter4: () => chapterFour(job, backend),
    'chapter4/tidy': () => chapterFour(job, backend, tidy),
  };
  for (const [rows, columns] of EXTENTS) {
    let made: Operands | undefined;
    const given = (): Operands => {
      made ??= operands(rows, columns, backend);
      return made;
    };
    for (const [name, { run }] of Object.entries(OPERATIONS)) {
      workloads[workloadName(name, rows, columns)] = () => workload(() => run(given()));
      const into = INTO[name];
      if (into !== undefined)
        workloads[`${workloadName(name, rows, columns)}/out`] = () => workload(() => into(given()));
      if (TIDIED.includes(name)) {
        const tidied = (): void => tidy(() => void run(given()));
        workloads[`${workloadName(name, rows, columns)}/tidy`] = () => workload(() => run(given()), tidied);
      }
    }
  }
  return workloads;
}

function workload(compute: () => Result, run: () => unknown = compute): Workload {
  return {
    run,
    check() {
      const result = compute();
      if (typeof result === 'number') return { values: [result] };
      return { values: Array.from(('data' in result ? result.data : result).subarray(0, 50)) };
    },
  };
}

/** Numbers by formulas that are exact in float32, so that NumPy makes the same ones. */
function operands(rows: number, columns: number, backend: Backend): Operands {
  const filled = (shape: readonly [number, number], value: (i: number) => number): Tensor<number[][]> => {
    const data = allocate('float32', shape[0] * shape[1]);
    for (let i = 0; i < data.length; i++) data[i] = value(i);
    return new Tensor(data, shape, backend);
  };
  const x = filled([rows, columns], (i) => ((i * 37) % 1024) / 512 - 1);
  return {
    x,
    b: filled([rows, columns], (i) => ((i * 53) % 1024) / 512 - 1),
    positive: x.add(1.5),
    row: filled([1, columns], (i) => ((i * 11) % 64) / 32).reshape([columns]),
    column: filled([rows, 1], (i) => ((i * 13) % 64) / 32),
    rows: Int32Array.from({ length: rows }, (_, i) => (i * 37) % rows),
    out: filled([rows, columns], () => 0),
  };
}

/**
 * A step: a batch is picked, and the network of the job trained on it, all of it written with tensors.
 *
 * @param within what calls a step: `tidy`, or nothing but the step
 */
function chapterFour(job: JobFolder, backend: Backend, within = (step: () => number): number => step()): Workload {
  const data = jobData(job);
  const [inputs, hidden, outputs] = data.sizes as [number, number, number];
  const { x, labels } = data.train.toTensors({ dtype: 'float32', backend }) as { x: Tensor; labels: Int32Array };
  const oneHot = Tensor.eye(outputs, { backend }).take(labels);
  const indices = readIndices(join(job.folder, 'indices.i32'));
  const parameters = () => {
    let offset = 0;
    const next = (...shape: readonly number[]): Tensor => {
      const size = shape.reduce((a, b) => a * b);
      offset += size;
      return new Tensor(data.parameters.slice(offset - size, offset), shape, backend);
    };
    return { W1: next(inputs, hidden), b1: next(hidden), W2: next(hidden, outputs), b2: next(outputs) };
  };
  let [weights, at] = [parameters(), 0];
  const run = (): number => {
    const batch = indices.subarray(at, at + job.batchSize);
    at = (at + job.batchSize) % indices.length;
    return within(() => step(weights, x.take(batch), oneHot.take(batch), job.learningRate));
  };
  return {
    run,
    check() {
      [weights, at] = [parameters(), 0];
      return { values: Array.from({ length: job.checkSteps }, run) };
    },
  };
}
