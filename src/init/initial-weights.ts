/** Initial weights by a function of one's own. */

import type { Floats } from '../backend/backend.js';
import { ArgumentError, show } from '../errors.js';
import type { Random } from '../random.js';

/**
 * The weights to begin with, inputs × outputs numbers row by row: W[i][j], from input i to neuron j, is number
 * i · outputs + j. Numbers drawn from `random` follow from the network's seed.
 *
 * @example (inputs, outputs, random) => Float64Array.from({ length: inputs * outputs }, () => random.uniform() - 0.5)
 */
export type InitialWeights = (inputs: number, outputs: number, random: Random) => ArrayLike<number>;

/**
 * Fills `W` with what the function gives.
 *
 * @throws {ArgumentError} unless it is a function and returns inputs × outputs finite numbers; W is then as it was
 */
export function fillByFunction(
  operation: string,
  W: Floats,
  inputs: number,
  outputs: number,
  initialWeights: unknown,
  random: Random,
): void {
  if (typeof initialWeights !== 'function') {
    throw new ArgumentError({
      operation,
      found: `initialWeights is ${show(initialWeights)}`,
      expected: 'a function (inputs, outputs, random) that returns the weights',
      fix: 'A name or a number is given as weightInitStd',
    });
  }
  const values = (initialWeights as InitialWeights)(inputs, outputs, random);
  const length: unknown = (values as ArrayLike<number> | undefined)?.length;
  if (length !== inputs * outputs) {
    throw new ArgumentError({
      operation,
      found: `initialWeights returned ${typeof length === 'number' ? `${length} numbers` : show(values)}`,
      expected: `${inputs * outputs} (inputs ${inputs} × outputs ${outputs})`,
    });
  }
  for (let i = 0; i < inputs * outputs; i++) {
    if (typeof values[i] === 'number' && Number.isFinite(values[i])) continue;
    const found = `initialWeights returned ${show(values[i])} as number ${i}`;
    throw new ArgumentError({ operation, found, expected: 'finite numbers' });
  }
  W.set(values);
}

/** @throws {ArgumentError} if the weights are described twice */
export function requireOneInit(
  operation: string,
  { weightInitStd, initialWeights }: { readonly weightInitStd?: unknown; readonly initialWeights?: unknown },
): void {
  if (weightInitStd === undefined || initialWeights === undefined) return;
  const found = `weightInitStd and initialWeights are both given`;
  throw new ArgumentError({ operation, found, expected: 'one of them' });
}
