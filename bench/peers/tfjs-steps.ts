/** A training step in TensorFlow.js, whichever build of it: `core` by tape and optimizer, `byHand` by single operations. */

import { batchReader, type PeerJob } from './batches.js';
import type { untyped } from './untyped.js';

/** The package, and a tensor of it: not typed here, because it is installed only beside the peers. */
type Tfjs = ReturnType<typeof untyped>;
type TfTensor = ReturnType<typeof untyped>;
type Layers = { readonly W: TfTensor; readonly b: TfTensor }[];

/** Core: gradients by the tape, updates by the optimizer. */
export function core(tf: Tfjs, job: PeerJob): () => number {
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
          return l + 1 < layers.length ? activate(tf, z, job) : z;
        }, x);
        return tf.losses.softmaxCrossEntropy(t, scores);
      };
      return optimizer.minimize(loss, true).dataSync()[0];
    });
  };
}

/** By hand: fused products forward, the textbook's gradients backward, and no gradient of x. */
export function byHand(tf: Tfjs, job: PeerJob): () => number {
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
        if (l > 0) dz = tf.mul(tf.matMul(dz, W, false, true), slope(tf, ys[l], job));
      }
      return { loss, updated };
    });
    tf.dispose(layers);
    layers = updated;
    return loss;
  };
}

const activate = (tf: Tfjs, z: TfTensor, { activation }: PeerJob): TfTensor =>
  activation === 'relu' ? tf.relu(z) : tf.sigmoid(z);

/** The activation's derivative at its output y. */
const slope = (tf: Tfjs, y: TfTensor, { activation }: PeerJob): TfTensor =>
  activation === 'relu' ? tf.step(y) : tf.mul(y, tf.sub(1, y));
