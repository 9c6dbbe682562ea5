#!/usr/bin/env node
/**
 * How long a program that needs the library takes to start, beside one that needs nothing.
 *
 * usage: node bench/start.mjs [--rounds 21]
 *
 * Rounds go through all programs in turn, so that a busy machine slows all equally; best and median are told, from the start of
 * the process to its end, in milliseconds.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '21' } } });
const rounds = Number(values.rounds);

const dist = path.resolve(import.meta.dirname, '../dist');
const inDist = (file) => JSON.stringify(path.join(dist, file));
const PROGRAMS = {
  'Node alone': ['-e', '0'],
  "require('zerokara')": ['-e', `require(${inDist('index.js')})`],
  "import 'zerokara'": ['--input-type=module', '-e', `import ${inDist('index.mjs')}`],
  'zerokara --version': [path.join(dist, 'cli/zerokara.js'), '--version'],
};

/** @type {Map<string, number[]>} */
const times = new Map(Object.keys(PROGRAMS).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, args] of Object.entries(PROGRAMS)) {
    const begin = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name} ends with ${status}: ${stderr}`);
    times.get(name)?.push(performance.now() - begin);
  }
}

console.log(`${'ms'.padEnd(24)}${'best'.padStart(8)}${'median'.padStart(8)}`);
for (const [name, taken] of times) {
  taken.sort((a, b) => a - b);
  const columns = [taken[0], taken[taken.length >> 1]].map((ms) => ms.toFixed(0).padStart(8));
  console.log(name.padEnd(24) + columns.join(''));
}
