/** What each backend is timed on: the library's public classes, including the gathering of rows, and single products. */

import { allocate, type Backend } from '../backend/backend.js';
import { Batches } from '../data/batches.js';
import { MultiLayerNet } from '../models/multi-layer-net.js';
import { SGD } from '../optim/sgd.js';
import { Random } from '../random.js';
import type { Tensor } from '../tensor/tensor.js';
import { type JobData, layerSizes } from './job-data.js';
import { LEARNING_RATE, PREDICTED, PRODUCTS, type Product, productName, SEED } from './jobs.js';
import type { Workload, Workloads } from './timing.js';

/** The workloads of every backend. */
export function backendWorkloads(data: JobData, backend: Backend): Workloads {
  const workloads: Record<string, () => Workload> = { step: () => stepWorkload(data, startTraining(data, backend)) };
  for (const batch of PREDICTED) {
    if (batch <= data.train.size) workloads[`predict:${batch}`] = () => prediction(data, backend, batch);
  }
  for (const product of PRODUCTS) workloads[productName(product)] = () => matrixProduct(backend, product);
  return workloads;
}

/** A bare training loop: `step` draws a batch, takes its gradient and updates; `restart` goes back to the first step. */
export interface Training {
  step(): number;
  restart(): void;
  readonly stepsPerEpoch: number;
}

export function startTraining(data: JobData, backend: Backend): Training {
  const net = network(data, backend);
  const optimizer = new SGD({ learningRate: LEARNING_RATE });
  const draw = (): Batches => {
    const { train, batchSize } = data;
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
      setParameters(net, data);
      batches = draw();
    },
  };
}

/** The step as a workload, checked by the losses of its first steps. */
export function stepWorkload({ checkSteps }: JobData, { step, restart }: Training): Workload {
  return {
    run: step,
    check() {
      restart();
      return { values: Array.from({ length: checkSteps }, step) };
    },
  };
}

/** A network with the job's weights. */
export function network(data: JobData, backend: Backend): MultiLayerNet {
  const net = new MultiLayerNet({ ...layerSizes(data.sizes), activation: data.activation, seed: SEED, backend });
  setParameters(net, data);
  return net;
}

function setParameters(net: MultiLayerNet, { parameters }: JobData): void {
  let offset = 0;
  for (const { data, size } of Object.values(net.params)) {
    data.set(parameters.subarray(offset, offset + size));
    offset += size;
  }
}

/** `predict` of batches of `batch` rows, one after another. */
export function prediction(data: JobData, backend: Backend, batch: number): Workload {
  const net = network(data, backend);
  const { x } = data.train.toTensors({ dtype: 'float32', backend });
  const batches: Tensor[] = [];
  for (let start = 0; start + batch <= data.train.size; start += batch) batches.push(x.rows(start, start + batch));
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
