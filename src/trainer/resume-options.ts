/** What a resumed run must have in common with the one that was saved. */

import type { Backend } from '../backend/backend.js';
import type { BackendChoice } from '../backend/choose/load.js';
import type { Dataset } from '../data/dataset.js';
import { ArgumentError, StateError, show } from '../errors.js';
import { isInstance } from '../identity.js';
import type { LayerBuilders } from '../layers/layer-builder.js';
import type { NetworkDescription } from '../models/description.js';
import type { SavedNetwork } from '../models/file-format.js';
import { requireNetworkValue } from '../models/match.js';
import type { Network } from '../models/network.js';
import { checkSaved } from '../models/saved-network.js';
import { Sequential } from '../models/sequential.js';
import { namedOptimizer, type OptimizerName, resolveOptimizer } from '../optim/named.js';
import type { Optimizer } from '../optim/optimizer.js';
import type { UpdateRule } from '../optim/update-rule.js';
import type { Checkpoint, SavedSetup, ScheduledRate } from './checkpoint.js';
import { type Fingerprint, fingerprint, requireSameData } from './fingerprint.js';
import { type Callback, checkCallbacks } from './fit-options.js';
import type { GivenData } from './trainer-options.js';
import type { LearnedState } from './training-state.js';

/** What `Trainer.resume` needs besides the file. */
export interface ResumeOptions {
  /** The network, with the same layers; its parameters are overwritten. Default: the saved one, built again. */
  readonly net?: Network;
  /** The rows that the run began with. */
  readonly train: Dataset;
  /** The validation rows that the run began with, if it was given a data set of them; a share is drawn again. */
  readonly validation?: Dataset | number;
  /** The test rows that the run began with, if it had any. */
  readonly test?: Dataset;
  /**
   * The optimizer that the run began with, with the same numbers. Needed only for a custom one, or one whose learning rate
   * follows a schedule: functions are not saved. Default: the saved one.
   */
  readonly optimizer?: Optimizer | OptimizerName;
  /** The callbacks that the run began with, in the same order: they continue from what they remembered. */
  readonly callbacks?: readonly Callback[];
  /** Builders of custom layers that are not registered with `registerLayer`, for when the network is built again. */
  readonly layers?: LayerBuilders;
  /** Where the rebuilt network computes. A different backend than before rounds differently. */
  readonly backend?: Backend | BackendChoice;
}

/** The network that was given, if it has the saved run's layers, or the saved one, built again. */
export function savedNetwork(
  operation: string,
  path: string,
  { net, layers, backend }: ResumeOptions,
  { network, state: { params, buffers } }: Checkpoint,
): Network {
  if (net === undefined) {
    if (network === undefined) {
      throw new ArgumentError({
        operation,
        found: 'net is undefined',
        expected: 'the network of the saved run, which does not describe itself',
      });
    }
    return Sequential.restore(
      operation,
      path,
      checkSaved(operation, path, network),
      { ...params, ...buffers },
      {
        ...(layers === undefined ? {} : { layers }),
        ...(backend === undefined ? {} : { backend }),
      },
    );
  }
  requireNetworkValue(operation, 'net is', net);
  if (layers !== undefined || backend !== undefined) {
    throw new ArgumentError({
      operation,
      found: `net and ${layers === undefined ? 'backend' : 'layers'} are both given`,
      expected: 'one or the other: a network has its own',
    });
  }
  if (network !== undefined) requireSameLayers(operation, net, checkSaved(operation, path, network).description);
  return net;
}

/** What builds the network again, as JSON; undefined for a network or a layer that does not describe itself. */
export function descriptionOf(net: Network): SavedNetwork | undefined {
  if (!isInstance(net, Sequential)) return undefined;
  try {
    return net.saved();
  } catch (error) {
    if (isInstance(error, StateError)) return undefined;
    throw error;
  }
}

/** @throws {ArgumentError} for a network with other layers or another loss; the scale of initial weights does not matter */
function requireSameLayers(operation: string, net: Network, saved: NetworkDescription): void {
  const found = descriptionOf(net)?.description;
  if (found === undefined) return;
  const text = (value: unknown): string =>
    value === undefined
      ? 'none'
      : JSON.stringify(value, (key, entry: unknown) => (key === 'weightInitStd' ? undefined : entry));
  const refuse = (what: string, has: unknown, expected: unknown): void => {
    if (text(has) === text(expected)) return;
    throw new ArgumentError({
      operation,
      found: `${what} of the network is ${text(has)}`,
      expected: `${text(expected)}, as in the saved run`,
    });
  };
  const { layers, ...rest } = found;
  const { layers: savedLayers, ...savedRest } = saved;
  for (let i = 0; i < Math.max(layers.length, savedLayers.length); i++)
    refuse(`layer ${i + 1}`, layers[i], savedLayers[i]);
  const [left, right] = [rest, savedRest] as Readonly<Record<string, unknown>>[];
  for (const name of new Set([...Object.keys(left!), ...Object.keys(right!)])) refuse(name, left![name], right![name]);
}

