/**
 * The conformance suite inside Chromium: the same tests as in Node, of the backends that a page has. `npm run test:long` runs all of
 * them, which takes half a minute; `npm test` a fixed share.
 */

import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, launchChromium, WITHOUT_CHROMIUM } from '../support/chromium.js';
import { LONG } from '../support/long.js';
import { bundleForPage } from './pages.js';
import { type Site, serve } from './serve.js';

const here = (file: string): string => resolve(import.meta.dirname, file);

const EVERY = LONG ? 1 : 16;

interface Outcome {
  readonly defined: number;
  readonly passed: number;
  readonly failures: readonly string[];
}

describe.skipIf(CHROMIUM === undefined)(`conformance in Chromium${WITHOUT_CHROMIUM}`, () => {
  let browser: Browser;
  let site: Site;
  beforeAll(async () => {
    const program = await bundleForPage({
      entryPoints: [here('conformance-page.ts')],
      alias: { vitest: here('vitest-in-page.ts'), 'node:vm': here('vm-in-page.ts') },
    });
    // Isolated, so that there is shared memory to refuse.
    const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
    site = await serve({ '/index.html': '<!doctype html><body></body>', '/conformance.mjs': program }, headers);
    browser = await launchChromium();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    site?.close();
  });

  test.each(['wasm', 'js'])(
    `backend %s: ${LONG ? 'every test' : `one test of ${EVERY}`} of the suite passes`,
    async (name) => {
      const page = await browser.newPage();
      await page.goto(`${site.origin}/index.html`);
      const run = `import('/conformance.mjs').then(({ runConformance }) => runConformance('${name}', ${EVERY}))`;
      const { defined, passed, failures } = await page.evaluate<Outcome>(run);
      await page.close();
      console.log(
        `conformance of ${name} in Chromium: ${passed} of ${defined} tests passed, ${failures.length} failed`,
      );
      expect(failures).toEqual([]);
      expect(defined).toBeGreaterThan(1000);
      expect(passed).toBe(Math.ceil(defined / EVERY));
    },
  );
});
