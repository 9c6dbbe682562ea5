/** MPI in a browser, which has none. */

import type { Network } from '../models/network.js';
import type { Link } from './link.js';
import type { Ranks } from './ranks.js';
import type { Counted, Settings } from './settings.js';

export const missing: string | undefined = 'a page has no MPI';

/** @throws {Error} always */
export function openLink(_operation: string, _deterministic: boolean): Link {
  throw new Error(missing);
}

/** @throws {Error} always */
export function together(_link: Link, _net: Network, _settings: Settings, _counted: Counted): Ranks {
  throw new Error(missing);
}
