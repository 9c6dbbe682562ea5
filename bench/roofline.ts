/** How fast this machine can compute and move numbers: the yardstick for a call's time. */

import { allocate, type Backend } from '../src/backend/backend.js';

/** A call that needs f operations and b bytes takes at least max(f / flops, b / bytes) seconds. */
export interface Roofline {
  /** Operations per second. */
  readonly flops: number;
  /** Bytes per second, for a working set as large as a step's. */
  readonly bytes: number;
  /** How it was measured, for the report. */
  readonly how: string;
}

const SIZE = 768;

/** From the backend's own best cases, where no probe can be compiled. This cannot show the shortfall of gemm itself. */
export function measureRoofline(backend: Backend, workingSet: number): Roofline {
  const matrix = (): Float32Array => new Float32Array(SIZE * SIZE).fill(1);
  const [a, b, c] = [matrix(), matrix(), matrix()];
  const product = fastest(() => backend.gemm(false, false, SIZE, SIZE, SIZE, 1, a, SIZE, b, SIZE, 0, c, SIZE));
  const n = Math.ceil(workingSet / 8);
  const [x, y] = [allocate('float32', n), allocate('float32', n)];
  const sum = fastest(() => backend.axpy(n, 1, x, y));
  return {
    flops: (2 * SIZE ** 3) / product,
    bytes: (12 * n) / sum,
    how: `the backend's gemm of ${SIZE}×${SIZE}×${SIZE} and its axpy over the step's working set`,
  };
}

/** Seconds of the fastest of many runs. */
function fastest(run: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  const end = performance.now() + 300;
  while (performance.now() < end) {
    const start = performance.now();
    run();
    least = Math.min(least, performance.now() - start);
  }
  return least / 1000;
}
