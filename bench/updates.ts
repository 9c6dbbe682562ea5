/** J8: updates of more parameters than any cache holds, against additions that move as many bytes. */

import { allocate, type Backend } from '../src/backend/backend.js';
import type { Workload } from '../src/bench/timing.js';
import { Adam } from '../src/optim/adam.js';
import { Momentum } from '../src/optim/momentum.js';
import type { Optimizer } from '../src/optim/optimizer.js';
import { SGD } from '../src/optim/sgd.js';
import { Tensor } from '../src/tensor/tensor.js';

/** Parameters. */
const COUNT = 10_000_000;

/** Each rule, and how many arrays of COUNT floats it reads or writes: w and g in, w out, and what it remembers in and out. */
const RULES: Readonly<Record<string, { make(): Optimizer; arrays: number }>> = {
  sgd: { make: () => new SGD({ learningRate: 0.01 }), arrays: 3 },
  momentum: { make: () => new Momentum({ learningRate: 0.01 }), arrays: 5 },
  adam: { make: () => new Adam({ learningRate: 0.001 }), arrays: 7 },
};

/** `update:adam` and `additions:adam`, and so for each rule. */
export function updateWorkloads(backend: Backend): Record<string, () => Workload> {
  return Object.fromEntries(
    Object.entries(RULES).flatMap(([name, { make, arrays }]) => [
      [`update:${name}`, () => update(backend, make())],
      [`additions:${name}`, () => additions(backend, Math.round((COUNT * arrays) / 3))],
    ]),
  );
}

function update(backend: Backend, optimizer: Optimizer): Workload {
  const w = new Tensor(allocate('float32', COUNT), [COUNT], backend);
  const g = new Tensor(allocate('float32', COUNT), [COUNT], backend);
  g.data.forEach((_, i) => {
    g.data[i] = ((i % 7) - 3) / 8;
  });
  const [params, grads] = [{ w }, { w: g }];
  const run = (): void => optimizer.update(params, grads);
  return {
    run,
    check() {
      run();
      return { values: Array.from(w.data.subarray(0, 7)) };
    },
  };
}

/** y ← y + x, which reads two arrays and writes one. */
function additions(backend: Backend, n: number): Workload {
  const [x, y] = [allocate('float32', n).fill(1), allocate('float32', n)];
  const run = (): void => backend.axpy(n, 1, x, y);
  return {
    run,
    check() {
      run();
      return { values: Array.from(y.subarray(0, 7)) };
    },
  };
}