/** What each callback is: the name of its class, or 'callback' for a plain object. */
export function kindsOf(callbacks: readonly Callback[]): readonly string[] {
  return callbacks.map((callback: Partial<Callback>) => {
    const name: unknown = callback.constructor?.name;
    return typeof name === 'string' && name !== '' && name !== 'Object' ? name : 'callback';
  });
}

/** What each callback was made with, as JSON has it; null for one that does not say. */
export function settingsOf(callbacks: readonly Callback[]): SavedSetup['callbackSettings'] {
  return callbacks.map(({ settings }, i) =>
    settings === undefined ? null : (JSON.parse(JSON.stringify(callbacks[i]!.settings!())) as Record<string, unknown>),
  );
}

/**
 * @param setup kinds and settings of the saved callbacks, in order
 * @param saved what they remembered
 * @throws {ArgumentError} for other callbacks, settings or another order, or one without `restore` where the saved one had state
 */
export function requireSavedCallbacks(
  operation: string,
  given: unknown,
  { callbacks: kinds, callbackSettings }: Pick<SavedSetup, 'callbacks' | 'callbackSettings'>,
  saved: readonly unknown[],
): readonly Callback[] {
  const callbacks = checkCallbacks(operation, given ?? []);
  const list = (names: readonly string[]): string => `[${names.join(', ')}]`;
  const [found, expected] = [list(kindsOf(callbacks)), list(kinds)];
  if (found !== expected) {
    throw new ArgumentError({
      operation,
      found: `callbacks are ${found}`,
      expected: `${expected}, as in the saved run`,
    });
  }
  settingsOf(callbacks).forEach((settings, i) => {
    const before = callbackSettings[i] ?? {}; // files of older versions have none
    for (const [name, value] of Object.entries(settings ?? {})) {
      if (!Object.hasOwn(before, name) || JSON.stringify(before[name]) === JSON.stringify(value)) continue;
      throw new ArgumentError({
        operation,
        found: `callbacks[${i}] (${kinds[i]}) has ${name} ${show(value)}`,
        expected: `${show(before[name])}, as in the saved run`,
        fix: 'Give the same callbacks in the same order',
      });
    }
  });
  callbacks.forEach(({ restore }, i) => {
    if (saved[i] === null || restore !== undefined) return;
    throw new ArgumentError({
      operation,
      found: `callbacks[${i}] has no restore`,
      expected: 'the callback of the saved run, which remembers something',
    });
  });
  return callbacks;
}

/** What data a run is trained on. */
export type SavedData = Pick<SavedSetup, 'train' | 'validation' | 'test'>;

/** Reads every number of the data sets once. */
export async function fingerprints(
  net: Network,
  { train, validation, test }: Pick<GivenData, 'train' | 'validation' | 'test'>,
): Promise<SavedData> {
  const of = async (dataset: Dataset | undefined): Promise<Fingerprint | undefined> =>
    dataset && fingerprint(dataset, net);
  return {
    train: await fingerprint(train, net),
    validation: await of(typeof validation === 'number' ? undefined : validation),
    test: await of(test),
  };
}

/** @throws {ArgumentError} if the data is not that of the saved run, naming what differs */
export function requireSavedData(operation: string, data: SavedData, saved: SavedData): void {
  requireSameData(operation, 'train', data.train, saved.train);
  for (const name of ['validation', 'test'] as const) {
    const [found, expected] = [data[name], saved[name]];
    if (found !== undefined && expected !== undefined) requireSameData(operation, name, found, expected);
  }
}

/** @throws {ArgumentError} unless a test set is given where the saved run has one, and only there */
export function requireTest(operation: string, test: Dataset | undefined, saved: SavedData): void {
  if ((test === undefined) === (saved.test === undefined)) return;
  throw new ArgumentError({
    operation,
    found: `test is ${test === undefined ? 'undefined' : 'given'}`,
    expected: `${test === undefined ? 'the test rows' : 'none'}, as in the saved run`,
  });
}

/**
 * The validation rows of the saved run: the share is known, a data set is given again.
 *
 * @throws {ArgumentError} for another share, or a data set where there was none or the reverse
 */
export function savedValidation(
  operation: string,
  given: Dataset | number | undefined,
  { validation, validationShare }: Pick<SavedSetup, 'validation' | 'validationShare'>,
): Dataset | number | undefined {
  const refuse = (expected: string): never => {
    throw new ArgumentError({
      operation,
      found: `validation is ${typeof given === 'object' ? 'given' : show(given)}`,
      expected: `${expected}, as in the saved run`,
    });
  };
  if (validation !== undefined) return typeof given === 'object' ? given : refuse('the validation rows');
  if (given !== undefined && given !== validationShare) {
    refuse(validationShare === undefined ? 'none' : String(validationShare));
  }
  return validationShare;
}

