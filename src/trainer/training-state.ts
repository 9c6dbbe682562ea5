/**
 * The complete state of a run, as plain data: to go back to when it diverges, to save, and to continue from.
 *
 * The order of the rows is not part of it: it is drawn again from the generator's state at the start of the epoch.
 */

import type { Floats } from '../backend/backend.js';
import type { BatchesState } from '../data/batches.js';
import { ArgumentError, DtypeError, ShapeError } from '../errors.js';
import { isFloat32 } from '../identity.js';
import type { LayerState, Tensors } from '../layers/layer.js';
import type { Evaluation, EvaluationState, Network } from '../models/network.js';
import type { Optimizer, OptimizerState } from '../optim/optimizer.js';
import { Tensor } from '../tensor/tensor.js';

/** What a run does next. 'last check' confirms that the final weights give a finite loss. */
export type Phase =
  | 'step'
  | 'train evaluation'
  | 'validation evaluation'
  | 'test evaluation'
  | 'record'
  | 'last check'
  | 'complete';

export const PHASES = [
  'step',
  'train evaluation',
  'validation evaluation',
  'test evaluation',
  'record',
  'last check',
  'complete',
] as const satisfies readonly Phase[];

/** A tensor without the functions that compute with it. */
export interface PlainTensor {
  readonly data: Floats;
  readonly shape: readonly number[];
}

export type PlainTensors = Readonly<Record<string, PlainTensor>>;

/** What the network has learned, and what the optimizer remembers. */
export interface LearnedState {
  readonly params: PlainTensors;
  /** Arrays that are kept and not trained, e.g. running means. */
  readonly buffers: PlainTensors;
  /** What the layers remember between two steps, e.g. a generator; null for a layer that remembers nothing. */
  readonly layers: readonly (LayerState | null)[];
  readonly optimizer: OptimizerData | undefined;
}

/** `OptimizerState` without functions on its tensors. */
export interface OptimizerData {
  readonly numbers: Readonly<Record<string, number>>;
  readonly tensors: Readonly<Record<string, PlainTensors>>;
}

/** The whole run. */
export interface TrainingState extends LearnedState {
  /** Updates made so far. */
  readonly step: number;
  readonly phase: Phase;
  /** The position in the batches. */
  readonly order: BatchesState;
  /** The progress of the current phase's evaluation. */
  readonly evaluation: EvaluationState | undefined;
  /** Results so far of the evaluations for the next record. */
  readonly trainEvaluation: Evaluation | undefined;
  readonly validationEvaluation: Evaluation | undefined;
  readonly testEvaluation: Evaluation | undefined;
  /** η of the last update; 0 before the first. */
  readonly learningRate: number;
  /** The batch loss of each step. */
  readonly losses: Float64Array;
  /** The records as a table; see `RecordTable`. */
  readonly records: Float64Array;
  readonly warnings: readonly string[];
  /** What the callbacks of the run remember; null for one that remembers nothing. */
  readonly callbacks: readonly unknown[];
  /** Seconds of training since the last record. */
  readonly seconds: number;
}

/** The live arrays of a network and its optimizer: copy them to keep them. */
export function learnedState(net: Network, optimizer: Optimizer): LearnedState {
  return { params: plain(net.params), buffers: plain(net.buffers ?? {}), ...rememberedState(net, optimizer) };
}

/** The part of it that is neither parameter nor buffer. */
function rememberedState(net: Network, optimizer: Optimizer): Pick<LearnedState, 'layers' | 'optimizer'> {
  const state = optimizer.state?.();
  return {
    layers: net.layerStates?.() ?? [],
    optimizer: state && { numbers: state.numbers, tensors: plainTensors(state.tensors) },
  };
}

/** Writes a state into the network and the optimizer that it came from, or into equivalent ones. */
export function restoreLearned(net: Network, optimizer: Optimizer, state: LearnedState): void {
  if (state.optimizer !== undefined) {
    const { numbers, tensors } = state.optimizer;
    const live = (arrays: PlainTensors): Tensors =>
      mapValues(arrays, ({ data, shape }) => new Tensor(data, shape, net.backend));
    optimizer.restore?.({ numbers, tensors: mapValues(tensors, live) });
  }
  net.restoreLayerStates?.(state.layers);
  for (const name in net.params) net.params[name]!.data.set(state.params[name]!.data);
  for (const name in net.buffers) net.buffers[name]!.data.set(state.buffers[name]!.data);
}

/** The arrays of an optimizer without functions on them. */
export function plainTensors(tensors: OptimizerState['tensors']): OptimizerData['tensors'] {
  return mapValues(tensors, plain);
}

function plain(tensors: Tensors): PlainTensors {
  return mapValues(tensors, ({ data, shape }) => ({ data, shape }));
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value)]));
}

/**
 * @throws {ArgumentError} unless the network has the parameters and buffers of the saved run, by their names,
 *   {ShapeError} or {DtypeError} for one of another shape or dtype
 */
export function requireSameArrays(operation: string, net: Network, { params, buffers }: LearnedState): void {
  requireLike(operation, 'parameter', net.params, params);
  requireLike(operation, 'buffer', net.buffers ?? {}, buffers);
}

function requireLike(operation: string, kind: string, live: Tensors, saved: PlainTensors): void {
  const names = Object.keys(saved);
  const missing = names.find((name) => !Object.hasOwn(live, name));
  const unknown = Object.keys(live).find((name) => !Object.hasOwn(saved, name));
  if (missing !== undefined || unknown !== undefined) {
    throw new ArgumentError({
      operation,
      found: `the network has ${unknown === undefined ? `no ${kind} "${missing}"` : `a ${kind} "${unknown}"`}`,
      expected: names.join(', ') || `no ${kind}s`,
    });
  }
  for (const [name, { dtype, shape }] of Object.entries(live)) {
    const value = saved[name]!;
    const found = isFloat32(value.data) ? 'float32' : 'float64';
    if (found !== dtype) {
      throw new DtypeError({
        operation,
        found: `the network is ${dtype}`,
        expected: `${found} (the dtype of ${name})`,
      });
    }
    if (value.shape.join() !== shape.join()) {
      throw new ShapeError({
        operation,
        found: `${name} of the network has shape [${shape.join(', ')}]`,
        expected: `[${value.shape.join(', ')}]`,
      });
    }
  }
}
