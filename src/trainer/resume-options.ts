/** What a resumed run must have in common with the one that was saved. */

import type { Backend } from '../backend/backend.js';
import type { BackendChoice } from '../backend/choose/load.js';
import type { Dataset } from '../data/dataset.js';
import type { DatasetStream } from '../data/dataset-stream.js';
import type { Distributed } from '../distributed/distributed.js';
import { ArgumentError, StateError, show } from '../errors.js';
import { isInstance } from '../identity.js';
import type { LayerBuilders } from '../layers/layer-builder.js';
import type { NetworkDescription } from '../models/description.js';
import type { SavedNetwork } from '../models/file-format.js';
import { requireNetworkValue } from '../models/match.js';
import type { Network } from '../models/network.js';
import { checkSaved } from '../models/saved-network.js';
import { Sequential } from '../models/sequential.js';
import type { OptimizerName } from '../optim/named.js';
import type { Optimizer } from '../optim/optimizer.js';
import type { Checkpoint, SavedSetup } from './checkpoint.js';
import { type Fingerprint, fingerprint, requireSameData } from './fingerprint.js';
import type { Callback } from './fit-options.js';
import type { GivenData } from './trainer-options.js';

/** What `Trainer.resume` needs besides the file. */
export interface ResumeOptions {
  /** The network, with the same layers; its parameters are overwritten. Default: the saved one, built again. */
  readonly net?: Network;
  /** The rows that the run began with; of a stream the first 1,000 are compared, and those before the position read again. */
  readonly train: Dataset | DatasetStream;
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
  /** The processes that share the run from here on: as many or as few as there are now. */
  readonly distributed?: Distributed;
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
    const saved = checkSaved(operation, path, network);
    return Sequential.restore(
      operation,
      { place: path, saved, tensors: { ...params, ...buffers } },
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
