/** What belongs together: the one rule by which a network accepts or refuses a data set. */

import type { Dataset } from '../data/dataset.js';
import type { DatasetStream } from '../data/dataset-stream.js';
import { isStream } from '../data/is-stream.js';
import type { Kind } from '../data/kind.js';
import { ArgumentError, ShapeError, show } from '../errors.js';
import { isNamed } from '../identity.js';
import type { LossLayer } from '../layers/layer.js';
import { ONE_CLASS } from '../layers/softmax-with-loss.js';
import { formatShape, sameShape } from '../tensor/shape.js';
import type { Network } from './network.js';

/** The properties of a network that are compared. */
type Sizes = Pick<Network, 'kind' | 'inputSize' | 'inputShape' | 'outputSize' | 'byteScale'> & {
  readonly lossLayer?: Pick<LossLayer, 'unnormalized'>;
};

/** The properties of rows that are compared, in memory or read as they are needed. */
type Matched = Dataset | DatasetStream;

/** What the rows were made with, for the advice to give it another option. */
function makerOf(dataset: Matched): string {
  return isStream(dataset) ? 'DatasetStream.from' : 'Dataset.from';
}

/** The option that each kind of data set was given with, besides x. */
const GIVEN = {
  classification: 'labels',
  binary: 'labels',
  multiLabel: 'multiLabels',
  regression: 'targets',
} as const satisfies Record<Kind, string>;

/** What a network of each kind answers, and so needs. */
const NEEDED: Readonly<Record<Kind, string>> = {
  classification: 'labels: this network answers one class of several',
  binary: 'labels of two classes: this network answers yes or no',
  multiLabel: 'multiLabels: this network answers any number of labels per row',
  regression: 'targets: this network is a regression',
};

/**
 * @param place where the value comes from, for the message: 'net is', 'makeNetwork returned'
 * @throws {ArgumentError} unless the value has what a Trainer calls of a network
 */
export function requireNetworkValue(operation: string, place: string, value: unknown): void {
  const { params, lossAndGradient, evaluator, then } = (value ?? {}) as Partial<Network> & { readonly then?: unknown };
  const isNetwork =
    typeof params === 'object' &&
    params !== null &&
    typeof lossAndGradient === 'function' &&
    typeof evaluator === 'function';
  if (isNetwork) return;
  throw new ArgumentError({
    operation,
    found: `${place} ${show(value)}`,
    expected: 'a network, e.g. new TwoLayerNet({ … })',
    fix: typeof then === 'function' ? 'Await it first: load and what calls it return a promise' : adviceForOwner(value),
  });
}

/** What to pass in place of an object that has a network: a model of a table, a Trainer. */
export function adviceForOwner(value: unknown): string | undefined {
  const { net } = (value ?? {}) as { readonly net?: Partial<Network> };
  if (typeof net?.lossAndGradient !== 'function') return undefined;
  return `Pass ${isNamed(value, 'TableModel') ? 'model' : 'trainer'}.net`;
}

/**
 * Refuses a data set that a network cannot answer: of another kind, of other sizes, or of bytes of another scale.
 *
 * Kinds are what the user named: the network's task or loss, and the option `labels`, `multiLabels` or `targets` of
 * `Dataset.from`. A network of kind 'binary' takes labels of two classes.
 *
 * @param argument the name of the data set in the call, for the message
 * @throws {ArgumentError} for another kind, naming the option that is missing, or for bytes of another scale
 * @throws {ShapeError} for rows or outputs of another size, or images of another shape
 */
export function requireMatch(operation: string, argument: string, network: Sizes, dataset: Matched): void {
  requireKind(operation, argument, network, dataset);
  requireBytes(operation, argument, network, dataset);
  requireInput(operation, argument, network, dataset);
  const { outputSize } = network;
  if (dataset.unnormalized && network.lossLayer?.unnormalized !== true) {
    throw new ArgumentError({
      operation,
      found: `${argument} has unnormalized labels`,
      expected: 'rows that sum to 1',
      fix: 'Build the network with the loss new SoftmaxWithLoss({ unnormalized: true })',
    });
  }
  const isLabelled = dataset.kind === 'classification';
  const room = network.kind === 'binary' ? 2 : outputSize;
  // Indices need not name every class; a row has a number for each.
  const takesFewer = dataset.labelForm === 'indices';
  if (room === undefined || dataset.outputSize === room || (takesFewer && dataset.outputSize < room)) return;
  throw new ShapeError({
    operation,
    found: `${argument} has ${dataset.outputSize} ${isLabelled ? 'classes' : dataset.kind === 'multiLabel' ? 'labels per row' : 'targets per row'}`,
    expected:
      network.kind === 'binary'
        ? '2 (a network with one output answers yes or no)'
        : `${takesFewer ? 'at most ' : ''}${room} (outputSize of the network)`,
    fix:
      takesFewer && dataset.outputSize === room + 1 && hasNoFirstClass(dataset)
        ? 'No row has class 0: where labels count from 1, give labels.map((label) => label - 1)'
        : undefined,
  });
}

