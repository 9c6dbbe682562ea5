/** The compiled addon itself, for tests of what the backend hides. */

import { readSettings } from '../../src/backend/choose/settings.js';
import { type Addon, ISA_LEVELS, type IsaLevel } from '../../src/backend/native/addon.js';
import { addonPaths, openAddon } from '../../src/backend/native/addon-file.js';

/**
 * The first file that opens, or undefined with the reason printed. REQUIRE_NATIVE=1 makes a missing addon an error.
 */
export function addonFile(): string | undefined {
  const reasons: string[] = [];
  for (const path of addonPaths(process.env['ZEROKARA_ADDON'])) {
    try {
      openAddon(path, readSettings(process.env));
      return path;
    } catch (error) {
      reasons.push(`${path}: ${(error as Error).message}`);
    }
  }
  if (process.env['REQUIRE_NATIVE'] === '1') throw new Error(`no addon: ${reasons.join('; ')}`);
  console.warn(`tests of the addon: skipped. ${reasons.join('; ')}`);
  return undefined;
}

/** A fresh instance of the addon at a level, beside those that are already open. */
export function addonAt(path: string, level: IsaLevel): Addon {
  const holder = { exports: {} as Addon };
  process.dlopen(holder, path);
  if (!holder.exports.initialize((operation) => new Error(`${operation} refused`), level)) {
    throw new Error(`this machine has no ${level}`);
  }
  return holder.exports;
}

/** The levels that this machine can run, slowest first. */
export function availableLevels(path: string): readonly IsaLevel[] {
  const best = addonAt(path, 'baseline').info().isaSupported;
  return ISA_LEVELS.slice(0, ISA_LEVELS.indexOf(best) + 1);
}
