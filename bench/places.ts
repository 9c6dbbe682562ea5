/** Folders of the bench, seen from build/bench, where its programs are bundled. */

import { join, resolve } from 'node:path';

export const BENCH = resolve(__dirname, '../../bench');

/** The tables of the job `sklearn`. */
export const TABLES = join(BENCH, 'tables');

/** Bundled and compiled programs. */
export const BUILD = __dirname;