/** The optimizer of a saved run: the one that was given, if it is of the same kind and numbers, or a new one of its name. */
export function savedOptimizer(
  operation: string,
  given: unknown,
  name: string,
  { optimizer }: LearnedState,
): Optimizer {
  const resolved = given === undefined ? namedOptimizer(name) : resolveOptimizer(operation, given);
  if (resolved === undefined || (resolved.name ?? '') !== name || resolved.restore === undefined) {
    const saved = name === '' ? 'without a name' : `"${name}"`;
    throw new ArgumentError({
      operation,
      found: `optimizer is ${resolved === undefined ? 'undefined' : resolved.restore === undefined ? 'without restore()' : show(resolved.name)}`,
      expected: `an optimizer of the same kind as in the saved run (${saved}), with state and restore`,
    });
  }
  const numbers = optimizer?.numbers ?? {};
  if (typeof given === 'object') requireSavedNumbers(operation, resolved, numbers);
  else if (numbers['scheduled'] === 1) {
    throw new ArgumentError({
      operation,
      found: `optimizer is ${show(given)}`,
      expected: 'one with the same schedule of the learning rate as in the saved run: functions are not saved',
    });
  }
  return resolved;
}

/** Steps of a run at which a schedule is compared. */
const COMPARED = 32;

/** What a schedule gives for steps from the first to the last of a run, and a few at its start; none without one. */
export function scheduledRates(optimizer: Optimizer, totalSteps: number): readonly ScheduledRate[] {
  const rateAt = (step: number): unknown => (optimizer as Partial<UpdateRule>).scheduledRate?.(step);
  const spread = Array.from({ length: COMPARED }, (_, i) => Math.floor((i * (totalSteps - 1)) / (COMPARED - 1)));
  const steps = [...new Set([...spread, 1, 2, 4, 8])].filter((step) => step < totalSteps).sort((a, b) => a - b);
  return steps
    .map((step) => [step, rateAt(step)] as const)
    .filter((entry): entry is ScheduledRate => Number.isFinite(entry[1]));
}

/** @throws {ArgumentError} for a schedule that gives another rate for one of the steps */
export function requireSavedRates(operation: string, optimizer: Optimizer, saved: readonly ScheduledRate[]): void {
  for (const [step, rate] of saved) {
    const gives = (optimizer as Partial<UpdateRule>).scheduledRate?.(step);
    if (gives === undefined || gives === rate) continue;
    throw new ArgumentError({
      operation,
      found: `the schedule of the optimizer gives ${gives} for step ${step}`,
      expected: `${rate}, as in the saved run`,
      fix: 'Give the same schedule',
    });
  }
}

/** Numbers that change as a run continues, or are compared by themselves. */
const NOT_COMPARED = ['learningRate', 'initialLearningRate', 'scheduled', 'updates'];

/** @throws {ArgumentError} for an optimizer with another rate, schedule or other number than that of the saved run */
function requireSavedNumbers(operation: string, given: Optimizer, saved: Readonly<Record<string, number>>): void {
  const fix = 'Leave the optimizer out to continue with the one of the saved run';
  const refuse = (found: string, expected: string, advice?: string): never => {
    throw new ArgumentError({ operation, found, expected: `${expected}, as in the saved run`, fix: advice });
  };
  const { initialLearningRate, learningRate, scheduled, updates } = saved;
  const rate = initialLearningRate ?? learningRate;
  const rateAt = (step: number): number | undefined => (given as Partial<UpdateRule>).scheduledRate?.(step);
  const hasSchedule = given.state?.().numbers['scheduled'] === 1;
  if (scheduled === 1) {
    if (!hasSchedule) refuse(`the optimizer has learning rate ${given.learningRate}`, 'a schedule of it');
    const gives = Number.isInteger(updates) ? rateAt(updates!) : undefined;
    if (gives !== undefined && gives !== learningRate) {
      const [found, expected] = [String(gives), String(learningRate)];
      refuse(`the schedule of the optimizer gives ${found} for step ${updates}`, expected, 'Give the same schedule');
    }
  } else {
    if (hasSchedule) refuse('the optimizer has a schedule of the learning rate', `the number ${rate}`, fix);
    if (rate !== undefined && rate !== given.learningRate) {
      refuse(`the optimizer has learning rate ${given.learningRate}`, String(rate), fix);
    }
  }
  const advice = scheduled === 1 ? undefined : fix;
  if (scheduled === undefined) return; // not an optimizer of this library: its numbers may be counts
  for (const [name, value] of Object.entries(given.state?.().numbers ?? {})) {
    if (NOT_COMPARED.includes(name) || saved[name] === undefined || saved[name] === value) continue;
    if (name === 'epsilonIsCorrected') {
      const placement = (bit: number): string => (bit === 1 ? '"corrected"' : '"uncorrected"');
      refuse(`the optimizer has epsilonPlacement ${placement(value)}`, placement(saved[name]), advice);
    }
    refuse(`the optimizer has ${name} ${value}`, String(saved[name]), advice);
  }
}
