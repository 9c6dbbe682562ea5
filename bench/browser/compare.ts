/** J1 in Chromium: the library's step beside that of tfjs on its wasm backend, in one page, in turns. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { environmentLines } from '../../src/bench/environment.js';
import { SMALL } from '../../src/bench/jobs.js';
import { median, medianRatio } from '../../src/bench/statistics.js';
import { textTable } from '../../src/bench/text-table.js';
import { describeEnvironment } from '../../src/cli/machine.js';
import { serve } from '../../test/browser/serve.js';
import { CHROMIUM, launchChromium } from '../../test/support/chromium.js';
import { readJobFolder, withJobFolder } from '../job-folder.js';
import { BUILD } from '../places.js';

const ROUNDS = 21;
/** A turn of one system. */
const MILLISECONDS = 250;
/** Differences that get no time, as in the other jobs. */
const TOLERANCE = 2e-4;
/** The bar: the library's step as a part of the faster one of tfjs. */
const GOOD = 0.2;

/** What the page has under `bench`. */
const PROGRAM = `import * as own from '/own.mjs';
import * as peer from '/tfjs.mjs';
const versions = await peer.start();
const job = await own.fetchJob();
const offers = { ...own.offersOf(job), ...peer.offersOf(job) };
const made = {};
globalThis.bench = {
  versions,
  names: Object.keys(offers),
  losses: (name) => own.lossesOf(offers, name),
  time: (name, milliseconds) => own.timeOf((made[name] ??= offers[name]()), milliseconds),
};
`;

async function main(): Promise<void> {
  if (CHROMIUM === undefined) throw new Error('no Chromium is installed');
  await withJobFolder(SMALL, async (folder, source) => {
    const { folder: _, ...facts } = readJobFolder(folder);
    const site = await serve({
      '/index.html': '<!doctype html><meta charset="utf-8">',
      '/bench.mjs': PROGRAM,
      ...filesOf('/', BUILD, ['own.mjs', 'tfjs.mjs']),
      ...filesOf('/job/', folder, ['x.u8', 'labels.i32', 'indices.i32', 'parameters.f32']),
      '/job/facts.json': JSON.stringify(facts),
      ...filesOf('/tfjs/', join(BUILD, 'tfjs'), [
        'tfjs-backend-wasm.wasm',
        'tfjs-backend-wasm-simd.wasm',
        'tfjs-backend-wasm-threaded-simd.wasm',
      ]),
    });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(`${site.origin}/index.html`);
      await page.evaluate("import('/bench.mjs').then(() => undefined)");
      console.log(environmentLines(describeEnvironment(process.env)).join('\n'));
      console.log(`Chromium ${browser.version()}, ${await page.evaluate<string>('bench.versions')}; ${source}\n`);
      await compare(page);
    } finally {
      await browser.close();
      site.close();
    }
  });
}

async function compare(page: Page): Promise<void> {
  const names = await page.evaluate<string[]>('bench.names');
  const losses = new Map<string, readonly number[]>();
  for (const name of names) losses.set(name, await page.evaluate<number[]>(`bench.losses('${name}')`));
  const base = losses.get(names[0]!)!;
  for (const [name, values] of losses) {
    const differs = values.findIndex((value, i) => !(Math.abs(value / base[i]! - 1) <= TOLERANCE));
    if (differs >= 0) throw new Error(`${name}: loss ${differs} is ${values[differs]}, not ${base[differs]}`);
  }
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const name of names) {
      const time = await page.evaluate<number>(`bench.time('${name}', ${MILLISECONDS})`);
      if (round >= 0) times.get(name)!.push(time); // the first turn warms up
    }
  }
  const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
  const own = times.get('zerokara wasm')!;
  const rows = names.map((name) => {
    const of = times.get(name)!;
    const ratio = medianRatio(own, of, rounds);
    return [name, median(of).toFixed(0), Math.min(...of).toFixed(0), ratio.toFixed(3)];
  });
  console.log(textTable(['J1, one step', 'median µs', 'minimum µs', 'zerokara wasm ÷ it'], rows));
  const bar = medianRatio(own, times.get('tfjs wasm by hand')!, rounds);
  console.log(`\nzerokara wasm ÷ tfjs wasm by hand: ${bar.toFixed(3)}; at most ${GOOD} is good`);
  process.exitCode = bar <= GOOD ? 0 : 1;
}

function filesOf(place: string, folder: string, names: readonly string[]): Record<string, Uint8Array> {
  return Object.fromEntries(names.map((name) => [place + name, readFileSync(join(folder, name))]));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? `bench: ${error.message}` : error);
  process.exitCode = 1;
});
