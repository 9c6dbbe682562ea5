/**
 * A run as one safetensors file: the arrays as tensors, everything else as JSON in the metadata.
 *
 * Tensors: `params.…`, `buffers.…`, `optimizer.<name>.…`, `history.losses` (step), `history.epochs` (records, 10), float64, NaN for what
 * was not measured; `callbacks.…` and `layers.…` for float arrays in their state. Everything read is checked here, since a file
 * may come from anywhere.
 */

import type { Augmentation } from '../data/augmentation.js';
import { DataError, StateError, show } from '../errors.js';
import { isFloat64, isFloats } from '../identity.js';
import { isJsonData, withArrays, withoutArrays } from '../io/arrays-in-json.js';
import { encodeSafetensors, readSafetensors, type StoredTensor } from '../io/safetensors.js';
import { RUN } from '../models/file-format.js';
import type { RandomState } from '../random.js';
import type { ClassWeights } from './class-weights.js';
import type { Fingerprint } from './fingerprint.js';
import { RECORD_COLUMNS } from './record-table.js';
import type { EvaluateWhen, Sampling } from './trainer-options.js';
import { PHASES, type PlainTensor, type PlainTensors, type TrainingState } from './training-state.js';

/** What a file holds besides the state: how the run was set up. */
export interface SavedSetup {
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly totalSteps: number;
  readonly sampling: Sampling;
  readonly seed: number;
  readonly evaluate: EvaluateWhen;
  /** True where the file does not say: it is older than the option. */
  readonly evaluateTrain: boolean;
  /** 1 where the file does not say. */
  readonly evaluateEvery: number;
  /** The optimizer's name, and whether its state is saved. */
  readonly optimizer: string;
  /** Whether its class is the caller's own, which cannot be built again. False where the file does not say. */
  readonly ownOptimizer: boolean;
  readonly clipGlobalNorm: number | undefined;
  readonly clipValue: number | undefined;
  readonly classWeights: ClassWeights | undefined;
  readonly augment: Augmentation | undefined;
  /** The share of the training rows that is held out; undefined where a data set or none was given. */
  readonly validationShare: number | undefined;
  /** What each callback is, in order; see `kindsOf`. */
  readonly callbacks: readonly string[];
  /** What each was made with; null for one that does not say. */
  readonly callbackSettings: readonly (Readonly<Record<string, unknown>> | null)[];
  /** Where the rate follows a schedule: what it gives for some of the steps; see `scheduledRates`. */
  readonly rates: readonly ScheduledRate[];
  readonly train: Fingerprint;
  readonly validation: Fingerprint | undefined;
  readonly test: Fingerprint | undefined;
}

/** What a schedule gives for a step. */
export type ScheduledRate = readonly [step: number, rate: number];

export interface Checkpoint {
  readonly setup: SavedSetup;
  readonly state: TrainingState;
  /** What builds the network again; undefined for one that cannot be described. When read, `checkSaved` checks it. */
  readonly network: unknown;
}

const FORMAT = 1;

export function encodeCheckpoint(operation: string, { setup, state, network }: Checkpoint): Uint8Array[] {
  const { params, buffers, optimizer, losses, records, callbacks, layers, ...rest } = state;
  const arrays: Record<string, PlainTensor> = {};
  const remembered = {
    callbacks: withoutArrays(callbacks, 'callbacks', arrays),
    layers: withoutArrays(layers, 'layers', arrays),
  };
  const tensors: Record<string, PlainTensor> = {
    ...arrays,
    ...prefixed('params', params),
    ...prefixed('buffers', buffers),
    ...Object.assign(
      {},
      ...Object.entries(optimizer?.tensors ?? {}).map(([name, of]) => prefixed(`optimizer.${name}`, of)),
    ),
    'history.losses': { data: losses, shape: [losses.length] },
    'history.epochs': { data: records, shape: [records.length / RECORD_COLUMNS.length, RECORD_COLUMNS.length] },
  };
  const run = { format: FORMAT, setup, network, state: { ...rest, ...remembered, numbers: optimizer?.numbers } };
  return encodeSafetensors(tensors, { [RUN]: JSON.stringify(run) }, operation);
}

/** @throws {DataError} if the file is missing, damaged, or not a run that `trainer.save` wrote */
export async function readCheckpoint(operation: string, path: string): Promise<Checkpoint> {
  const options = { expected: 'a file written by trainer.save', takesUrls: false };
  const { tensors, metadata } = await readSafetensors(operation, path, options);
  return new Reader(operation, path, tensors).checkpoint(metadata[RUN]);
}

