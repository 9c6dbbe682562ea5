#!/usr/bin/env node
/**
 * How fast tables are read: MB of the file a second, beside the CSV parser alone on the same text in memory.
 *
 * usage: node bench/read-tables.mjs [--megabytes 20] [--rounds 7]
 *
 * Rounds go through all readers in turn, so that a busy machine slows all equally; best and median are told, and the MB a
 * second of CPU time, which other programs disturb less. The parser gives strings; a table has numbers, categories and
 * their checks.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import Papa from 'papaparse';

const library = createRequire(import.meta.url)('../dist/library.js');
const { Random, Table } = library.index;
const { openCsv } = library['io/records/csv-reader'];

const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '20' }, rounds: { type: 'string', default: '7' } },
});
const megabytes = Number(values.megabytes);
const rounds = Number(values.rounds);

/** The cells of each table, and why it is there. */
const TABLES = {
  '16 numbers': (random) => Array.from({ length: 16 }, () => (100 * random.uniform()).toFixed(3)),
  '8 numbers, 8 words': (random) =>
    Array.from({ length: 16 }, (_, i) => (i % 2 ? `word ${random.integer(30)}` : (100 * random.uniform()).toFixed(3))),
  '8 numbers, 8 words in quotes': (random) =>
    Array.from({ length: 16 }, (_, i) =>
      i % 2 ? `"word, ${random.integer(30)}"` : (100 * random.uniform()).toFixed(3),
    ),
};

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-tables-'));

function textOf(cells) {
  const random = new Random(1);
  const lines = [Array.from({ length: 16 }, (_, i) => `c${i}`).join(',')];
  for (let size = 0; size < megabytes * 1e6; ) {
    const line = cells(random).join(',');
    lines.push(line);
    size += line.length + 1;
  }
  return `${lines.join('\n')}\n`;
}

async function countRecords(file) {
  let count = 0;
  for await (const { records } of await openCsv('bench', file)) count += records.length;
  return count;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

const { version } = JSON.parse(
  fs.readFileSync(new URL('../node_modules/papaparse/package.json', import.meta.url), 'utf8'),
);
console.log(
  `Node ${process.version}, ${os.cpus()[0]?.model}, load ${os.loadavg()[0]?.toFixed(1)}, papaparse ${version}`,
);
for (const [name, cells] of Object.entries(TABLES)) {
  const text = textOf(cells);
  const file = path.join(folder, 'table.csv');
  fs.writeFileSync(file, text);
  fs.writeFileSync(`${file}.gz`, gzipSync(text));
  const size = text.length / 1e6;
  const rows = text.split('\n').length - 2;
  const readers = {
    'the parser alone, text in memory': () =>
      Papa.parse(text, { delimiter: ',', newline: '\n', skipEmptyLines: true }).data.length - 1,
    'its records from the file': () => countRecords(file),
    'Table.read': async () => (await Table.read(file)).length,
    'Table.read of .csv.gz': async () => (await Table.read(`${file}.gz`)).length,
  };
  /** @type {Record<string, { wall: number[], cpu: number[] }>} */
  const times = Object.fromEntries(Object.keys(readers).map((reader) => [reader, { wall: [], cpu: [] }]));
  for (let round = 0; round < rounds; round++) {
    for (const [reader, read] of Object.entries(readers)) {
      const cpu = process.cpuUsage();
      const began = performance.now();
      if ((await read()) !== rows) throw new Error(`${reader}: not ${rows} rows`);
      times[reader].wall.push((performance.now() - began) / 1e3);
      const { user, system } = process.cpuUsage(cpu);
      times[reader].cpu.push((user + system) / 1e6);
    }
  }
  console.log(`\n${name}: ${size.toFixed(1)} MB, ${rows} rows`.padEnd(50) + 'MB/s best  median   of CPU time');
  for (const [reader, { wall, cpu }] of Object.entries(times)) {
    const figures = [Math.min(...wall), median(wall), median(cpu)].map((seconds) =>
      (size / seconds).toFixed(0).padStart(8),
    );
    console.log(`  ${reader.padEnd(47)}${figures.join('')}`);
  }
}
fs.rmSync(folder, { recursive: true });