function hasNoFirstClass(dataset: Matched): boolean {
  return !isStream(dataset) && dataset.classCounts()[0] === 0;
}

/** Rows go by their columns; images, where both the network and the data set have them, by their shape as well. */
function requireInput(operation: string, argument: string, network: Sizes, dataset: Matched): void {
  const { inputSize } = network;
  const expected = network.inputShape?.length === 3 ? network.inputShape : undefined;
  const found = dataset.inputShape;
  if (inputSize !== undefined && dataset.inputSize !== inputSize) {
    throw new ShapeError({
      operation,
      found: `${argument} has rows of ${dataset.inputSize}${dataset.sampleShape.length > 1 ? ` (shape ${formatShape(dataset.sampleShape)})` : ''}`,
      expected: `${inputSize} ${expected === undefined ? '(inputSize' : `(${formatShape(expected)}, inputShape`} of the network)`,
    });
  }
  if (expected === undefined || found === undefined || sameShape(found, expected)) return;
  const [height, width, channels] = expected;
  const isChannelsFirst = channels! > 1 && sameShape(found, [channels!, height!, width!]);
  throw new ShapeError({
    operation,
    found: `${argument} has images of ${formatShape(found)}`,
    expected: `${formatShape(expected)} (inputShape of the network)`,
    fix: isChannelsFirst
      ? 'Channels come last: give x as (N, height, width, channels)'
      : `If its rows are such images, give ${makerOf(dataset)} the option inputShape: ${formatShape(expected)}`,
  });
}

/** Bytes must be scaled as in training: otherwise the same picture would be other numbers. */
function requireBytes(operation: string, argument: string, { byteScale }: Sizes, dataset: Matched): void {
  const given = dataset.byteScale;
  if (byteScale === undefined || given === undefined || given === byteScale) return;
  throw new ArgumentError({
    operation,
    found: `${argument} holds bytes with the scale ${given}`,
    expected: `the scale ${byteScale}, which this network uses for bytes`,
    fix: byteScale === 1 ? 'Leave the option scale out' : `Give ${makerOf(dataset)} the option scale: ${byteScale}`,
  });
}

function requireKind(operation: string, argument: string, network: Sizes, dataset: Matched): void {
  const kind = network.kind === 'binary' ? 'classification' : network.kind;
  if (dataset.kind === kind) return;
  throw new ArgumentError({
    operation,
    found: `${argument} has ${GIVEN[dataset.kind]}`,
    expected: NEEDED[network.kind],
    fix: `Build the network with task: '${taskFor(dataset, network)}' (MultiLayerNet), or give the data set ${GIVEN[network.kind]}`,
  });
}

/** The task of a network with as many outputs as this one that takes the data set. */
function taskFor({ kind }: Matched, { outputSize }: Sizes): Kind {
  return kind === 'classification' && outputSize === 1 ? 'binary' : kind;
}

/**
 * Refuses a number of outputs that a network of this kind cannot have.
 *
 * @throws {ArgumentError} for a classifier of one class or a yes-or-no network of several outputs
 */
export function requireOutputs(operation: string, kind: Kind, outputSize: number): void {
  if (kind === 'classification' && outputSize < 2) {
    throw new ArgumentError({
      operation,
      found: `outputSize is ${outputSize}`,
      expected: 'at least 2 classes: softmax of a single score is always 1',
      fix: ONE_CLASS,
    });
  }
  if (kind === 'binary' && outputSize !== 1) {
    throw new ArgumentError({
      operation,
      found: `outputSize is ${outputSize}`,
      expected: "1 for the task 'binary'",
      fix: "For one class of several use the task 'classification', for several labels per row 'multiLabel'",
    });
  }
}
