import { isInstance } from '../identity.js';
import { EarlyStopping } from './early-stopping.js';
import type { Callback } from './fit-options.js';
import { ReduceOnPlateau } from './reduce-on-plateau.js';

/** What decides by the records alone, which all ranks have: each comes to the same decision. Of others the first rank calls. */
export function isCalledEverywhere(callback: Callback): boolean {
  return isInstance(callback, EarlyStopping) || isInstance(callback, ReduceOnPlateau);
}
