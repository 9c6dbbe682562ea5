/**
 * TensorFlow.js on its wasm or cpu backend: `core` is variables, tape and optimizer; `by hand` is the same mathematics
 * in single operations without the tape. Arguments: the job's folder, the backend, the number of threads (always 1).
 */

import { PREDICTED } from '../../src/bench/jobs.js';
import type { Workload } from '../../src/bench/timing.js';
import { decline, serve } from '../serve.js';
import { type PeerJob, rowCycle } from './batches.js';
import { readJob } from './job.js';
import { byHand, core } from './tfjs-steps.js';
import { untyped } from './untyped.js';

// Not typed here: the package is installed only beside the peers. Its CommonJS builds are the ones for Node (they read
// their .wasm file from disk), and the union package registers gradients.
let tf: ReturnType<typeof untyped>;
/** A tensor of tfjs. */
type TfTensor = ReturnType<typeof untyped>;

function prediction(job: PeerJob, size: number): Workload {
  const layers = job.layers.map(({ inputs, outputs, W, b }) => [tf.tensor2d(W, [inputs, outputs]), tf.tensor1d(b)]);
  const predict = (x: TfTensor): Float32Array =>
    tf.tidy(() => {
      const scores = layers.reduce(
        (y, [W, bias], l) =>
          tf.fused.matMul({ a: y, b: W, bias, activation: l + 1 < layers.length ? job.activation : 'linear' }),
        x,
      );
      return tf.softmax(scores).dataSync();
    });
  const width = job.sizes[0]!;
  const next = rowCycle(job, size, (rows, count) => tf.tensor2d(rows.slice(), [count, width]));
  return {
    check: () => ({ values: [...predict(tf.tensor2d(job.x.slice(0, 10 * width), [10, width]))] }),
    run: () => predict(next()),
  };
}

function training(job: PeerJob, make: (module: typeof tf, job: PeerJob) => () => number): Workload {
  const step = make(tf, job);
  return {
    run: step,
    check() {
      const fresh = make(tf, job);
      return { values: Array.from({ length: job.checkSteps }, fresh) };
    },
  };
}

async function participate(folder: string, backend: string): Promise<void> {
  tf = untyped('@tensorflow/tfjs');
  const { [`version_${backend}`]: version } = untyped(`@tensorflow/tfjs-backend-${backend}`);
  await tf.setBackend(backend);
  await tf.ready();
  const job = readJob(folder);
  const workloads: Record<string, () => Workload> = {
    'step/core': () => training(job, core),
    'step/by-hand': () => training(job, byHand),
  };
  for (const size of PREDICTED) if (size <= job.rows) workloads[`predict:${size}`] = () => prediction(job, size);
  await serve(workloads, `tfjs ${tf.version_core}, backend ${backend} ${version}`);
}

const [folder, backend] = process.argv.slice(2);
participate(folder!, backend!).catch(decline);
