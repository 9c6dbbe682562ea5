/** Folders of the bench, seen from build/bench, where its programs are bundled. */

import { resolve } from 'node:path';

export const BENCH = resolve(__dirname, '../../bench');

/** Bundled and compiled programs. */
export const BUILD = __dirname;
