/** The update rule that the flags of a command ask for. */

import { ArgumentError } from '../errors.js';
import type { Optimizer, OptimizerName, Schedule } from '../index.js';
import { cosine, exponentialDecay, stepDecay, warmup } from '../index.js';
import { OPTIMIZERS } from '../optim/named.js';

export interface RuleFlags {
  readonly optimizer: OptimizerName;
  /** Default: that of the optimizer. */
  readonly learningRate?: number;
  readonly weightDecay?: number;
  /** As `--schedule` was written. */
  readonly schedule?: string;
}

/**
 * The optimizer of the flags, its rate following the schedule.
 *
 * @param steps updates of the whole run
 * @throws {ArgumentError} for a number out of its range, or a schedule that is not known
 */
export function ruleOf({ optimizer, learningRate, weightDecay, schedule }: RuleFlags, steps: number): Optimizer {
  const Rule = OPTIMIZERS[optimizer];
  const decay = weightDecay === undefined ? {} : { weightDecay };
  const rule = new Rule({ ...(learningRate === undefined ? {} : { learningRate }), ...decay });
  if (schedule === undefined) return rule;
  return new Rule({ learningRate: scheduleOf(schedule, rule.learningRate, steps), ...decay });
}

const EXPECTED =
  'cosine, step:FACTOR:STEPS, exponential:FACTOR:STEPS or warmup:STEPS, and after a warm-up a comma and one of the others';

/**
 * Reads what `--schedule` was given, e.g. `warmup:100,cosine`.
 *
 * @param initial the rate that it begins with, after the warm-up
 * @param steps updates of the whole run
 */
export function scheduleOf(text: string, initial: number, steps: number): Schedule {
  const [first, ...others] = text.split(',');
  const [name, ...numbers] = first!.split(':');
  const refuse = (): never => {
    throw new ArgumentError({ operation: 'train', found: `schedule is "${text}"`, expected: EXPECTED });
  };
  const values = numbers.map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (values.some(Number.isNaN)) refuse();
  if (name === 'warmup') {
    if (values.length !== 1 || others.length > 1) refuse();
    const rising = values[0]!;
    const [after] = others;
    if (after === undefined) return warmup({ steps: rising, after: initial });
    if (after.startsWith('warmup')) refuse();
    return warmup({ steps: rising, after: scheduleOf(after, initial, Math.max(1, steps - rising)) });
  }
  if (others.length > 0) refuse();
  if (name === 'cosine' && values.length === 0) return cosine({ initial, steps });
  const [factor, every] = values;
  if (values.length !== 2) refuse();
  if (name === 'step') return stepDecay({ initial, factor: factor!, every: every! });
  if (name === 'exponential') return exponentialDecay({ initial, factor: factor!, over: every! });
  return refuse();
}
