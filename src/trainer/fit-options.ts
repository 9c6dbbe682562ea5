/** What `fit` and `fitSync` take: the signal that stops a run, and the callbacks that follow it. */

import { ArgumentError, show } from '../errors.js';
import type { Network } from '../models/network.js';
import type { Optimizer } from '../optim/optimizer.js';
import {
  checkOptions,
  isThenable,
  nearestName,
  requireFlag,
  requireFunction,
  requireNoPromise,
  requireOneOf,
} from '../options.js';
import type { EpochRecord } from './epoch-record.js';
import type { History } from './history.js';

/** What `onStep` receives after each update. */
export interface StepEvent {
  /** Updates made so far. */
  readonly step: number;
  /** Counted from 1. */
  readonly epoch: number;
  /** The mean loss of the step's batch, taken before the update. */
  readonly loss: number;
  /** η of this update. */
  readonly learningRate: number;
}

/**
 * What a callback sees of the trainer that calls it.
 */
export interface Training {
  readonly net: Network;
  readonly optimizer: Optimizer;
  readonly history: History;
  /** Updates made so far. */
  readonly step: number;
  /** Counted from 1. */
  readonly epoch: number;
  /** What the records of this run hold beside epoch, step and seconds. */
  readonly measured: readonly Measured[];
  /** Writes the whole run into one file. */
  save(path: string): Promise<void>;
}

/** A number of a record that training can be steered by. */
export type Measured =
  | 'trainLoss'
  | 'trainAccuracy'
  | 'validationLoss'
  | 'validationAccuracy'
  | 'testLoss'
  | 'testAccuracy'
  | 'learningRate';

/**
 * Follows a run from beginning to end: a plain object of functions, whose state is part of the run. `onStep` and `onEpochEnd`
 * may return 'stop', which ends the run there; any other result is ignored.
 *
 * @example
 * const best = { loss: Infinity };
 * const keepBest: Callback = {
 *   onEpochEnd: ({ testLoss }) => { best.loss = Math.min(best.loss, testLoss!); },
 *   state: () => best,
 *   restore: (state) => { Object.assign(best, state); },
 * };
 */
export interface Callback {
  /** Runs when a Trainer is made with it; throws to refuse a run that it cannot follow. */
  onAttach?(training: Training): void;
  /** Runs after each update; a promise is awaited. 'stop', also promised, ends the run. */
  onStep?(event: StepEvent, training: Training): unknown;
  /** Runs after each record of the history; a promise is awaited. 'stop', also promised, ends the run. */
  onEpochEnd?(record: EpochRecord, training: Training): unknown;
  /**
   * Runs when the run has ended: at its end, stopped by a callback, or with a loss that is not finite; a promise is awaited. It
   * runs whatever those of other callbacks throw.
   */
  onEnd?(training: Training): unknown;
  /** Runs when a `fit` begins, before its first step; a promise is awaited. Throws to refuse it. */
  onBegin?(training: Training): unknown;
  /**
   * For one whose `onEnd` writes weights of an earlier step into the network: that step, undefined while there is none. Its
   * `onEnd` runs before those of others, which so see these weights, and the error of a run that diverged says whose they are.
   */
  readonly putsBack?: number | undefined;
  /** 'last': it is called after all others, those of `fit` included: one that writes a file of what they have made of a record. */
  readonly order?: 'last' | undefined;
  /**
   * Of a run that several processes share: whether each of them calls it. Default false: the first rank alone. It must then be
   * given on every rank, and decide by the records alone, which all ranks have.
   */
  readonly everywhere?: boolean | undefined;
  /** What it was made with, as JSON data: a resumed run is refused where these are others. */
  settings?(): Readonly<Record<string, unknown>>;
  /** Everything it remembers, as JSON data that may hold float arrays: `trainer.save` writes it. */
  state?(): unknown;
  /** Continues from what `state` returned. */
  restore?(state: unknown): void;
}

/** The part of an AbortSignal that is read. The two listener methods end the wait for a callback; all native signals have them. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  /** As on an EventTarget. */
  addEventListener?(type: 'abort', listener: () => void): void;
  /** As on an EventTarget. */
  removeEventListener?(type: 'abort', listener: () => void): void;
}

/** What `fit` takes: a signal that stops it, and callbacks that may return promises. */
export interface FitOptions {
  /**
   * Stops the run between two steps: `fit` rejects with `signal.reason`, and may be called again to continue. It also ends the
   * wait for a callback: where that is `onEnd`, the run is complete.
   */
  readonly signal?: AbortSignalLike;
  /** Runs after each update; a promise is awaited. 'stop', also promised, ends the run. */
  readonly onStep?: (event: StepEvent) => unknown;
  /** Runs after each record of the history; a promise is awaited. 'stop', also promised, ends the run. */
  readonly onEpochEnd?: (record: EpochRecord) => unknown;
}

