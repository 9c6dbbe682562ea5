/**
 * TensorFlow.js on its wasm or cpu backend: `core` is variables, tape and optimizer; `by hand` is the same mathematics
 * in single operations without the tape. Arguments: the job's folder, the backend, the number of threads (always 1).
 */

import { PREDICTED } from '../../src/bench/jobs.js';
import type { Workload } from '../../src/bench/timing.js';
import { decline, serve } from '../serve.js';
import { batchReader, type PeerJob, readJob, rowCycle } from './job.js';
import { untyped } from './untyped.js';

// Not typed here: the package is installed only beside the peers. Its CommonJS builds are the ones for Node (they read
// their .wasm file from disk), and the union package registers gradients.
let tf: ReturnType<typeof untyped>;
/** A tensor of tfjs. */
type TfTensor = ReturnType<typeof untyped>;
type Layers = { readonly W: TfTensor; readonly b: TfTensor }[];

/** Core: gradients by the tape, updates by the optimizer. */
function core(job: PeerJob): () => number {
  const layers = job.layers.map(({ inputs, outputs, W, b }) => ({
    W: tf.variable(tf.tensor2d(W, [inputs, outputs])),
    b: tf.variable(tf.tensor1d(b)),
  }));
  const optimizer = tf.train.sgd(job.learningRate);
  const next = batchReader(job);
  const [inputs, classes] = [job.sizes[0]!, job.sizes.at(-1)!];
  return () => {
    const batch = next();
    return tf.tidy(() => {
      const loss = () => {
        const x = tf.tensor2d(batch.x, [job.batchSize, inputs]);
        const t = tf.oneHot(tf.tensor1d(batch.labels, 'int32'), classes);
        const scores = layers.reduce((y, { W, b }, l) => {
          const z = tf.add(tf.matMul(y, W), b);
          return l + 1 < layers.length ? activate(z, job) : z;
        }, x);
        return tf.losses.softmaxCrossEntropy(t, scores);
      };
      return optimizer.minimize(loss, true).dataSync()[0];
    });
  };
}

/** By hand: fused products forward, the textbook's gradients backward, and no gradient of x. */
function byHand(job: PeerJob): () => number {
  let layers: Layers = job.layers.map(({ inputs, outputs, W, b }) => ({
    W: tf.tensor2d(W, [inputs, outputs]),
    b: tf.tensor1d(b),
  }));
  const next = batchReader(job);
  const [inputs, classes] = [job.sizes[0]!, job.sizes.at(-1)!];
  const rate = tf.scalar(job.learningRate);
  return () => {
    const batch = next();
    const { loss, updated } = tf.tidy(() => {
      const t = tf.oneHot(tf.tensor1d(batch.labels, 'int32'), classes);
      const ys = [tf.tensor2d(batch.x, [job.batchSize, inputs])];
      layers.forEach(({ W, b }, l) => {
        const activation = l + 1 < layers.length ? job.activation : 'linear';
        ys.push(tf.fused.matMul({ a: ys[l], b: W, bias: b, activation }));
      });
      const y = tf.softmax(ys.at(-1));
      const loss = tf.mean(tf.neg(tf.log(tf.sum(tf.mul(y, t), 1)))).dataSync()[0];
      let dz = tf.div(tf.sub(y, t), job.batchSize);
      const updated: Layers = [];
      for (let l = layers.length - 1; l >= 0; l--) {
        const { W, b } = layers[l]!;
        const dW = tf.matMul(ys[l], dz, true, false);
        updated[l] = { W: tf.sub(W, tf.mul(rate, dW)), b: tf.sub(b, tf.mul(rate, tf.sum(dz, 0))) };
        if (l > 0) dz = tf.mul(tf.matMul(dz, W, false, true), slope(ys[l], job));
      }
      return { loss, updated };
    });
    tf.dispose(layers);
    layers = updated;
    return loss;
  };
}

const activate = (z: TfTensor, { activation }: PeerJob): TfTensor =>
  activation === 'relu' ? tf.relu(z) : tf.sigmoid(z);

/** The activation's derivative at its output y. */
const slope = (y: TfTensor, { activation }: PeerJob): TfTensor =>
  activation === 'relu' ? tf.step(y) : tf.mul(y, tf.sub(1, y));

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

function training(job: PeerJob, make: (job: PeerJob) => () => number): Workload {
  const step = make(job);
  return {
    run: step,
    check() {
      const fresh = make(job);
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
