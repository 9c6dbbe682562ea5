/**
 * The built library in Chromium: from one file by a script tag, on the page and in a Worker, under a strict policy, and beside
 * frames that must keep coming.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { complaintsAboutModule } from '../../scripts/lib/page-rules.mjs';
import { TwoLayerNet } from '../../src/index.js';
import { CHROMIUM, launchChromium, WITHOUT_CHROMIUM } from '../support/chromium.js';
import { ROOT } from './pages.js';
import { serve } from './serve.js';

const FILE = join(ROOT, 'dist/browser/zerokara.min.mjs');
const isBuilt = existsSync(FILE);
const library = isBuilt ? readFileSync(FILE, 'utf8') : '';

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];

/** What `useLibrary` of program.mjs gives back. */
interface Used {
  readonly backend: string;
  readonly reason: string;
  readonly attempts: readonly string[];
  readonly js: string;
  readonly isolated: boolean;
  readonly classes: readonly number[];
  readonly same: boolean;
  readonly bytes: readonly number[];
  readonly answers: readonly number[];
  readonly answersOfNode: readonly number[];
  readonly shapeOfNode: readonly number[];
  readonly errors: readonly string[];
}

describe.skipIf(!isBuilt)('the one file for a script tag', () => {
  test('names nothing of Node, makes no code from text, and imports and awaits nothing', async () => {
    expect(await complaintsAboutModule(library)).toEqual([]);
  });

  test('begins with the licences of all that is in it', () => {
    const notice = library.slice(0, library.indexOf('*/'));
    expect(notice).toMatch(/^\/\*!\nzerokara \d+\.\d+\.\d+\n\nMIT License\n/);
    expect(notice).toMatch(/\npapaparse \d+\.\d+\.\d+ \(MIT\)\n\nThe MIT License/);
  });

  test.each([
    ["import fs from 'node:fs'; fs.x;", 'it imports node:fs'],
    ["import('a');", 'it imports a'],
    ['await 1;', 'Top-level await is not available in the configured target environment'],
    ['export const a = process.env;', 'it uses process'],
    ['export const a = Buffer.alloc(1);', 'it uses Buffer'],
    ['eval("1");', 'it uses eval'],
    ['new Function("a");', 'it makes code from text'],
    ['const object = { process: 1 }; export const a = object.process, b = typeof process;', undefined],
  ])('a file with %s would not pass', async (text, complaint) => {
    expect(await complaintsAboutModule(text)).toEqual(complaint === undefined ? [] : [complaint]);
  });
});

/** Relaxed SIMD, which Node may have or not, rounds otherwise. */
function expectClose(found: readonly number[], wanted: ArrayLike<number>): void {
  expect(found.length).toBe(wanted.length);
  for (const [i, value] of found.entries()) expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-6);
}

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

const PAGE = '<!doctype html><meta charset="utf-8"><script type="module" src="/page.mjs"></script>';
const PROGRAM = `import * as zerokara from '/zerokara.mjs';
import { trainBesideFrames, useLibrary } from '/program.mjs';
globalThis.use = () => useLibrary(zerokara, location.origin);
globalThis.train = () => trainBesideFrames(zerokara);
globalThis.useInWorker = () => new Promise((resolve, reject) => {
  const worker = new Worker('/worker.mjs', { type: 'module' });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
});
`;
const WORKER = `import * as zerokara from '/zerokara.mjs';
import { useLibrary } from '/program.mjs';
useLibrary(zerokara, location.origin).then(postMessage);
`;

