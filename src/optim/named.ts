/** The optimizers that an option or a saved run refers to by name. */

import { ArgumentError, show } from '../errors.js';
import { nearestName } from '../options.js';
import { AdaGrad } from './ada-grad.js';
import { Adam } from './adam.js';
import { AdamW } from './adam-w.js';
import { Momentum } from './momentum.js';
import { Nesterov } from './nesterov.js';
import type { Optimizer } from './optimizer.js';
import { RMSProp } from './rms-prop.js';
import { SGD } from './sgd.js';

/** Each name and its class, whose options all have defaults. */
export const OPTIMIZERS = {
  sgd: SGD,
  momentum: Momentum,
  nesterov: Nesterov,
  adaGrad: AdaGrad,
  rmsProp: RMSProp,
  adam: Adam,
  adamW: AdamW,
} as const;

/** The names that the option `optimizer` takes. */
export type OptimizerName = keyof typeof OPTIMIZERS;

export const OPTIMIZER_NAMES = Object.freeze(Object.keys(OPTIMIZERS)) as readonly OptimizerName[];

/** The optimizer with that name, or undefined if there is none. */
export function namedOptimizer(name: unknown): Optimizer | undefined {
  return OPTIMIZER_NAMES.includes(name as OptimizerName) ? new OPTIMIZERS[name as OptimizerName]() : undefined;
}

/**
 * Whether it is one of these, of which all is known, and not of a class that extends one and has inherited its name. The names of
 * the classes are compared: it may come from a second copy of the package.
 */
export function isOfTheLibrary(optimizer: Optimizer): boolean {
  const own = optimizer.constructor as { readonly name: string } | undefined;
  return own !== undefined && namedOptimizer(optimizer.name)?.constructor.name === own.name;
}

/**
 * The optimizer that was given, or the one whose name was given.
 *
 * @throws {ArgumentError} for a name that no optimizer has, or a value that is not an optimizer
 */
export function resolveOptimizer(operation: string, optimizer: unknown): Optimizer {
  if (isOptimizer(optimizer)) return optimizer;
  const named = namedOptimizer(optimizer);
  if (named !== undefined) return named;
  const nearest = typeof optimizer === 'string' ? nearestName(optimizer, OPTIMIZER_NAMES) : undefined;
  const names = OPTIMIZER_NAMES.map((name) => `"${name}"`).join(', ');
  throw new ArgumentError({
    operation,
    found: `optimizer is ${show(optimizer)}`,
    expected: `${names} or an optimizer, e.g. new SGD({ learningRate: 0.1 })`,
    fix: nearest === undefined ? undefined : `Did you mean "${nearest}"?`,
  });
}

function isOptimizer(value: unknown): value is Optimizer {
  if (typeof value !== 'object' || value === null) return false;
  const { update, learningRate } = value as Partial<Optimizer>;
  return typeof update === 'function' && typeof learningRate === 'number';
}
