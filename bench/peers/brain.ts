/**
 * brain.js, whose network learns row by row from its own squared error: a step here is as many rows as a batch.
 * It takes no weights from outside, so it is judged by the accuracy it reaches. Arguments: the job's folder, threads.
 */

import type { Workload } from '../../src/bench/timing.js';
import { decline, serve } from '../serve.js';
import { batchReader } from './batches.js';
import { readJob } from './job.js';
import { untyped } from './untyped.js';

/** The part of brain.js that is used; it has no types for these internal methods. */
interface NeuralNetwork {
  sizes: number[];
  initialize(): void;
  updateTrainingOptions(options: object): void;
  trainPattern(pattern: { input: Float32Array; output: Float32Array }): void;
  runInput(x: Float32Array): Float32Array;
}

/** Batches before the accuracy is measured. */
const LEARN = 30;

async function participate(folder: string): Promise<void> {
  const { NeuralNetwork } = untyped('brain.js');
  const { version } = untyped('brain.js/package.json');
  const job = readJob(folder);
  const [inputs, classes] = [job.sizes[0]!, job.sizes.at(-1)!];

  const network = (): NeuralNetwork => {
    const net = new NeuralNetwork({ hiddenLayers: job.sizes.slice(1, -1), activation: 'sigmoid', learningRate: 0.1 });
    net.sizes = [...job.sizes];
    net.initialize();
    net.updateTrainingOptions({ learningRate: 0.1 });
    return net;
  };
  const oneHot = Array.from({ length: classes }, (_, k) =>
    Float32Array.from({ length: classes }, (_, j) => +(j === k)),
  );
  const training = (net: NeuralNetwork) => {
    const next = batchReader(job);
    return () => {
      const { x, labels } = next();
      for (let i = 0; i < job.batchSize; i++) {
        net.trainPattern({ input: x.subarray(i * inputs, (i + 1) * inputs), output: oneHot[labels[i]!]! });
      }
    };
  };
  const accuracy = (net: NeuralNetwork, count: number): number => {
    let right = 0;
    for (let row = 0; row < count; row++) {
      const y = net.runInput(job.x.subarray(row * inputs, (row + 1) * inputs));
      if (y.indexOf(Math.max(...y)) === job.labels[row]) right++;
    }
    return right / count;
  };
  const workload: Workload = {
    run: training(network()),
    check() {
      const net = network();
      const step = training(net);
      for (let i = 0; i < LEARN; i++) step();
      return { accuracy: accuracy(net, 1_000) };
    },
  };
  await serve({ 'step/row-by-row': () => workload }, `brain.js ${version}`);
}

participate(process.argv[2]!).catch(decline);
