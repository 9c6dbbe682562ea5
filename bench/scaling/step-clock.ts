/** When the gradients of a step are complete: a clock at the end of each call of the backend. */

import type { Backend } from '../../src/backend/backend.js';
import type { Tensors } from '../../src/layers/layer.js';
import { recordingBackend } from '../recording.js';
import type { Gradient, StepTimes } from './timeline.js';

/** A training step in its two parts. */
export interface ClockedStep {
  readonly grads: Tensors;
  /** Draws the batch and fills the gradients. */
  backward(): void;
  update(): void;
}

export interface StepClock {
  /** Makes a step and keeps its times. */
  tick(): void;
  /** The gradients in the order in which they are complete. */
  gradients(): Gradient[];
  /** Those of the quickest step, for this number of rows: on a shared machine the others had to wait for a core. */
  times(rows: number): StepTimes;
}

/** @param start builds the training on the backend it is given */
export function stepClock(original: Backend, start: (backend: Backend) => ClockedStep): StepClock {
  const { backend, record } = recordingBackend(original);
  const step = start(backend);
  const names = Object.keys(step.grads);
  let quickest = { ready: names.map(() => 0), backward: Number.POSITIVE_INFINITY, update: 0 };
  return {
    tick() {
      const began = performance.now();
      const calls = record(() => step.backward());
      const done = performance.now();
      step.update();
      const end = performance.now();
      const ready = names.map((name) => {
        // The last call that has the gradient among its arguments has completed it.
        const last = calls.findLast(({ args }) => args.includes(step.grads[name]!.data));
        if (last === undefined) throw new Error(`no call of the backend has the gradient ${name}`);
        return microseconds(began, last.end);
      });
      const times = { ready, backward: microseconds(began, done), update: microseconds(done, end) };
      if (times.backward + times.update < quickest.backward + quickest.update) quickest = times;
    },
    gradients: () => order().map((i) => ({ name: names[i]!, bytes: step.grads[names[i]!]!.data.byteLength })),
    times: (rows) => ({ ...quickest, rows, ready: order().map((i) => quickest.ready[i]!) }),
  };

  function order(): number[] {
    return names.map((_, i) => i).sort((a, b) => quickest.ready[a]! - quickest.ready[b]!);
  }
}

/** In tenths. */
function microseconds(from: number, to: number): number {
  return Math.round((to - from) * 1e4) / 10;
}
