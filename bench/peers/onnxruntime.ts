/** onnxruntime-node, inference only. Arguments: the job's folder, the number of threads. */

import { PREDICTED } from '../../src/bench/jobs.js';
import type { Workload } from '../../src/bench/timing.js';
import { decline, serve } from '../serve.js';
import { readJob, rowCycle } from './job.js';
import { onnxModel } from './onnx-model.js';
import { untyped } from './untyped.js';

async function participate(folder: string, threads: string): Promise<void> {
  const ort = untyped('onnxruntime-node');
  const { version } = untyped('onnxruntime-node/package.json');
  const job = readJob(folder);
  const session = await ort.InferenceSession.create(onnxModel(job), {
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
  for (const size of PREDICTED) if (size <= job.rows) workloads[`predict:${size}`] = () => prediction(size);
  await serve(workloads, `onnxruntime-node ${version}`);
}

const [folder, threads] = process.argv.slice(2);
participate(folder!, threads!).catch(decline);
