/** What a run cannot be asked to do with a stream, whose rows are read one pass at a time. */

import type { Dataset } from '../data/dataset.js';
import type { DatasetStream } from '../data/dataset-stream.js';
import { isStream } from '../data/is-stream.js';
import { ArgumentError, show } from '../errors.js';
import { requireMatch } from '../models/match.js';
import type { Network } from '../models/network.js';
import { requireInteger } from '../options.js';

/** The options that a stream restricts, as they were given. */
interface StreamedOptions {
  readonly validation?: unknown;
  readonly sampling?: unknown;
  readonly epochs?: unknown;
  readonly batchSize?: unknown;
  readonly evaluateTrain?: unknown;
}

/** Arrays have fewer than 2³¹ elements, because the backends count in 32 bits; a window has at least the rows of a batch, twice. */
const MOST_ELEMENTS = 2 ** 31 - 1;

/**
 * @throws {ArgumentError} for an option that needs all rows at hand, {ShapeError} for rows that do not fit the network
 */
export function requireStreamable(
  net: Network,
  stream: DatasetStream,
  { validation, sampling, epochs, batchSize, evaluateTrain }: StreamedOptions,
): void {
  const operation = 'Trainer';
  requireMatch(operation, 'train', net, stream);
  if (typeof validation === 'number') {
    throw new ArgumentError({
      operation,
      found: `validation is ${show(validation)}`,
      expected: 'a Dataset: a share of a stream cannot be held out',
    });
  }
  if (sampling === 'replacement') {
    throw new ArgumentError({
      operation,
      found: 'sampling is "replacement"',
      expected: '"shuffle": the rows of a stream are drawn from its window',
    });
  }
  if (evaluateTrain === true) {
    throw new ArgumentError({
      operation,
      found: 'evaluateTrain is true',
      expected: 'false or nothing: the rows of a stream are not read again for an evaluation',
      fix: 'Give some of them as validation, a Dataset',
    });
  }
  if (epochs !== undefined && stream.rows === undefined) {
    throw new ArgumentError({
      operation,
      found: 'epochs is given for a stream of unknown length',
      expected: 'steps',
      fix: 'Or give DatasetStream.from the option rows, or let await stream.statistics() count them first',
    });
  }
  if (batchSize === undefined) return;
  const widest = Math.max(stream.inputSize, stream.outputSize);
  requireInteger(operation, 'batchSize', batchSize, 1, Math.floor(MOST_ELEMENTS / (2 * widest)));
}

/** @throws {ArgumentError} for a stream, whose rows arrive while the event loop runs */
export function requireNoStream(operation: string, train: Dataset | DatasetStream): void {
  if (!isStream(train)) return;
  throw new ArgumentError({
    operation,
    found: 'train is a DatasetStream, whose rows are read while the event loop runs',
    expected: 'a Dataset',
    fix: 'Use await trainer.fit(…)',
  });
}

/** @throws {ArgumentError} for an epoch of which it is not known where it ends */
export function requireKnownLength(operation: string, stepsPerEpoch: number): number {
  if (Number.isFinite(stepsPerEpoch)) return stepsPerEpoch;
  throw new ArgumentError({
    operation,
    found: 'epochs is given for a stream of unknown length',
    expected: 'steps',
  });
}