/** @throws {StateError} for state of a layer, a callback or an optimizer that JSON would not preserve */
export function requireJsonData(operation: string, { layers, callbacks, optimizer }: TrainingState): void {
  const remembered = [
    ...layers.map((state, i) => [`the state of layers[${i}]`, state] as const),
    ...callbacks.map((state, i) => [`the state of callbacks[${i}]`, state] as const),
    ...Object.entries(optimizer?.numbers ?? {}).map(([name, value]) => [`${name} of the optimizer`, value] as const),
  ];
  for (const [name, state] of remembered) {
    if (isJsonData(state)) continue;
    throw new StateError({
      operation,
      found: `${name} is not JSON data`,
      expected: 'finite numbers, strings, lists, plain objects and float arrays',
    });
  }
}

function prefixed(prefix: string, tensors: PlainTensors): PlainTensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) => [`${prefix}.${name}`, { data, shape }]),
  );
}

type Json = Readonly<Record<string, unknown>>;

/** Reads the parts of a file; every refusal names the file and the entry. */
class Reader {
  constructor(
    private readonly operation: string,
    private readonly path: string,
    private readonly tensors: Readonly<Record<string, StoredTensor>>,
  ) {}

  checkpoint(json: string | undefined): Checkpoint {
    if (json === undefined) {
      throw new DataError({
        operation: this.operation,
        found: `${this.path} holds no run`,
        expected: 'a file written by trainer.save',
        fix: 'To read a network alone use its load',
      });
    }
    let parsed: unknown;
    try {
      parsed = JSON.parse(json);
    } catch {
      this.refuse(RUN, json.slice(0, 40), 'JSON');
    }
    const run = this.object(RUN, parsed);
    if (run['format'] !== FORMAT) this.refuse('format', run['format'], `${FORMAT}, the format that this version reads`);
    const setup = this.setup(this.object('setup', run['setup']));
    const state = this.state(this.object('state', run['state']), setup);
    const count = setup.callbacks.length;
    if (state.callbacks.length !== count) this.refuse('callbacks', state.callbacks.length, `the states of ${count}`);
    return { setup, network: run['network'], state };
  }

  private setup(setup: Json): SavedSetup {
    const { evaluate, optimizer, validation, test } = setup;
    const optional = (name: string): number | undefined =>
      setup[name] === undefined ? undefined : this.number(name, setup[name]);
    return {
      batchSize: this.integer('batchSize', setup['batchSize'], 1),
      dropLast: this.oneOf('dropLast', setup['dropLast'], [true, false]),
      totalSteps: this.integer('totalSteps', setup['totalSteps'], 1),
      sampling: this.oneOf('sampling', setup['sampling'], ['shuffle', 'replacement']),
      seed: this.integer('seed', setup['seed'], 0, 2 ** 32 - 1),
      evaluate: this.oneOf('evaluate', evaluate, ['epochEnd', 'epochStart', false]),
      evaluateTrain: this.oneOf('evaluateTrain', setup['evaluateTrain'] ?? true, [true, false]),
      evaluateEvery: this.integer('evaluateEvery', setup['evaluateEvery'] ?? 1, 1),
      optimizer: typeof optimizer === 'string' ? optimizer : this.refuse('optimizer', optimizer, 'a name'),
      ownOptimizer: this.oneOf('ownOptimizer', setup['ownOptimizer'] ?? false, [true, false]),
      clipGlobalNorm: optional('clipGlobalNorm'),
      clipValue: optional('clipValue'),
      classWeights: this.classWeights(setup['classWeights']),
      augment: setup['augment'] === undefined ? undefined : this.augment(this.object('augment', setup['augment'])),
      validationShare: optional('validationShare'),
      callbacks: this.strings('setup.callbacks', setup['callbacks']),
      callbackSettings: this.list('callbackSettings', setup['callbackSettings'] ?? []).map((settings, i) =>
        settings === null ? null : this.object(`callbackSettings[${i}]`, settings),
      ),
      rates: this.list('rates', setup['rates'] ?? []).map((entry, i) => {
        const [step, rate] = this.list(`rates[${i}]`, entry);
        return [this.integer(`rates[${i}]`, step, 0), this.number(`rates[${i}]`, rate)];
      }),
      train: this.fingerprint('train', setup['train']),
      validation: validation === undefined ? undefined : this.fingerprint('validation', validation),
      test: test === undefined ? undefined : this.fingerprint('test', test),
    };
  }