/** What `fitSync` takes: callbacks, which may return 'stop'. */
export interface FitSyncOptions {
  /** Runs after each update. */
  readonly onStep?: (event: StepEvent) => unknown;
  /** Runs after each record of the history. */
  readonly onEpochEnd?: (record: EpochRecord) => unknown;
}

/** @throws {ArgumentError} for an unknown option, a callback that is not a function, or a signal that is not an AbortSignal */
export function checkFitOptions(operation: string, options: FitOptions, known: readonly (keyof FitOptions)[]): void {
  checkOptions(operation, options, known);
  checkFitParts(operation, options);
}

/** The same for those of `fit` among the options of another call. */
export function checkFitParts(operation: string, options: FitOptions): void {
  requireFunctions(operation, '', options, ['onStep', 'onEpochEnd']);
  requireSignal(operation, options.signal);
}

/** @throws {ArgumentError} if it is given and not an AbortSignal */
export function requireSignal(operation: string, signal: unknown): void {
  if (signal === undefined || typeof (signal as AbortSignalLike | null)?.aborted === 'boolean') return;
  const isController = typeof (signal as Partial<AbortController> | null)?.signal?.aborted === 'boolean';
  throw new ArgumentError({
    operation,
    found: `signal is ${show(signal)}`,
    expected: 'an AbortSignal',
    fix: isController ? 'Pass controller.signal' : undefined,
  });
}

const CALLBACK_PARTS = [
  'onAttach',
  'onBegin',
  'onStep',
  'onEpochEnd',
  'onEnd',
  'settings',
  'state',
  'restore',
] as const;

/** @throws {ArgumentError} unless it is a list of objects with the functions of a `Callback` */
export function checkCallbacks(operation: string, callbacks: unknown): readonly Callback[] {
  if (!Array.isArray(callbacks)) {
    const isOne = typeof callbacks === 'object' && callbacks !== null && !isThenable(callbacks);
    const fix = isOne ? 'Put it into one: callbacks: [callback]' : undefined;
    throw new ArgumentError({ operation, found: `callbacks is ${show(callbacks)}`, expected: 'a list', fix });
  }
  callbacks.forEach((callback: unknown, i) => {
    const name = `callbacks[${i}]`;
    if (typeof callback !== 'object' || callback === null || !CALLBACK_PARTS.some((part) => part in callback)) {
      refuseMisspelt(operation, name, callback);
      const expected = `an object with any of ${CALLBACK_PARTS.join(', ')}`;
      const fix = typeof callback === 'function' ? 'Say when it is called: { onEpochEnd: … }' : undefined;
      throw new ArgumentError({ operation, found: `${name} is ${show(callback)}`, expected, fix });
    }
    refuseMisspelt(operation, name, callback);
    requireFunctions(operation, `${name}.`, callback, CALLBACK_PARTS);
    const { state, restore, order, everywhere } = callback as Callback;
    if (order !== undefined) requireOneOf(operation, `${name}.order`, order, ['last']);
    if (everywhere !== undefined) requireFlag(operation, `${name}.everywhere`, everywhere);
    if ((state === undefined) !== (restore === undefined)) {
      throw new ArgumentError({
        operation,
        found: `${name} has ${state === undefined ? 'restore without state' : 'state without restore'}`,
        expected: 'both or neither',
      });
    }
  });
  return Object.freeze([...callbacks]) as readonly Callback[];
}

/** A function of an object that nearly has the name of one that is called would never be called. */
function refuseMisspelt(operation: string, name: string, callback: unknown): void {
  if (typeof callback !== 'object' || callback === null) return;
  for (const [part, value] of Object.entries(callback)) {
    if (typeof value !== 'function' || !part.startsWith('on') || isCallbackPart(part)) continue;
    const nearest = nearestName(part, CALLBACK_PARTS);
    if (nearest === undefined) continue;
    throw new ArgumentError({ operation, found: `${name} has ${show(part)}; did you mean ${show(nearest)}?` });
  }
}

const isCallbackPart = (name: string): boolean => (CALLBACK_PARTS as readonly string[]).includes(name);

function requireFunctions(operation: string, prefix: string, of: object, names: readonly string[]): void {
  for (const name of names) {
    const value = (of as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) requireFunction(operation, `${prefix}${name}`, value);
  }
}

/** Waits for a callback's promise or for the signal, whichever comes first: a callback that never ends cannot block a run. */
export async function waitFor(pending: PromiseLike<unknown>, signal: AbortSignalLike | undefined): Promise<unknown> {
  let stop = (): void => {};
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
  });
  if (signal?.aborted === true) stop();
  signal?.addEventListener?.('abort', stop);
  try {
    return await Promise.race([pending, aborted]); // handles a later rejection too
  } finally {
    signal?.removeEventListener?.('abort', stop);
  }
}

/** @throws {ArgumentError} if a callback has returned a promise where nothing waits for it */
export function requireSync(operation: string, name: string, answer: unknown): void {
  requireNoPromise(operation, name, answer, SYNC);
}

const SYNC = { expected: 'a callback that is not async', fix: 'Use await trainer.fit(…)' };
