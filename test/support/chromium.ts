/** A Chromium of the system, for tests of pages. */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The path of its program; undefined where none is installed. */
export const CHROMIUM: string | undefined = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find(isProgram);

/** What the title of a skipped group says. */
export const WITHOUT_CHROMIUM: string = CHROMIUM === undefined ? ' (skipped: no Chromium is installed)' : '';

export function launchChromium(): Promise<Browser> {
  // In a container, as root, its sandbox cannot start.
  return chromium.launch({ executablePath: CHROMIUM!, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
