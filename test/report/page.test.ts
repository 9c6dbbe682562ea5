/**
 * The pages in a browser: nothing is said on the console or asked of the network, and everything can be read, at three
 * widths, in both themes, without JavaScript. SCREENSHOTS=folder keeps pictures of them.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatNumber } from '../../src/report/format.js';
import { writeReport } from '../../src/report/index.js';
import { CHROMIUM, launchChromium, WITHOUT_CHROMIUM } from '../support/chromium.js';
import { CLASSIFIER, DIGITS, hostile, REGRESSION } from './report.js';

const INPUTS = { classifier: CLASSIFIER, regression: REGRESSION, digits: DIGITS, hostile: hostile(CLASSIFIER) };

type Name = keyof typeof INPUTS;

const folder = mkdtempSync(join(tmpdir(), 'zerokara-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: Name): string => join(folder, `${name}.html`);

/** What a page says of itself; without JavaScript of its own, the browser still answers the test. */
interface Look {
  readonly width: number;
  readonly background: number;
  readonly ink: number;
  readonly drawings: number;
  /** Letters that leave their drawing or are too small to be read. */
  readonly unreadable: readonly string[];
}

/** Runs in the page, which has another world of types. */
const LOOK = readFileSync(join(import.meta.dirname, 'look.js'), 'utf8');

describe.skipIf(CHROMIUM === undefined)(`a report in Chromium${WITHOUT_CHROMIUM}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    for (const [name, input] of Object.entries(INPUTS)) await writeReport(fileOf(name as Name), input);
    browser = await launchChromium();
  }, 60_000);
  afterAll(() => browser?.close());

  /** Opens the page; `complaints` is what it says on the console, and what it asks for beyond its file. */
  async function open(name: Name, width: number, colorScheme: 'light' | 'dark', javaScriptEnabled: boolean) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
    const address = pathToFileURL(fileOf(name)).href;
    page.on('request', (request) => {
      if (request.url() !== address && !request.url().startsWith('data:')) complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(address);
    return { page, complaints, close: () => context.close() };
  }

  test.each(
    (Object.keys(INPUTS) as Name[]).flatMap((name) =>
      [360, 800, 1400].flatMap((width) => (['light', 'dark'] as const).map((theme) => [name, width, theme] as const)),
    ),
  )('%s, %d wide, %s: says nothing, asks for nothing, fits, and can be read', async (name, width, theme) => {
    const { page, complaints, close } = await open(name, width, theme, false);
    const seen = await page.evaluate<Look>(LOOK);
    if (process.env['SCREENSHOTS'] !== undefined) {
      await page.screenshot({
        path: join(process.env['SCREENSHOTS'], `${name}-${width}-${theme}.png`),
        fullPage: true,
      });
    }
    await close();
    expect(complaints).toEqual([]);
    expect(seen.width).toBeLessThanOrEqual(width);
    expect(seen.unreadable).toEqual([]);
    expect(seen.drawings).toBeGreaterThan(0);
    expect(Math.sign(seen.background - seen.ink)).toBe(theme === 'light' ? 1 : -1);
    expect(Math.abs(seen.background - seen.ink)).toBeGreaterThan(150);
  });

  test('runs nothing that its texts say, with JavaScript too', async () => {
    const { page, complaints, close } = await open('hostile', 800, 'light', true);
    const elements = await page.locator('script, iframe, object, embed, form').count();
    const title = await page.title();
    await close();
    expect(complaints).toEqual([]);
    expect(elements).toBe(0);
    expect(title).toBe('<script>alert(1)</script>');
  });

  test('shows the numbers of the JSON file beside it', async () => {
    const { page, close } = await open('classifier', 800, 'light', false);
    const elements = await page.locator('.matrix data, .figures data, #importance data').all();
    const shown = await Promise.all(
      elements.map(async (element) => [Number(await element.getAttribute('value')), await element.textContent()]),
    );
    await close();
    const { evaluation, importance } = JSON.parse(readFileSync(join(folder, 'classifier.json'), 'utf8'));
    const { loss, accuracy } = evaluation.metrics;
    const others = [
      ...evaluation.confusionMatrix.flat(),
      ...importance.columns.flatMap((column: { mean: number; deviation: number }) => [column.mean, column.deviation]),
    ];
    expect(shown).toEqual([
      [loss, formatNumber(loss)],
      [accuracy, '92.11 %'],
      ...others.map((value) => [value, formatNumber(value)]),
    ]);
  });
});
