#!/usr/bin/env node
/**
 * The gain from a second thread: jobs and products on 1 and on n threads, interleaved in one process.
 *
 * usage: node bench/threads.mjs [--threads 2] [--rounds 31] [--only text]
 *
 * Each round times every number of threads once, after an untimed call, so that a busy machine slows all equally; the
 * ratio is the median of the rounds' ratios. Its quartiles show how reliable it is.
 */
import { parseArgs } from 'node:util';
import { createBackend, Dataset, diagnose, MultiLayerNet, SGD, setThreads } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '31' },
    only: { type: 'string', default: '' },
  },
});
const threads = Number(values.threads);
const rounds = Number(values.rounds);
const backend = createBackend('native');

/** The least milliseconds of the timed part of a round. */
const LEAST = 3;

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
const sortedOf = (numbers) => Float64Array.from(numbers).sort();

function time(run, calls) {
  const began = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) run();
  return Number(process.hrtime.bigint() - began) / 1e3 / calls;
}

function measure(name, run) {
  if (!name.includes(values.only)) return;
  setThreads(1);
  time(run, 20);
  const calls = Math.max(1, Math.ceil((LEAST * 1e3) / time(run, 3)));
  const alone = [];
  const ratios = [];
  for (let i = 0; i < rounds; i++) {
    const [one, many] = [1, threads].map((count) => {
      setThreads(count);
      run();
      return time(run, calls);
    });
    alone.push(one);
    ratios.push(many / one);
  }
  const ratio = sortedOf(ratios);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(ratio, share).toFixed(2));
  console.log(
    `${name.padEnd(34)} ${quantile(sortedOf(alone), 0.5).toFixed(1).padStart(9)} µs   ×${middle} (${low}–${high})`,
  );
}

/** A step of training on noise: the time does not depend on what is learned. */
function step(sizes, activation, batchSize) {
  const [inputSize, ...rest] = sizes;
  const hiddenSizes = rest.slice(0, -1);
  const outputSize = rest.at(-1);
  const net = new MultiLayerNet({ inputSize, hiddenSizes, outputSize, activation, seed: 1, backend });
  const rows = 8_000;
  const images = Uint8Array.from({ length: rows * inputSize }, (_, i) => (i * 2654435761) >>> 24);
  const labels = Int32Array.from({ length: batchSize }, (_, i) => i % outputSize);
  const order = Int32Array.from({ length: rows }, (_, i) => (i * 4099) % rows);
  const { x } = Dataset.from({
    x: { data: new Float32Array(batchSize * inputSize), shape: [batchSize, inputSize] },
    labels,
  }).toTensors({ backend });
  const optimizer = new SGD({ learningRate: 0.001 });
  let start = 0;
  return () => {
    backend.gatherRows(x.data, images, order, start, batchSize, inputSize, 1 / 255);
    start = (start + batchSize) % (rows - batchSize);
    net.lossAndGradient(x, labels);
    optimizer.update(net.params, net.grads);
  };
}

function prediction(batchSize) {
  const net = new MultiLayerNet({ inputSize: 784, hiddenSizes: [50], outputSize: 10, activation: 'sigmoid', backend });
  const data = new Float32Array(batchSize * 784).fill(0.5);
  const { x } = Dataset.from({
    x: { data, shape: [batchSize, 784] },
    labels: new Int32Array(batchSize),
    classes: 10,
  }).toTensors({ backend });
  return () => net.predict(x);
}

function product(transA, m, k, n) {
  const a = new Float32Array(m * k).fill(0.5);
  const b = new Float32Array(k * n).fill(0.5);
  const c = new Float32Array(m * n);
  return () => backend.gemm(transA, false, m, n, k, 1, a, transA ? m : k, b, n, 0, c, n);
}

function pass(m, n, run) {
  const [x, y, dy] = [0, 1, 2].map(() => new Float32Array(m * n).fill(0.25));
  const row = new Float32Array(n);
  return () => run(x, y, dy, row);
}

const { cpu, blas, isa } = diagnose();
if (blas === undefined) throw new Error('threads: the native backend is not available');
console.log(`${cpu.model}, ${cpu.cores} cores, level ${isa}; ${blas.config}, kernels for ${blas.corename}`);
console.log(
  `1 thread, and the share of its time that ${threads} threads take: median (quartiles) of ${rounds} rounds\n`,
);
measure('J1 step 784-50-10, batch 100', step([784, 50, 10], 'sigmoid', 100));
measure('J2 step 784-1000-1000-10, batch 256', step([784, 1000, 1000, 10], 'relu', 256));
measure('step 2-4-2, batch 4', step([2, 4, 2], 'sigmoid', 4));
measure('J3 784-50-10, batch 100', prediction(100));
measure('J3 784-50-10, batch 10000', prediction(10_000));
for (const [transA, m, k, n] of [
  [false, 100, 784, 50],
  [true, 784, 100, 50],
  [false, 256, 1000, 1000],
  [true, 1000, 256, 1000],
  [false, 256, 784, 1000],
  [false, 256, 1000, 10],
  [false, 100, 784, 128],
  [false, 128, 784, 256],
  [false, 1, 1000, 1000],
]) {
  measure(`gemm ${m}×${k}×${n}${transA ? ', a transposed' : ''}`, product(transA, m, k, n));
}
measure(
  'biasActivation relu 256×1000',
  pass(256, 1000, (_, y, __, row) => backend.biasActivation(y, row, 256, 1000, 'relu')),
);
measure(
  'biasActivation sigmoid 256×1000',
  pass(256, 1000, (_, y, __, row) => backend.biasActivation(y, row, 256, 1000, 'sigmoid')),
);
measure(
  'biasActivationBackward 256×1000',
  pass(256, 1000, (x, y, dy, row) => backend.biasActivationBackward(x, row, dy, y, 256, 1000, 'relu')),
);
measure(
  'softmax 10000×10',
  pass(10_000, 10, (x, y) => backend.softmax(y, x, 10_000, 10)),
);
measure(
  'axpy 1000000',
  pass(1000, 1000, (x, y) => backend.axpy(1_000_000, 0.001, x, y)),
);
measure(
  'sumOfSquares 1000000',
  pass(1000, 1000, (x) => backend.sumOfSquares(x, 1_000_000)),
);