  private classWeights(value: unknown): ClassWeights | undefined {
    if (value === undefined || value === 'balanced') return value;
    return this.list('classWeights', value).map((weight, i) => this.number(`classWeights[${i}]`, weight));
  }

  private augment(saved: Json): Augmentation {
    const number = (name: Exclude<keyof Augmentation, 'flip'>): number => this.number(`augment.${name}`, saved[name]);
    return {
      shift: number('shift'),
      rotate: number('rotate'),
      scale: number('scale'),
      flip: saved['flip'] === true, // runs that were saved before it was an option have none
      background: number('background'),
    };
  }

  private fingerprint(name: string, value: unknown): Fingerprint {
    const saved = this.object(name, value);
    const text = (entry: string): string => {
      const found = saved[entry];
      return typeof found === 'string' ? found : this.refuse(`${name}.${entry}`, found, 'a string');
    };
    const size = (entry: string): number => this.integer(`${name}.${entry}`, saved[entry], 1);
    const isStream = saved['window'] !== undefined;
    return {
      kind: text('kind'),
      window: isStream ? size('window') : undefined,
      rows: isStream && saved['rows'] === undefined ? undefined : size('rows'),
      inputSize: size('inputSize'),
      inputShape: this.shape(`${name}.inputShape`, saved['inputShape']),
      outputSize: size('outputSize'),
      x: text('x'),
      labels: text('labels'),
      weights: text('weights'),
    };
  }

  private shape(name: string, value: unknown): readonly number[] | undefined {
    return value === undefined ? undefined : this.list(name, value).map((size) => this.integer(name, size, 1));
  }

  private state(saved: Json, { totalSteps }: SavedSetup): TrainingState {
    const step = this.integer('step', saved['step'], 0, totalSteps);
    const phase = this.oneOf('phase', saved['phase'], PHASES);
    const { numbers, evaluation } = saved;
    return {
      step,
      phase,
      order: this.order(this.object('order', saved['order'])),
      evaluation: evaluation === undefined ? undefined : this.evaluation(this.object('evaluation', evaluation)),
      trainEvaluation: this.result('trainEvaluation', saved['trainEvaluation']),
      validationEvaluation: this.result('validationEvaluation', saved['validationEvaluation']),
      learningRate: this.number('learningRate', saved['learningRate']),
      testEvaluation: this.result('testEvaluation', saved['testEvaluation']),
      losses: this.losses(step),
      records: this.records(step),
      warnings: this.strings('warnings', saved['warnings']),
      callbacks: this.list('callbacks', this.arraysIn(saved['callbacks'])),
      seconds: this.number('seconds', saved['seconds']),
      params: this.floats('params'),
      buffers: this.floats('buffers'),
      layers: this.layers(saved['layers']),
      optimizer:
        numbers === undefined ? undefined : { numbers: this.numbers(numbers), tensors: this.optimizerTensors() },
    };
  }

  private order(saved: Json): TrainingState['order'] {
    const { step, random, augmentRandom, rows } = saved;
    return {
      step: this.integer('order.step', step, 0),
      random: this.random('order.random', random),
      ...(rows === undefined ? {} : { rows: this.integer('order.rows', rows, 1) }),
      ...(augmentRandom === undefined ? {} : { augmentRandom: this.random('order.augmentRandom', augmentRandom) }),
    };
  }

  private random(name: string, value: unknown): RandomState {
    const { words, spareNormal } = this.object(name, value);
    if (!Array.isArray(words) || words.length !== 4 || words.every((word) => word === 0)) {
      this.refuse(`${name}.words`, words, 'four words, not all 0');
    }
    const [a, b, c, d] = (words as unknown[]).map((word) => this.integer(`${name}.words`, word, 0, 2 ** 32 - 1));
    return {
      words: [a!, b!, c!, d!],
      spareNormal: spareNormal === undefined ? undefined : this.number(`${name}.spareNormal`, spareNormal),
    };
  }

  private evaluation(saved: Json): TrainingState['evaluation'] {
    return {
      chunk: this.integer('evaluation.chunk', saved['chunk'], 0),
      loss: this.number('evaluation.loss', saved['loss']),
      right: this.integer('evaluation.right', saved['right'], 0),
    };
  }

