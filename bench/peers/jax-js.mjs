/** jax-js on its wasm device, the whole step under one jit. Arguments: the job's folder, the number of threads. */
import { createRequire } from 'node:module';
import { decline, serve } from '../../dist/bench/serve.js';
import { batchReader, readJob } from './job.mjs';

const [folder] = process.argv.slice(2);

try {
  const jax = await import('@jax-js/jax');
  const { numpy: np, nn } = jax;
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  const job = readJob(folder);
  const classes = job.sizes.at(-1);

  // Every array that is passed on is given away; `.ref` keeps it for another use.
  const meanLoss = (layers, x, t) => {
    const scores = layers.reduce((y, { W, b }, l) => {
      const z = np.matmul(y, W).add(b);
      if (l + 1 === layers.length) return z;
      return job.activation === 'relu' ? nn.relu(z) : nn.sigmoid(z);
    }, x);
    return nn
      .logSoftmax(scores)
      .mul(t)
      .sum()
      .mul(-1 / job.batchSize);
  };
  const step = jax.jit((layers, x, t) => {
    const [loss, gradients] = jax.valueAndGrad(meanLoss)(jax.tree.ref(layers), x, t);
    return [loss, jax.tree.map((p, dp) => p.sub(dp.mul(job.learningRate)), layers, gradients)];
  });

  const training = () => {
    let layers = job.layers.map(({ inputs, outputs, W, b }) => ({
      W: np.array(W.slice()).reshape([inputs, outputs]),
      b: np.array(b.slice()),
    }));
    const next = batchReader(job);
    return () => {
      const batch = next();
      const x = np.array(batch.x.slice()).reshape([job.batchSize, job.sizes[0]]);
      const oneHot = new Float32Array(job.batchSize * classes);
      batch.labels.forEach((label, row) => {
        oneHot[row * classes + label] = 1;
      });
      const [loss, updated] = step(layers, x, np.array(oneHot).reshape([job.batchSize, classes]));
      layers = updated;
      return loss.dataSync()[0];
    };
  };
  const check = () => ({ values: Array.from({ length: job.checkSteps }, training()) });
  const { version } = createRequire(import.meta.url)('./node_modules/@jax-js/jax/package.json');
  await serve({ 'step/jit': () => ({ check, run: training() }) }, `jax-js ${version}, device wasm`);
} catch (error) {
  decline(error.message);
}
