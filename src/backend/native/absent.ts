/** The native tier of a browser, which has none: nothing of the addon goes into a page. */

import type { NativeTier } from './native-tier.js';

/** @throws {Error} always: without a path there is nothing to open */
function refuse(): never {
  throw new Error(native.missing);
}

export const native: NativeTier = {
  missing: 'a browser loads no addons',
  addonPaths: () => [],
  openAddon: refuse,
  createBackend: refuse,
  openedAddons: () => [],
  steps: () => [],
  blasDiagnosis: refuse,
  defaultThreads: () => 1,
  unusableCoreType: () => undefined,
};
