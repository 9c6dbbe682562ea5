/**
 * brain.js, whose network learns row by row from its own squared error: a step here is as many rows as a batch has.
 * It takes no weights from outside, so it is judged by the accuracy it reaches. Arguments: the job's folder, threads.
 */
import { createRequire } from 'node:module';
import { decline, serve } from '../../dist/bench/serve.js';
import { batchReader, readJob } from './job.mjs';

/** Batches before the accuracy is taken. */
const LEARN = 30;

const [folder] = process.argv.slice(2);

try {
  const require = createRequire(import.meta.url);
  const { NeuralNetwork } = require('brain.js');
  const { version } = require('brain.js/package.json');
  const job = readJob(folder);
  const [inputs, classes] = [job.sizes[0], job.sizes.at(-1)];

  const network = () => {
    const net = new NeuralNetwork({ hiddenLayers: job.sizes.slice(1, -1), activation: 'sigmoid', learningRate: 0.1 });
    net.sizes = [...job.sizes];
    net.initialize();
    net.updateTrainingOptions({ learningRate: 0.1 });
    return net;
  };
  const oneHot = Array.from({ length: classes }, (_, k) =>
    Float32Array.from({ length: classes }, (_, j) => +(j === k)),
  );
  const training = (net) => {
    const next = batchReader(job);
    return () => {
      const { x, labels } = next();
      for (let i = 0; i < job.batchSize; i++) {
        net.trainPattern({ input: x.subarray(i * inputs, (i + 1) * inputs), output: oneHot[labels[i]] });
      }
    };
  };
  const accuracy = (net, count) => {
    let right = 0;
    for (let row = 0; row < count; row++) {
      const y = net.runInput(job.x.subarray(row * inputs, (row + 1) * inputs));
      if (y.indexOf(Math.max(...y)) === job.labels[row]) right++;
    }
    return right / count;
  };
  const workload = {
    run: training(network()),
    check() {
      const net = network();
      const step = training(net);
      for (let i = 0; i < LEARN; i++) step();
      return { accuracy: accuracy(net, 1_000) };
    },
  };
  await serve({ 'step/row-by-row': () => workload }, `brain.js ${version}`);
} catch (error) {
  decline(error.message);
}
