/** The optimizer of a saved run: built again by its name, or given again and compared. */

import { ArgumentError, show } from '../errors.js';
import { namedOptimizer, resolveOptimizer } from '../optim/named.js';
import type { Optimizer } from '../optim/optimizer.js';
import type { UpdateRule } from '../optim/update-rule.js';
import type { SavedSetup, ScheduledRate } from './checkpoint.js';
import type { LearnedState } from './training-state.js';

/** The optimizer of a saved run: the one that was given, if it is of the same kind and numbers, or a new one of its name. */
export function savedOptimizer(
  operation: string,
  given: unknown,
  { optimizer: name, ownOptimizer }: Pick<SavedSetup, 'optimizer' | 'ownOptimizer'>,
  { optimizer }: LearnedState,
): Optimizer {
  // One that extends Adam is called "adam" too, and may do something else.
  const resolvedByName = namedOptimizer(name);
  if (ownOptimizer && resolvedByName !== undefined && (given === undefined || given === name)) {
    throw new ArgumentError({
      operation,
      found: `optimizer is ${show(given)}`,
      expected: `one of the class in the saved run, which extends ${resolvedByName.constructor.name}`,
    });
  }
  const resolved = given === undefined ? resolvedByName : resolveOptimizer(operation, given);
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
