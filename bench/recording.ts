/** A backend that can record its calls, so that they can be repeated on the same arrays. */

import type { Backend } from '../src/backend/backend.js';

/** The functions of a backend. */
export type Operation = Exclude<keyof Backend, 'name' | 'reason'>;

export interface Call {
  readonly operation: Operation;
  readonly args: readonly unknown[];
  /** When it returned, by `performance.now()`. */
  readonly end: number;
}

/** The functions of a backend by name, without their types. */
type Functions = Record<Operation, (...args: readonly unknown[]) => unknown>;

export interface RecordingBackend {
  /** A copy of the backend; while nothing is recorded its functions are the very functions of the original. */
  readonly backend: Backend;
  /** The calls that `work` makes, in order. */
  record(work: () => void): Call[];
}

export function recordingBackend(original: Backend): RecordingBackend {
  const backend: Backend = { ...original };
  const functions = backend as unknown as Functions;
  const operations = Object.keys(original).filter(
    (name) => typeof original[name as keyof Backend] === 'function',
  ) as Operation[];
  return {
    backend,
    record(work) {
      const calls: Call[] = [];
      for (const operation of operations) {
        const call = functions[operation];
        functions[operation] = (...args) => {
          const result = call(...args);
          calls.push({ operation, args, end: performance.now() });
          return result;
        };
      }
      try {
        work();
      } finally {
        Object.assign(backend, original);
      }
      return calls;
    },
  };
}

/** The matrix products of the calls as calls of `gemm` on the same arrays, those that `affine` makes within it too. */
export function productsOf(calls: readonly Call[]): Pick<Call, 'operation' | 'args'>[] {
  return calls.flatMap(({ operation, args }) => {
    if (operation === 'gemm') return [{ operation, args }];
    if (operation !== 'affine') return [];
    const [y, x, w, , m, n, k] = args;
    return [{ operation: 'gemm' as const, args: [false, false, m, n, k, 1, x, k, w, n, 0, y, n] }];
  });
}

/** Repeats a call. */
export function replay(backend: Backend, { operation, args }: Pick<Call, 'operation' | 'args'>): void {
  (backend as unknown as Functions)[operation](...args);
}
