/** What runs the trials of a search: the function that was given, or Workers. */

import { platform } from '#platform';
import { Dataset } from '../data/dataset.js';
import { ArgumentError, StateError, show } from '../errors.js';
import { reasonOf } from '../io/read-file.js';
import { requireInstance, requireInteger } from '../options.js';
import type { CallingWorker } from '../platform/platform.js';
import type { AbortSignalLike } from '../trainer/fit-options.js';

/** What the objective is told beside the hyper-parameters. */
export interface TrialContext {
  /** The number of the trial, from 0. */
  readonly trial: number;
  /** A seed of its own: for initial weights and the order of rows. */
  readonly seed: number;
  /** How much to spend, e.g. epochs: 1 without halving, else that of the rung. */
  readonly budget: number;
  /** That of the search, to hand on to `fit`; undefined without one, and in Workers, which end with the search. */
  readonly signal?: AbortSignalLike | undefined;
}

/** The part of a URL that is read: `new URL('./objective.js', import.meta.url)` is one. */
export interface ModuleUrl {
  readonly href: string;
}

/** Runs a trial, to its score. */
export type Objective<P> = (params: P, context: TrialContext) => unknown;

/** What runs one trial at a time: the function that was given, or a Worker. */
export interface Lane<P> {
  readonly run: Objective<P>;
  readonly end: () => Promise<void>;
}

interface LaneOptions {
  readonly objective: unknown;
  readonly parallel?: unknown;
  readonly data?: unknown;
  readonly signal?: AbortSignalLike | undefined;
}

/**
 * @param trials all that were drawn: what cannot be sent to a Worker is refused before the first runs
 * @throws {ArgumentError} for options that do not go together, {StateError} where there are no Workers
 */
export function lanesOf<P>(
  operation: string,
  { objective, parallel, data, signal }: LaneOptions,
  trials: readonly { readonly params: P }[],
): readonly Lane<P>[] {
  if (typeof objective === 'function') {
    for (const [name, value] of Object.entries({ parallel, data })) {
      if (value === undefined) continue;
      throw new ArgumentError({
        operation,
        found: `${name} is given for an objective that is a function`,
        expected: 'it for the URL of a module, which runs in Workers',
      });
    }
    const run = objective as Objective<P>;
    return [
      {
        run: signal === undefined ? run : (params, context) => run(params, { ...context, signal }),
        end: async () => {},
      },
    ];
  }
  const module = (objective as Partial<ModuleUrl> | null | undefined)?.href;
  if (typeof module !== 'string') {
    const expected = 'a function, or the URL of a module: new URL(…)';
    throw new ArgumentError({ operation, found: `objective is ${show(objective)}`, expected });
  }
  const { startWorker } = platform;
  if (startWorker === undefined) {
    throw new StateError({
      operation,
      found: 'no Workers are available here',
      expected: 'an objective that is a function',
    });
  }
  for (const { params } of trials) requireSendable(operation, params as Readonly<Record<string, unknown>>);
  const count = parallel === undefined ? platform.machine.cores() : requireInteger(operation, 'parallel', parallel, 1);
  const shared = Object.fromEntries(
    Object.entries((data ?? {}) as Readonly<Record<string, unknown>>).map(([name, dataset]) => [
      name,
      requireInstance(operation, `data.${name}`, dataset, Dataset, 'a Dataset').share(),
    ]),
  );
  const workers = startedWorkers(operation, Math.min(count, trials.length), () => startWorker(module, shared));
  return workers.map((worker) => ({
    run: (params, context) => worker.call(params, context),
    end: () => worker.end(),
  }));
}

/**
 * As many as the system gives, up to `count`: how many trials run at a time changes no result.
 *
 * @throws {StateError} if it gives none
 */
function startedWorkers(operation: string, count: number, start: () => CallingWorker): readonly CallingWorker[] {
  const started: CallingWorker[] = [];
  while (started.length < count) {
    try {
      started.push(start());
    } catch (cause) {
      // Whoever gave up here would leave those that run: their threads keep the process alive.
      if (started.length > 0) break;
      const found = `no Worker can be started (${reasonOf(cause)})`;
      throw new StateError({ operation, found, ...adviceForThread(cause) }, { cause });
    }
  }
  return started;
}

function adviceForThread(cause: unknown): { readonly expected: string; readonly fix: string } {
  if ((cause as { readonly code?: unknown }).code === 'ERR_ACCESS_DENIED') {
    return { expected: 'the permission to start Workers', fix: 'Start Node with --allow-worker' };
  }
  const fix = 'Raise the limit (ulimit -u, ulimit -v, or that of the container)';
  return { expected: 'room for one more thread and its memory', fix };
}

/** @throws {ArgumentError} for a hyper-parameter that cannot be copied to another thread: a function, or an object that holds one */
function requireSendable(operation: string, params: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(params)) {
    if (typeof value !== 'function' && typeof value !== 'symbol' && (typeof value !== 'object' || value === null))
      continue;
    try {
      structuredClone(value);
    } catch (cause) {
      throw new ArgumentError(
        {
          operation,
          found: `space.${name} has drawn ${show(value)}, which cannot be sent to a Worker`,
          expected: 'data: numbers, texts, lists and plain objects of them',
          fix: 'Draw a name, e.g. choice(["relu", "tanh"]), and let the module look up what it stands for',
        },
        { cause },
      );
    }
  }
}