  private result(name: string, value: unknown): TrainingState['trainEvaluation'] {
    if (value === undefined) return undefined;
    const { loss, accuracy } = this.object(name, value);
    return {
      loss: this.number(`${name}.loss`, loss),
      ...(accuracy === undefined ? {} : { accuracy: this.number(`${name}.accuracy`, accuracy) }),
    };
  }

  private losses(step: number): Float64Array {
    const { data, shape } = this.tensor('history.losses');
    if (!isFloat64(data) || shape.length !== 1 || data.length !== step) {
      this.refuse('history.losses', shape, `[${step}] in float64, a loss for each step`);
    }
    return data as Float64Array;
  }

  private records(steps: number): Float64Array {
    const { data, shape } = this.tensor('history.epochs');
    const width = RECORD_COLUMNS.length;
    if (!isFloat64(data) || shape.length !== 2 || shape[1] !== width) {
      this.refuse('history.epochs', shape, `[records, ${width}] in float64`);
    }
    let last = 0;
    for (let at = RECORD_COLUMNS.indexOf('step'); at < data.length; at += width) {
      const step = data[at]!;
      if (!Number.isInteger(step) || step <= last || step > steps) this.refuse('history.epochs', step, 'rising steps');
      last = step as number;
    }
    return data as Float64Array;
  }

  private strings(name: string, value: unknown): readonly string[] {
    const isList = Array.isArray(value) && value.every((entry) => typeof entry === 'string');
    return isList ? value : this.refuse(name, value, 'a list of strings');
  }

  private layers(value: unknown): TrainingState['layers'] {
    return this.list('layers', this.arraysIn(value)).map((state, i) =>
      state === null ? null : this.object(`layers[${i}]`, state),
    );
  }

  /** What JSON holds, with the arrays that stand in the file as tensors. */
  private arraysIn(value: unknown): unknown {
    return withArrays(value, (name) => {
      const { data } = this.tensor(name);
      return isFloats(data) ? data : this.refuse(name, data, 'floats');
    });
  }

  private numbers(value: unknown): Readonly<Record<string, number>> {
    const numbers = this.object('numbers', value);
    return Object.fromEntries(
      Object.keys(numbers).map((name) => [name, this.number(`numbers.${name}`, numbers[name])]),
    );
  }

  /** `optimizer.velocity.W1` as { velocity: { W1 } }. */
  private optimizerTensors(): Readonly<Record<string, PlainTensors>> {
    const all: Record<string, Record<string, PlainTensor>> = {};
    for (const [name, tensor] of Object.entries(this.floats('optimizer'))) {
      const dot = name.indexOf('.');
      if (dot < 1) this.refuse(`optimizer.${name}`, name, 'optimizer.<array>.<parameter>');
      const [array, parameter] = [name.slice(0, dot), name.slice(dot + 1)];
      all[array] = { ...all[array], [parameter]: tensor };
    }
    return all;
  }

  /** The tensors whose name begins with `prefix`, without it. */
  private floats(prefix: string): PlainTensors {
    const chosen = Object.entries(this.tensors).filter(([name]) => name.startsWith(`${prefix}.`));
    return Object.fromEntries(
      chosen.map(([name, { data, shape }]) => {
        return [name.slice(prefix.length + 1), isFloats(data) ? { data, shape } : this.refuse(name, data, 'floats')];
      }),
    );
  }

  private tensor(name: string): StoredTensor {
    return (
      (Object.hasOwn(this.tensors, name) ? this.tensors[name] : undefined) ?? this.refuse(name, undefined, 'a tensor')
    );
  }

  private list(name: string, value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : this.refuse(name, value, 'a list');
  }

  private object(name: string, value: unknown): Json {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
    return this.refuse(name, value, 'an object');
  }

  private integer(name: string, value: unknown, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
    const fits = Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
    return fits ? (value as number) : this.refuse(name, value, `an integer in [${least}, ${most}]`);
  }

  private number(name: string, value: unknown): number {
    return Number.isFinite(value) ? (value as number) : this.refuse(name, value, 'a finite number');
  }

  private oneOf<T>(name: string, value: unknown, choices: readonly T[]): T {
    if (choices.includes(value as T)) return value as T;
    return this.refuse(name, value, `one of ${choices.join(', ')}`);
  }

  private refuse(entry: string, found: unknown, expected: string): never {
    throw new DataError({ operation: this.operation, found: `${this.path}: ${entry} is ${show(found)}`, expected });
  }
}
