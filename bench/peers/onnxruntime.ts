/** onnxruntime-node, inference only. Arguments: the job's folder, the number of threads. */

import { PREDICTED } from '../../src/bench/jobs.js';
import type { Workload } from '../../src/bench/timing.js';
import { IMAGES_PREDICTED } from '../jobs.js';
import { decline, serve } from '../serve.js';
import { type PeerRows, rowCycle } from './batches.js';
import { readImageJob, readJob } from './job.js';
import { onnxImageModel, onnxModel } from './onnx-model.js';
import { untyped } from './untyped.js';

async function participate(folder: string, threads: string): Promise<void> {
  const ort = untyped('onnxruntime-node');
  const { version } = untyped('onnxruntime-node/package.json');
  const images = readImageJob(folder);
  const { job, model, sizes } =
    images === undefined
      ? described(readJob(folder), onnxModel, [1, ...PREDICTED])
      : described(images, onnxImageModel, IMAGES_PREDICTED);
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
  });
  const width = job.sizes[0]!;
  const rows = (values: Float32Array, count: number) => new ort.Tensor('float32', values, [count, width]);
  const prediction = (size: number): Workload => {
    const next = rowCycle(job, size, rows);
    return {
      run: () => session.run({ x: next() }),
      async check() {
        const { y } = await session.run({ x: rows(job.x.subarray(0, 10 * width), 10) });
        return { values: [...y.data] };
      },
    };
  };
  const workloads: Record<string, () => Workload> = {};
  for (const size of sizes) if (size <= job.rows) workloads[`predict:${size}`] = () => prediction(size);
  await serve(workloads, `onnxruntime-node ${version}`);
}

/** The job as rows, its network as a file, and how many rows are predicted at once. */
function described<J extends PeerRows>(job: J, write: (job: J) => Uint8Array, sizes: readonly number[]) {
  return { job: job as PeerRows, model: write(job), sizes };
}

const [folder, threads] = process.argv.slice(2);
participate(folder!, threads!).catch(decline);
