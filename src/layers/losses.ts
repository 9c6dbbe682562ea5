/** From the loss of a description to the last layer of a network. */

import { KINDS, type Kind } from '../data/kind.js';
import { ArgumentError, show } from '../errors.js';
import { requireOneOf } from '../options.js';
import { IdentityWithLoss } from './identity-with-loss.js';
import type { LossLayer } from './layer.js';
import type { LossDescription, LossName } from './layer-types.js';
import { SigmoidWithLoss } from './sigmoid-with-loss.js';
import { SoftmaxWithLoss } from './softmax-with-loss.js';

/** The kinds of network that each loss trains. */
const TRAINS: Readonly<Record<LossName, readonly Kind[]>> = {
  crossEntropy: ['classification'],
  binaryCrossEntropy: ['binary', 'multiLabel'],
  meanSquaredError: ['regression'],
};

const LOSSES = Object.keys(TRAINS) as LossName[];

/**
 * The last layer of a network of that many outputs.
 *
 * @throws {ArgumentError} for an unknown loss or task, a task that the loss does not train, or `unnormalized` elsewhere
 */
export function buildLoss(operation: string, description: LossDescription, outputSize: number): LossLayer {
  const { loss, task, unnormalized = false } = description;
  if (loss !== undefined) requireOneOf(operation, 'loss', loss, LOSSES);
  if (task !== undefined) requireOneOf(operation, 'task', task, KINDS);
  const kinds = TRAINS[loss ?? LOSSES.find((name) => TRAINS[name].includes(task ?? 'classification'))!];
  const kind = task ?? (kinds.length === 1 || outputSize === 1 ? kinds[0]! : kinds[1]!);
  if (!kinds.includes(kind)) {
    throw new ArgumentError({
      operation,
      found: `loss is ${show(loss)} and task is ${show(task)}`,
      expected: `the loss ${show(LOSSES.find((name) => TRAINS[name].includes(kind)))} for that task`,
      fix: 'Either of the two is enough',
    });
  }
  if (unnormalized !== false && kind !== 'classification') {
    throw new ArgumentError({
      operation,
      found: `unnormalized is ${show(unnormalized)} for the task ${show(kind)}`,
      expected: 'it with rows of labels over classes only',
    });
  }
  if (kind === 'regression') return new IdentityWithLoss();
  return kind === 'classification' ? new SoftmaxWithLoss({ unnormalized }) : new SigmoidWithLoss({ kind });
}
