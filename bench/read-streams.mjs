#!/usr/bin/env node
/**
 * How fast a stream reads a CSV file, and what training on it costs beside training on the same rows in memory.
 *
 * usage: node bench/read-streams.mjs [--megabytes 100] [--rounds 5]
 *
 * Rounds go through all variants in turn; best and median are told. A round is a pass over the file: 20 columns of numbers and
 * one of three words. Training is an epoch of batches of 100, its statistics known.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import Papa from 'papaparse';

const library = createRequire(import.meta.url)('../dist/library.js');
const { Dataset, DatasetStream, Random, Sequential, Trainer } = library.index;
const { csvRows } = library['data/csv-rows'];

const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '100' }, rounds: { type: 'string', default: '5' } },
});
const rounds = Number(values.rounds);

const COLUMNS = 20;
const CLASSES = ['setosa', 'versicolor', 'virginica'];
const NAMES = [...Array.from({ length: COLUMNS }, (_, i) => `c${i}`), 'species'];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'zerokara-streams-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true }));

/** A block of 20,000 rows again and again, with as many decimals as are asked for. */
function write(name, megabytes, textOf) {
  const random = new Random(8, 'data');
  const lines = Array.from({ length: 20_000 }, () => {
    const cells = Array.from({ length: COLUMNS }, () => 6 * random.uniform() - 3);
    const species = CLASSES[cells[0] + cells[1] > 1 ? 0 : cells[2] > 0 ? 2 : 1];
    return `${cells.map(textOf).join(',')},${species}\n`;
  });
  const block = lines.join('');
  const blocks = Math.max(1, Math.round((megabytes * 1e6) / block.length));
  const file = path.join(folder, name);
  fs.writeFileSync(file, `${NAMES.join(',')}\n`);
  for (let i = 0; i < blocks; i++) fs.appendFileSync(file, block);
  return { file, rows: blocks * lines.length, megabytes: fs.statSync(file).size / 1e6 };
}

const taskOf = (file) => ({
  path: file,
  header: true,
  classes: 3,
  plan: {
    ...{ place: file, delimiter: 44, columnNames: NAMES, inputSize: COLUMNS, capacity: Math.floor(2 ** 16 / COLUMNS) },
    roles: Int32Array.from(NAMES, (_, i) => (i < COLUMNS ? i : -1)),
    classes: new Map(CLASSES.map((word, i) => [word, i])),
  },
});

async function count(rows) {
  let found = 0;
  for await (const { labels } of rows) found += labels.length;
  return found;
}

/** The parser's own chunks of a file, as strings; then as numbers. */
function papa(file, each) {
  return new Promise((resolve, reject) => {
    let rows = -1;
    Papa.parse(fs.createReadStream(file, { encoding: 'utf8', highWaterMark: 2 ** 20 }), {
      ...{ delimiter: ',', newline: '\n', skipEmptyLines: true },
      chunk: ({ data }) => {
        rows += data.length;
        each(data);
      },
      complete: () => resolve(rows),
      error: reject,
    });
  });
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** Seconds of each variant, round by round. */
async function timed(variants) {
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(variants)) {
      const began = performance.now();
      await run();
      times[name].push((performance.now() - began) / 1e3);
    }
  }
  return times;
}

const { version } = JSON.parse(
  fs.readFileSync(new URL('../node_modules/papaparse/package.json', import.meta.url), 'utf8'),
);
console.log(
  `Node ${process.version}, ${os.cpus()[0]?.model}, load ${os.loadavg()[0]?.toFixed(1)}, papaparse ${version}`,
);

console.log('\nreading, MB/s'.padEnd(52) + 'best  median');
for (const { name, share, textOf } of [
  { name: '4 decimals', share: 1, textOf: (value) => value.toFixed(4) },
  { name: 'all digits of a double', share: 0.5, textOf: String },
]) {
  const { file, megabytes } = write('read.csv', share * Number(values.megabytes), textOf);
  const task = taskOf(file);
  const times = await timed({
    'Papa Parse, strings': () => papa(file, () => {}),
    'Papa Parse, its strings as numbers': () =>
      papa(file, (data) => {
        for (const row of data) for (let i = 0; i < COLUMNS; i++) Number(row[i]);
      }),
    'the stream': () => count(csvRows(task)),
  });
  for (const [variant, seconds] of Object.entries(times)) {
    const figures = [Math.min(...seconds), median(seconds)].map((s) => (megabytes / s).toFixed(0).padStart(8));
    console.log(`  ${`${name}: ${variant}`.padEnd(46)}${figures.join('')}`);
  }
}

const { file, rows, megabytes } = write('train.csv', Number(values.megabytes), (value) => value.toFixed(4));
console.log(
  `\ntraining on ${megabytes.toFixed(0)} MB, ${rows} rows: µs a row in memory, streamed, streamed ÷ in memory; medians`,
);
const options = { target: 'species', classes: CLASSES, rows };
const stream = await DatasetStream.fromCsv(file, options);
const { mean, deviation } = await stream.statistics();
const held = { x: new Float32Array(rows * COLUMNS), labels: new Int32Array(rows) };
{
  let at = 0;
  for await (const { x, labels } of csvRows(taskOf(file))) {
    if (typeof labels !== 'object') throw new Error('no labels');
    held.x.set(x, at * COLUMNS);
    held.labels.set(labels, at);
    at += labels.length;
  }
}
const inMemory = Dataset.from({ x: { data: held.x, shape: [rows, COLUMNS] }, labels: held.labels, classes: 3 });
for (const hidden of [16, 200]) {
  for (const optimizer of /** @type {const} */ (['sgd', 'adam'])) {
    const training = (train) => () => {
      const net = Sequential.from(
        {
          input: COLUMNS,
          layers: [
            { type: 'standardization', mean, deviation },
            { type: 'affine', outputSize: hidden, activation: 'relu' },
            { type: 'affine', outputSize: 3 },
          ],
          loss: 'crossEntropy',
        },
        { seed: 1 },
      );
      return new Trainer(net, { train, epochs: 1, batchSize: 100, optimizer, seed: 1, evaluate: false }).fit();
    };
    const times = await timed({ inMemory: training(inMemory), streamed: training(stream) });
    const [alone, streamed] = [median(times.inMemory), median(times.streamed)];
    const ratio = median(times.streamed.map((seconds, i) => seconds / times.inMemory[i]));
    console.log(
      `  20-${hidden}-3, ${optimizer}`.padEnd(24) +
        [(1e6 * alone) / rows, (1e6 * streamed) / rows, ratio].map((n) => n.toFixed(2).padStart(8)).join(''),
    );
  }
}
