/** One row at a time, as a service answers: `predict` of a tensor, and `predictInto` from and into arrays that are reused. */

import { allocate, type Backend } from '../src/backend/backend.js';
import type { JobData } from '../src/bench/job-data.js';
import type { Workload, Workloads } from '../src/bench/timing.js';
import { network, prediction } from '../src/bench/workloads.js';
import type { Dataset } from '../src/data/dataset.js';
import type { Sequential } from '../src/models/sequential.js';

export function oneRowWorkloads(data: JobData, backend: Backend): Workloads {
  return {
    'predict:1': () => prediction(data, backend, 1),
    'predict:1/into': () => predictionInto(network(data, backend), data.train),
  };
}

/** Copies a row into the array of a request, and predicts into that of the answer. */
export function predictionInto(net: Sequential, dataset: Dataset): Workload {
  const { x } = dataset.toTensors({ dtype: net.dtype, backend: net.backend });
  const [rows, width] = x.shape as [number, number];
  const views = Array.from({ length: rows }, (_, row) => x.rows(row, row + 1).data);
  const request = allocate(net.dtype, width);
  const answer = allocate(net.dtype, net.outputSize!);
  let next = 0;
  const run = (): void => {
    request.set(views[next++ % rows]!);
    net.predictInto(answer, request);
  };
  return {
    run,
    check() {
      const values = views.slice(0, 10).flatMap((row) => Array.from(net.predictInto(answer, row)));
      return { values };
    },
  };
}