describe.skipIf(CHROMIUM === undefined || !isBuilt)(`the built library in Chromium${WITHOUT_CHROMIUM}`, () => {
  const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 3, outputSize: 2, seed: 2, backend: 'wasm' });
  const files = {
    '/index.html': PAGE,
    '/page.mjs': PROGRAM,
    '/worker.mjs': WORKER,
    '/zerokara.mjs': library,
    '/program.mjs': readFileSync(join(import.meta.dirname, 'program.mjs'), 'utf8'),
    '/node.safetensors': net.toBytes(),
  };
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  }, 60_000);
  afterAll(() => browser?.close());

  /** Evaluates in a page of a site with these headers; `complaints` is what the page said. */
  async function inPage<T>(headers: Record<string, string>, expression: string) {
    const site = await serve(files, headers);
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    try {
      await page.goto(`${site.origin}/index.html`, { waitUntil: 'load' });
      return { value: await page.evaluate<T>(expression), complaints, origin: site.origin };
    } finally {
      await page.close();
      site.close();
    }
  }

  test.each([
    ['on the page', 'use()', {}],
    ['in a Worker', 'useInWorker()', {}],
    ['on an isolated page', 'use()', ISOLATED],
    ['in a Worker of an isolated page', 'useInWorker()', ISOLATED],
  ] as const)('%s it learns by wasm under a strict policy, and reads and writes bytes', async (_, expression, more) => {
    const headers = { 'content-security-policy': POLICY, ...more };
    const { value, complaints, origin } = await inPage<Used>(headers, expression);
    expect(value.reason).toMatch(
      /^no faster backend could be loaded: native: a browser loads no addons(; relaxed SIMD.*)?$/,
    );
    expect(value).toMatchObject({
      backend: 'wasm',
      attempts: ['native false', 'wasm true'],
      js: 'js',
      isolated: more === ISOLATED,
      classes: [0, 1, 1, 0],
      same: true,
      shapeOfNode: [2, 3],
    });
    expectClose(value.answersOfNode, net.predict(x).data);
    const again = TwoLayerNet.fromBytes(Uint8Array.from(value.bytes), { backend: 'wasm' });
    expectClose(value.answers, again.predict(x).data);
    expect(value.errors).toEqual([
      'DataError TwoLayerNet.save: net.safetensors cannot be written: a page has no files. toBytes gives the bytes of the file, for a download or a store of the page',
      'DataError saveTensors: net.safetensors cannot be written: a page has no files. tensorsToBytes gives the bytes of the file, for a download or a store of the page',
      'DataError Sequential.load: net.safetensors is a file, and a page cannot open files by name; expected a URL that begins with http: or https:, or a Blob',
      `DataError Sequential.load: ${origin}/nothing.safetensors answers 404 Not Found; expected a file written by save`,
      expect.stringMatching(/^DataError Sequential.load: the Blob: the header has \d+ bytes but only 92 follow/),
      'BackendError createBackend: the native backend is not available: native: a browser loads no addons. Use "auto", which takes the fastest that there is',
    ]);
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
  });

  test('where the policy refuses WebAssembly it computes in plain JavaScript, and says why', async () => {
    const headers = { 'content-security-policy': "default-src 'self'" };
    const { value } = await inPage<Used>(headers, 'use()');
    expect(value.backend).toBe('js');
    expect(value.reason).toMatch(/: native: a browser loads no addons; wasm: WebAssembly\.Module\(\): .*unsafe-eval/);
    expect(value.classes).toEqual([0, 1, 1, 0]);
  });

  test('the pages of docs/browser.md show what it says', async () => {
    const text = readFileSync(join(ROOT, 'docs/browser.md'), 'utf8');
    const shown = [...text.matchAll(/<!-- file: ([\w.]+) -->\n\n```\w+\n([\s\S]*?)```\n/g)];
    const named = Object.fromEntries(shown.map(([, name, code]) => [`/${name}`, code!]));
    expect(Object.keys(named)).toEqual(['/index.html', '/worker.mjs', '/page.mjs']);
    const page2 = '<!doctype html><title>page</title><body><script type="module" src="page.mjs"></script></body>';
    const site = await serve({ ...named, '/page.html': page2, '/zerokara.min.mjs': library });
    const page = await browser.newPage();
    try {
      await page.goto(`${site.origin}/index.html`);
      await page.getByText('wasm: 0 1 1 0').waitFor();
      await page.goto(`${site.origin}/page.html`);
      await page.getByText('0 1 1 0').waitFor();
    } finally {
      await page.close();
      site.close();
    }
  });

  test('frames keep coming while it trains on the thread of the page', async () => {
    const { value } = await inPage<{ frames: number; milliseconds: number; steps: number; longTasks: number[] }>(
      { 'content-security-policy': POLICY },
      'train()',
    );
    // It goes on until there are 60 of both. A loop that does not yield shows no frame before its end, after 40,000 steps.
    expect(value.frames).toBeGreaterThanOrEqual(60);
    expect(value.steps).toBeGreaterThanOrEqual(60);
    expect(value.steps).toBeLessThan(40_000);
    // A task of more than 50 ms, the definition of long, would be one that did not yield for six turns.
    const inLongTasks = value.longTasks.reduce((sum, duration) => sum + duration, 0);
    expect(inLongTasks / value.milliseconds).toBeLessThan(0.5);
  });
});
