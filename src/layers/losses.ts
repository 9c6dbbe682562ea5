/** From the loss of a description to the last layer of a network. */

import { KINDS, type Kind } from '../data/kind.js';
import { ArgumentError, show } from '../errors.js';
import { requireOneOf, requirePositive } from '../options.js';
import type { LossLayer } from './layer.js';
import type { LossDescription, LossName } from './layer-types.js';
import { requireSmoothing, SoftmaxWithLoss } from './softmax-with-loss.js';

/** The kinds of network that each loss trains. */
const TRAINS: Readonly<Record<LossName, readonly Kind[]>> = {
  crossEntropy: ['classification'],
  binaryCrossEntropy: ['binary', 'multiLabel'],
  meanSquaredError: ['regression'],
  huber: ['regression'],
};

/** The losses other than softmax with cross-entropy. */
interface OtherLosses {
  huber(delta: number | undefined): LossLayer;
  identity(): LossLayer;
  sigmoid(kind: 'binary' | 'multiLabel'): LossLayer;
}

let others: OtherLosses | undefined;

/** From here on descriptions may have these losses: a page that only classifies need not load them. */
export function addLosses(losses: OtherLosses): void {
  others = losses;
}

const LOSSES = Object.keys(TRAINS) as LossName[];

/** Losses of other libraries, by parts of their names. */
const ELSEWHERE: readonly (readonly [name: RegExp, advice: string])[] = [
  [/^binary|bce/i, 'Did you mean "binaryCrossEntropy"?'],
  [/categorical|^ce$|^nll|^log_?loss/i, 'Did you mean "crossEntropy"?'],
  [/^(mse|l2|squared)/i, 'Did you mean "meanSquaredError"?'],
  [/^(mae|l1|meanabsolute)/i, 'For the absolute error write a loss of your own (docs/guide.md), or take "huber"'],
];

function requireLoss(operation: string, loss: unknown): void {
  const known = typeof loss === 'string' && !(LOSSES as string[]).includes(loss);
  const advice = known ? ELSEWHERE.find(([name]) => name.test(loss))?.[1] : undefined;
  const fix =
    typeof loss === 'object' ? "Its options stand beside it: { loss: 'crossEntropy', labelSmoothing: 0.1 }" : advice;
  requireOneOf(operation, 'loss', loss, LOSSES, fix);
}

/**
 * The last layer of a network of that many outputs.
 *
 * @throws {ArgumentError} for an unknown loss or task, a task that the loss does not train, or an option of another loss
 */
export function buildLoss(operation: string, description: LossDescription, outputSize: number): LossLayer {
  const { loss, task, unnormalized = false, labelSmoothing = 0, delta } = description;
  if (loss !== undefined) requireLoss(operation, loss);
  if (task !== undefined) requireOneOf(operation, 'task', task, KINDS);
  requireSmoothing(operation, labelSmoothing);
  if (delta !== undefined) requirePositive(operation, 'delta', delta);
  const kinds = TRAINS[loss ?? LOSSES.find((name) => TRAINS[name].includes(task ?? 'classification'))!];
  const kind = task ?? (kinds.length === 1 || outputSize === 1 ? kinds[0]! : kinds[1]!);
  if (!kinds.includes(kind)) {
    throw new ArgumentError({
      operation,
      found: `loss is ${show(loss)} and task is ${show(task)}`,
      expected: `the loss ${show(LOSSES.find((name) => TRAINS[name].includes(kind)))} for that task`,
      fix: 'One of the two is enough',
    });
  }
  if (unnormalized !== false && kind !== 'classification') {
    throw new ArgumentError({
      operation,
      found: `unnormalized is ${show(unnormalized)} for the task ${show(kind)}`,
      expected: 'it only for classification, where labels may be rows over the classes',
    });
  }
  if (labelSmoothing !== 0 && kind !== 'classification') {
    throw new ArgumentError({
      operation,
      found: `labelSmoothing is ${show(labelSmoothing)} for the task ${show(kind)}`,
      expected: 'it with the loss "crossEntropy" only',
    });
  }
  if (delta !== undefined && loss !== 'huber') {
    throw new ArgumentError({
      operation,
      found: `delta is ${show(delta)} for the loss ${show(loss)}`,
      expected: 'it with the loss "huber" only',
    });
  }
  if (kind === 'classification') return new SoftmaxWithLoss({ unnormalized, labelSmoothing });
  if (others === undefined) {
    throw new ArgumentError({
      operation,
      found: `this bundle has no loss of the task ${show(kind)}`,
      expected: show('classification'),
      fix: 'Import Sequential and build the network by it: every built-in loss comes with it',
    });
  }
  if (loss === 'huber') return others.huber(delta);
  return kind === 'regression' ? others.identity() : others.sigmoid(kind);
}
