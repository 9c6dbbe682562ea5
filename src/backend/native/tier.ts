/** The native tier of Node: an addon in a file. */

import { addonPaths, openAddon, openedAddons } from './addon-file.js';
import { blasDiagnosis } from './blas-diagnosis.js';
import { unusableCoreType } from './core-type.js';
import { createNativeBackend } from './native.js';
import type { NativeTier } from './native-tier.js';
import { stepsToNative } from './steps-to-native.js';
import { defaultThreads } from './thread-count.js';

export const native: NativeTier = {
  missing: undefined,
  addonPaths: (named) => addonPaths(named),
  openAddon,
  createBackend: createNativeBackend,
  openedAddons,
  steps: (attempts, addon) => stepsToNative(attempts, addon),
  blasDiagnosis,
  defaultThreads: () => defaultThreads(),
  unusableCoreType: (coreType) => unusableCoreType(coreType),
};
