/**
 * TensorFlow.js on networks of images, whose layout is its own: channels last. Its wasm backend has no gradient of a
 * convolution and only predicts. Arguments: the job's folder, the backend, the number of threads (always 1).
 */

import type { Workload } from '../../src/bench/timing.js';
import { IMAGES_PREDICTED } from '../jobs.js';
import { decline, serve } from '../serve.js';
import { batchReader, rowCycle } from './batches.js';
import { type PeerImageJob, readImageJob } from './job.js';
import { untyped } from './untyped.js';

let tf: ReturnType<typeof untyped>;
/** A tensor of tfjs. */
type TfTensor = ReturnType<typeof untyped>;
type Weights = { readonly W: TfTensor; readonly b: TfTensor }[];

/** Scores of rows of pixels. */
function scores(job: PeerImageJob, weights: Weights, rows: TfTensor, dropout: boolean): TfTensor {
  let y = tf.reshape(rows, [-1, ...job.input]);
  let next = 0;
  for (const layer of job.layers) {
    if (layer.type === 'maxPooling') y = tf.maxPool(y, layer.poolSize, layer.poolSize, 'valid');
    else if (layer.type === 'dropout') y = dropout ? tf.dropout(y, layer.ratio) : y;
    else {
      const { W, b } = weights[next++]!;
      if (layer.type === 'affine') y = tf.matMul(tf.reshape(y, [rows.shape[0], -1]), W);
      else y = tf.conv2d(y, W, 1, layer.padding);
      y = tf.add(y, b);
      if (layer.activation === 'relu') y = tf.relu(y);
    }
  }
  return y;
}

/** Gradients by the tape, updates by its own Adam. */
function training(job: PeerImageJob, dropout: boolean): () => number {
  const weights: Weights = job.weights.map(({ shape, W, b }) => ({
    W: tf.variable(tf.tensor(W, shape)),
    b: tf.variable(tf.tensor1d(b)),
  }));
  const optimizer = tf.train.adam(job.learningRate, 0.9, 0.999, 1e-8);
  const next = batchReader(job);
  const [inputs, classes] = [job.sizes[0]!, job.sizes.at(-1)!];
  return () => {
    const batch = next();
    return tf.tidy(() => {
      const loss = () => {
        const x = tf.tensor2d(batch.x, [job.batchSize, inputs]);
        const t = tf.oneHot(tf.tensor1d(batch.labels, 'int32'), classes);
        return tf.losses.softmaxCrossEntropy(t, scores(job, weights, x, dropout));
      };
      return optimizer.minimize(loss, true).dataSync()[0];
    });
  };
}

function prediction(job: PeerImageJob, size: number): Workload {
  const weights: Weights = job.weights.map(({ shape, W, b }) => ({ W: tf.tensor(W, shape), b: tf.tensor1d(b) }));
  const predict = (x: TfTensor): Float32Array => tf.tidy(() => tf.softmax(scores(job, weights, x, false)).dataSync());
  const width = job.sizes[0]!;
  const next = rowCycle(job, size, (rows, count) => tf.tensor2d(rows.slice(), [count, width]));
  return {
    check: () => ({ values: [...predict(tf.tensor2d(job.x.slice(0, 10 * width), [10, width]))] }),
    run: () => predict(next()),
  };
}

async function participate(folder: string, backend: string): Promise<void> {
  tf = untyped('@tensorflow/tfjs');
  const { [`version_${backend}`]: version } = untyped(`@tensorflow/tfjs-backend-${backend}`);
  await tf.setBackend(backend);
  await tf.ready();
  const job = readImageJob(folder)!;
  const workloads: Record<string, () => Workload> = {};
  if (backend === 'cpu') {
    workloads['step'] = () => ({
      run: training(job, true),
      check: () => ({ values: Array.from({ length: job.checkSteps }, training(job, false)) }),
    });
  } else for (const size of IMAGES_PREDICTED) workloads[`predict:${size}`] = () => prediction(job, size);
  await serve(workloads, `tfjs ${tf.version_core}, backend ${backend} ${version}`);
}

const [folder, backend] = process.argv.slice(2);
participate(folder!, backend!).catch(decline);
