/** The callbacks of a saved run, which a resumed run is given again. */

import { ArgumentError, show } from '../errors.js';
import type { SavedSetup } from './checkpoint.js';
import { type Callback, checkCallbacks } from './fit-options.js';

/** What each callback is: the name of its class, or 'callback' for a plain object. */
export function kindsOf(callbacks: readonly Callback[]): readonly string[] {
  return callbacks.map((callback: Partial<Callback>) => {
    const name: unknown = callback.constructor?.name;
    return typeof name === 'string' && name !== '' && name !== 'Object' ? name : 'callback';
  });
}

/** What each callback was made with, as JSON has it; null for one that does not say. */
export function settingsOf(callbacks: readonly Callback[]): SavedSetup['callbackSettings'] {
  return callbacks.map(({ settings }, i) =>
    settings === undefined ? null : (JSON.parse(JSON.stringify(callbacks[i]!.settings!())) as Record<string, unknown>),
  );
}

/**
 * @param setup kinds and settings of the saved callbacks, in order
 * @param saved what they remembered
 * @throws {ArgumentError} for other callbacks, settings or another order, or one without `restore` where the saved one had state
 */
export function requireSavedCallbacks(
  operation: string,
  given: unknown,
  { callbacks: kinds, callbackSettings }: Pick<SavedSetup, 'callbacks' | 'callbackSettings'>,
  saved: readonly unknown[],
): readonly Callback[] {
  const callbacks = checkCallbacks(operation, given ?? []);
  const list = (names: readonly string[]): string => `[${names.join(', ')}]`;
  const [found, expected] = [list(kindsOf(callbacks)), list(kinds)];
  if (found !== expected) {
    throw new ArgumentError({
      operation,
      found: `callbacks are ${found}`,
      expected: `${expected}, as in the saved run`,
    });
  }
  settingsOf(callbacks).forEach((settings, i) => {
    const before = callbackSettings[i];
    if (before === undefined || before === null || settings === null) return; // files of older versions have none
    for (const name of new Set([...Object.keys(settings), ...Object.keys(before)])) {
      if (JSON.stringify(before[name]) === JSON.stringify(settings[name])) continue;
      const found = Object.hasOwn(settings, name) ? `${name} ${show(settings[name])}` : `no ${name}`;
      throw new ArgumentError({
        operation,
        found: `callbacks[${i}] (${kinds[i]}) has ${found}`,
        expected: `${Object.hasOwn(before, name) ? show(before[name]) : 'none'}, as in the saved run`,
        fix: 'Give the same callbacks in the same order',
      });
    }
  });
  callbacks.forEach(({ restore }, i) => {
    if (saved[i] === null || restore !== undefined) return;
    throw new ArgumentError({
      operation,
      found: `callbacks[${i}] has no restore`,
      expected: 'the callback of the saved run, which remembers something',
    });
  });
  return callbacks;
}
