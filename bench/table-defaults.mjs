#!/usr/bin/env node
/**
 * What a default of TableModel is worth on the development tables: scores and times of a fit with other options.
 *
 * usage: node bench/table-defaults.mjs [--splits 5] [--tables wells,rents] [--options '{ "epochs": 100 }']…
 *
 * Each `--options` is one more line beside the defaults. The splits, nine tenths to train on, and the seeds are the same for
 * all; they take turns, so that a busy machine slows all equally. A score is accuracy or R² of the rows that were held out.
 */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { TableModel } from '../dist/index.js';
import { DEVELOPMENT_NAMES, developmentTable } from './development-tables.mjs';

const { values } = parseArgs({
  options: {
    splits: { type: 'string', default: '5' },
    tables: { type: 'string', default: DEVELOPMENT_NAMES.join() },
    options: { type: 'string', multiple: true, default: [] },
  },
});
const splits = Number(values.splits);
const variants = [{}, ...values.options.map((text) => JSON.parse(text))];
const names = DEVELOPMENT_NAMES.filter((name) => values.tables.split(',').includes(name));
const mean = (numbers) => numbers.reduce((total, value) => total + value, 0) / numbers.length;
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** @typedef {{ scores: number[], times: number[], steps: number[] }} Figures of the splits of one line */

console.log(`Node ${process.version}, ${os.cpus()[0]?.model}, load ${os.loadavg()[0]?.toFixed(1)}, ${splits} splits`);
const means = variants.map(() => /** @type {number[]} */ ([]));
for (const name of names) {
  const { table, task } = developmentTable(name);
  const figures = variants.map(() => /** @type {Figures} */ ({ scores: [], times: [], steps: [] }));
  for (let seed = 0; seed < splits; seed++) {
    const { train, test } = table.split({
      test: 0.1,
      seed,
      ...(task === 'classification' ? { stratify: 'target' } : {}),
    });
    for (const [v, options] of variants.entries()) {
      const { scores, times, steps } = /** @type {Figures} */ (figures[v]);
      const began = performance.now();
      const model = await TableModel.train(train, { target: 'target', seed, ...options });
      times.push(performance.now() - began);
      const { accuracy, r2Score } = /** @type {{ accuracy?: number, r2Score?: number }} */ (model.evaluate(test));
      scores.push(accuracy ?? r2Score ?? 0);
      steps.push(model.history.epochs.at(-1)?.step ?? 0);
    }
  }
  console.log(`\n${name}, ${table.length} rows`.padEnd(40) + 'score   below the defaults, std. error   ms   steps');
  for (const [v, { scores, times, steps }] of figures.entries()) {
    const differences = scores.map((score, i) => score - (figures[0]?.scores[i] ?? 0));
    const error = Math.sqrt(mean(differences.map((d) => (d - mean(differences)) ** 2)) / Math.max(splits - 1, 1));
    means[v]?.push(mean(scores));
    console.log(
      `  ${(v === 0 ? 'the defaults' : JSON.stringify(variants[v])).padEnd(37)}${mean(scores).toFixed(4)}  ` +
        `${(-mean(differences)).toFixed(4).padStart(8)} ${error.toFixed(4).padStart(8)} ` +
        `${median(times).toFixed(1).padStart(9)} ${mean(steps).toFixed(0).padStart(7)}`,
    );
  }
}
console.log('\nmean score over the tables'.padEnd(40));
for (const [v, scores] of means.entries()) {
  console.log(`  ${(v === 0 ? 'the defaults' : JSON.stringify(variants[v])).padEnd(37)}${mean(scores).toFixed(4)}`);
}
