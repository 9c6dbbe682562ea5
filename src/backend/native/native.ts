/** The native backend: the functions of the compiled addon, over OpenBLAS or Accelerate and C++ kernels. */

import { ArgumentError, type ZerokaraError } from '../../errors.js';
import type { Backend, Operation } from '../backend.js';
import { CHECKS, overAddon } from '../calls.js';
import { FUNCTIONS } from '../functions.js';
import { NAMES } from '../numbers.js';
import type { Addon, AddonSettings } from './addon.js';
import { defaultThreads } from './thread-count.js';

/**
 * Tells the addon once how to explain a refusal, which CPU level to use, and how many threads (unless another
 * environment of this process has already set their number).
 *
 * @throws {ArgumentError} if this machine does not have the level
 */
export function initializeAddon(addon: Addon, { isa, threads = defaultThreads() }: AddonSettings): void {
  if (addon.initialize(explainRefusal, isa, threads)) return;
  addon.initialize(explainRefusal);
  const { isaSupported } = addon.info();
  throw new ArgumentError({
    operation: 'createBackend',
    found: `ZEROKARA_ISA is "${isa}"`,
    expected: `at most "${isaSupported}", the best level of this machine`,
  });
}

/**
 * A backend over an initialized addon. Its functions are the addon's own where no argument needs translating.
 *
 * @param reason why this backend is used, in one sentence
 */
export function createNativeBackend(addon: Addon, reason: string): Backend {
  return { name: 'native', reason, ...overAddon(addon, complaintAbout) };
}

/** The error for a call that the addon refused, `passed` being what the addon was given. */
function explainRefusal(operation: Operation, passed: readonly unknown[]): Error {
  return complaintAbout(operation, argumentsOf(operation, passed));
}

/** The arguments of a call as JavaScript knows them: the addon gets a name as its code and a shape as numbers. */
function argumentsOf(operation: Operation, passed: readonly unknown[]): unknown[] {
  const values = [...passed];
  return FUNCTIONS[operation].parameters.map((parameter) => {
    if (parameter.kind === 'sizes') {
      return Object.fromEntries(parameter.fields.map((field) => [field, values.shift()]));
    }
    const value = values.shift();
    return parameter.kind === 'choice' ? (NAMES[parameter.list][value as number] ?? value) : value;
  });
}

/**
 * What is wrong with the arguments of a call. The addon checks the same things in the same order as the check of the
 * same name, but has no messages; the check here makes them, so that those of all backends are the same.
 */
function complaintAbout(operation: Operation, values: readonly unknown[]): Error {
  try {
    CHECKS[operation](...(values as never[]));
  } catch (error) {
    return error as ZerokaraError;
  }
  // The addon sees an array's memory; JavaScript sees what a subclass reports.
  return new ArgumentError({
    operation,
    found: 'an array does not have the length or the memory that it reports',
    expected: 'typed arrays whose length and buffer are their own',
  });
}
