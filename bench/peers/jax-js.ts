/** jax-js on its wasm device, the whole step under one jit. Arguments: the job's folder, the number of threads. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decline, serve } from '../serve.js';
import { batchReader } from './batches.js';
import { readJob } from './job.js';

/** An ES module, installed only beside the peers: its name is hidden from the type checker, which cannot find it. */
const PACKAGE: string = '@jax-js/jax';

/** An array of jax-js: every use consumes it, and `.ref` keeps it for another use. */
interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray): JaxArray;
  sub(other: JaxArray): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  sum(): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  dataSync(): Float32Array;
}
type Layers = { readonly W: JaxArray; readonly b: JaxArray }[];

async function participate(folder: string): Promise<void> {
  const jax = await import(PACKAGE);
  const { numpy: np, nn } = jax;
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  const job = readJob(folder);
  const classes = job.sizes.at(-1)!;

  const meanLoss = (layers: Layers, x: JaxArray, t: JaxArray): JaxArray => {
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
  const step = jax.jit((layers: Layers, x: JaxArray, t: JaxArray) => {
    const [loss, gradients] = jax.valueAndGrad(meanLoss)(jax.tree.ref(layers), x, t);
    return [loss, jax.tree.map((p: JaxArray, dp: JaxArray) => p.sub(dp.mul(job.learningRate)), layers, gradients)];
  });

  const training = () => {
    let layers: Layers = job.layers.map(({ inputs, outputs, W, b }) => ({
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
      return loss.dataSync()[0] as number;
    };
  };
  const check = () => ({ values: Array.from({ length: job.checkSteps }, training()) });
  const manifest = readFileSync(join(__dirname, '..', 'node_modules', PACKAGE, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  await serve({ 'step/jit': () => ({ check, run: training() }) }, `jax-js ${version}, device wasm`);
}

participate(process.argv[2]!).catch(decline);
