#!/usr/bin/env node
/**
 * What the weight decay of TableModel is worth where x is a single column, whose default is at most 0.5.
 *
 * usage: node bench/one-column.mjs [--splits 16] [--rows 30,100,300] [--decays 3,0.5]
 *
 * The first decay is what the others are compared with. A score is accuracy or R² of 300 rows that were not trained on.
 */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { Random, Table, TableModel } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    splits: { type: 'string', default: '16' },
    rows: { type: 'string', default: '30,100,300' },
    decays: { type: 'string', default: '3,0.5' },
  },
});
const splits = Number(values.splits);
const decays = values.decays.split(',').map(Number);
const random = new Random(11);
const uniform = () => 2 * random.uniform() - 1;
/** @param {(a: number) => number} f @param {number} noise @param {() => number} draw */
const numbers =
  (f, noise, draw = uniform) =>
  () => {
    const a = draw();
    return { a, target: f(a) + noise * random.normal() };
  };
/** @param {(a: number) => number} f @param {number} noise */
const classes = (f, noise) => () => {
  const a = uniform();
  return { a, target: f(a) + noise * random.normal() > 0 ? 'yes' : 'no' };
};
/** @type {Record<string, () => Record<string, number | string>>} */
const TABLES = {
  'a line': numbers((a) => a, 0),
  'a line, R² 0.9': numbers((a) => a, 0.19),
  'a line, R² 0.5': numbers((a) => a, 0.58),
  'a line, R² 0.1': numbers((a) => a, 1.73),
  'noise alone': numbers(() => 0, 1),
  'a sine': numbers((a) => Math.sin(4 * a), 0.3),
  'a step': numbers((a) => (a > 0.2 ? 1 : 0), 0.49),
  'two steps': numbers((a) => (a > 0.2 ? 1 : a > -0.5 ? 0 : 2), 0.4),
  'an exponential': numbers(Math.exp, 0.5, () => random.normal()),
  'two classes': classes((a) => a, 0.5),
  'a class within a band': classes((a) => Math.abs(a) - 0.5, 0.3),
};
/** @param {number[]} list */
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;

console.log(`Node ${process.version}, ${os.cpus()[0]?.model}, ${splits} splits; score, gain ± its standard error`);
for (const rows of values.rows.split(',').map(Number)) {
  const means = decays.map(() => /** @type {number[]} */ ([]));
  console.log(`\n${rows} rows`.padEnd(25) + decays.map((decay) => `decay ${decay}`.padEnd(26)).join(''));
  for (const [name, row] of Object.entries(TABLES)) {
    const scores = decays.map(() => /** @type {number[]} */ ([]));
    for (let seed = 0; seed < splits; seed++) {
      const train = Table.from(Array.from({ length: rows }, row));
      const test = Table.from(Array.from({ length: 300 }, row));
      for (const [d, weightDecay] of decays.entries()) {
        const model = await TableModel.train(train, { target: 'target', seed, weightDecay });
        const { accuracy, r2Score } = /** @type {{ accuracy?: number, r2Score?: number }} */ (model.evaluate(test));
        scores[d]?.push(accuracy ?? r2Score ?? 0);
      }
    }
    const cells = scores.map((list, d) => {
      means[d]?.push(mean(list));
      const gains = list.map((score, i) => score - (scores[0]?.[i] ?? 0));
      const error = Math.sqrt(mean(gains.map((gain) => (gain - mean(gains)) ** 2)) / (splits - 1));
      return `${mean(list).toFixed(4)} ${mean(gains).toFixed(4)} ± ${error.toFixed(4)}`.padEnd(26);
    });
    console.log(`  ${name.padEnd(22)}${cells.join('')}`);
  }
  console.log(`  ${'mean'.padEnd(22)}${means.map((list) => mean(list).toFixed(4).padEnd(26)).join('')}`);
}
