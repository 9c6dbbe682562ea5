/** Learning rates that change with the number of updates. */

import { ArgumentError, show } from '../errors.js';
import { checkOptions, requireInteger, requireNonNegative, requirePositive } from '../options.js';

/**
 * η as a function of the updates made so far: 0 before the first.
 *
 * @example new SGD({ learningRate: (step) => 0.1 / (1 + step / 1000) })
 */
export type Schedule = (step: number) => number;

/** Options of `stepDecay`. */
export interface StepDecayOptions {
  /** η of the first updates. */
  readonly initial: number;
  /** What η is multiplied by, in (0, 1]. */
  readonly factor: number;
  /** Updates between two multiplications. */
  readonly every: number;
}

/**
 * η stays constant for `every` updates, then is multiplied by `factor`, and so on.
 *
 * @throws {ArgumentError} for a number out of its range, or an unknown option
 * @example stepDecay({ initial: 0.1, factor: 0.5, every: 1000 })(2500)   // 0.025
 */
export function stepDecay(options: StepDecayOptions): Schedule {
  checkOptions('stepDecay', options, ['initial', 'factor', 'every']);
  const initial = requirePositive('stepDecay', 'initial', options.initial);
  const factor = requireFactor('stepDecay', 'factor', options.factor);
  const every = requireInteger('stepDecay', 'every', options.every, 1);
  return (step) => initial * factor ** Math.floor(step / every);
}

/** Options of `exponentialDecay`. */
export interface ExponentialDecayOptions {
  /** η of the first update. */
  readonly initial: number;
  /** The factor of η over `over` updates, in (0, 1]. */
  readonly factor: number;
  /** Default 1: the factor of each update. */
  readonly over?: number;
}

/**
 * η falls a little with each update: initial · factor^(step / over).
 *
 * @throws {ArgumentError} for a number out of its range, or an unknown option
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  checkOptions('exponentialDecay', options, ['initial', 'factor', 'over']);
  const initial = requirePositive('exponentialDecay', 'initial', options.initial);
  const factor = requireFactor('exponentialDecay', 'factor', options.factor);
  const over = requirePositive('exponentialDecay', 'over', options.over ?? 1);
  return (step) => initial * factor ** (step / over);
}

/** Options of `cosine`. */
export interface CosineOptions {
  /** η of the first update. */
  readonly initial: number;
  /** Updates until `final` is reached; η stays there. */
  readonly steps: number;
  /** Default 0. */
  readonly final?: number;
}

/**
 * η falls from `initial` to `final` along half a cosine.
 *
 * Source: Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017), without restarts.
 *
 * @throws {ArgumentError} for a number out of its range, or an unknown option
 */
export function cosine(options: CosineOptions): Schedule {
  checkOptions('cosine', options, ['initial', 'steps', 'final']);
  const initial = requirePositive('cosine', 'initial', options.initial);
  const steps = requireInteger('cosine', 'steps', options.steps, 1);
  const final = requireNonNegative('cosine', 'final', options.final ?? 0);
  return (step) => final + ((initial - final) * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps))) / 2;
}

/** Options of `warmup`. */
export interface WarmupOptions {
  /** Updates during which η rises in equal steps; the last of them has the rate that `after` begins with. */
  readonly steps: number;
  /** What follows: a rate, or a schedule that begins there at its step 0. */
  readonly after: number | Schedule;
}

/**
 * η rises from near 0 for `steps` updates, then follows `after`.
 *
 * Source: Goyal et al., Accurate, Large Minibatch SGD (2017), §2.2.
 *
 * @throws {ArgumentError} for a number out of its range, or an unknown option
 * @example warmup({ steps: 500, after: cosine({ initial: 0.001, steps: 5000 }) })
 */
export function warmup(options: WarmupOptions): Schedule {
  checkOptions('warmup', options, ['steps', 'after']);
  const steps = requireInteger('warmup', 'steps', options.steps, 1);
  const { after } = options;
  if (typeof after !== 'function') {
    const rate = requirePositive('warmup', 'after', after);
    return (step) => rate * Math.min(1, (step + 1) / steps);
  }
  return (step) => (step < steps ? after(0) * ((step + 1) / steps) : after(step - steps));
}

function requireFactor(operation: string, name: string, value: unknown): number {
  if (typeof value === 'number' && value > 0 && value <= 1) return value;
  throw new ArgumentError({ operation, found: `${name} is ${show(value)}`, expected: 'a number in (0, 1]' });
}
