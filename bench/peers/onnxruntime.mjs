/** onnxruntime-node, inference only. Arguments: the job's folder, the number of threads. */
import { createRequire } from 'node:module';
import { decline, serve } from '../../dist/bench/serve.js';
import { readJob, rowCycle } from './job.mjs';
import { onnxModel } from './onnx-model.mjs';

const [folder, threads] = process.argv.slice(2);

try {
  const require = createRequire(import.meta.url);
  const ort = require('onnxruntime-node');
  const { version } = require('onnxruntime-node/package.json');
  const job = readJob(folder);
  const session = await ort.InferenceSession.create(onnxModel(job), {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
  });
  const width = job.sizes[0];
  const rows = (values, count) => new ort.Tensor('float32', values, [count, width]);
  const prediction = (size) => {
    const next = rowCycle(job, size, rows);
    return {
      run: () => session.run({ x: next() }),
      async check() {
        const { y } = await session.run({ x: rows(job.x.subarray(0, 10 * width), 10) });
        return { values: [...y.data] };
      },
    };
  };
  const workloads = {};
  for (const size of [100, 10_000]) if (size <= job.rows) workloads[`predict:${size}`] = () => prediction(size);
  await serve(workloads, `onnxruntime-node ${version}`);
} catch (error) {
  decline(error.message);
}
