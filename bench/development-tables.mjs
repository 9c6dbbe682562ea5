/**
 * Twelve tables by which the defaults of TableModel are chosen: those of the comparison with scikit-learn are left alone.
 *
 * Rows, columns and noise differ as those of users' tables do. Every number comes from the library's seeded generator, with
 * seeds of their own; the tables were written down before anything was trained on them.
 */
import { Random, Table } from '../dist/index.js';

const sum = (numbers) => numbers.reduce((total, value) => total + value, 0);
const normals = (random, count) => Array.from({ length: count }, () => random.normal());
const oneOf = (random, words) => words[random.integer(words.length)];
/** A rare word is drawn as seldom as the square of a uniform number comes near 1. */
const seldom = (random, count, kind) => `${kind} ${Math.floor(count * random.uniform() ** 2)}`;
const gap = (random, value, share = 0.06) => (random.uniform() < share ? null : value);
const far = (random, value, share, factor) => (random.uniform() < share ? value * factor : value);
const named = (values) => Object.fromEntries(values.map((value, j) => [`x${j}`, value]));

/** @typedef {{ rows: number, task: 'classification' | 'regression', row: (random: any) => Record<string, number | string | null> }} Plan */

/** @satisfies {Record<string, Plan>} */
const PLANS = {
  /** Few rows, nearly linear, little noise: a network that is trained long enough explains it. */
  salaries: {
    rows: 200,
    task: 'regression',
    row(random) {
      const [age, years] = [20 + 45 * random.uniform(), 30 * random.uniform()];
      const city = oneOf(random, ['Kyoto', 'Nara', 'Osaka']);
      const leads = random.uniform() < 0.3 ? 'yes' : 'no';
      const target = 900 + 25 * age + 15 * years + (city === 'Osaka' ? 150 : 0) + (leads === 'yes' ? 500 : 0);
      return { age: gap(random, age), years, city, leads, target: target + 80 * random.normal() };
    },
  },
  /** A curved border between two classes in few rows. */
  wells: {
    rows: 120,
    task: 'classification',
    row(random) {
      const x = normals(random, 6);
      const score = x[0] + x[1] ** 2 - 1 + 0.4 * random.normal();
      return { ...named(x), target: score > 0 ? 'wet' : 'dry' };
    },
  },
  /** Five clouds of points that touch. */
  leaves: {
    rows: 150,
    task: 'classification',
    row(random) {
      const kind = random.integer(5);
      const x = Array.from({ length: 8 }, (_, j) => 1.3 * Math.cos(2.1 * kind + 1.7 * j) + random.normal());
      return { ...named(x), target: `leaf ${kind}` };
    },
  },
  /** Many columns that say nearly the same. */
  cells: {
    rows: 600,
    task: 'classification',
    row(random) {
      const hidden = normals(random, 4);
      const x = Array.from({ length: 25 }, (_, j) => hidden[j % 4] + 0.5 * Math.abs(random.normal()) * (1 + (j % 3)));
      return { ...named(x), target: hidden[0] - 0.7 * hidden[1] + 0.3 * random.normal() > 0.3 ? 'ill' : 'well' };
    },
  },
  /** A weak signal: more than half of the variance is noise. */
  rents: {
    rows: 450,
    task: 'regression',
    row(random) {
      const x = normals(random, 10);
      const target = 8 * x[0] - 6 * x[1] + 4 * Math.tanh(x[2]) + 3 * x[3] * x[4];
      return { ...named(x), target: 150 + target + 12 * random.normal() };
    },
  },
  /** A function of five columns beside five that mean nothing: Friedman, Multivariate Adaptive Regression Splines (1991). */
  engines: {
    rows: 900,
    task: 'regression',
    row(random) {
      const x = Array.from({ length: 10 }, () => random.uniform());
      const target = 10 * Math.sin(Math.PI * x[0] * x[1]) + 20 * (x[2] - 0.5) ** 2 + 10 * x[3] + 5 * x[4];
      return { ...named(x), target: target + random.normal() };
    },
  },
  /** Words, gaps, outliers of 30 times, three classes of very different sizes. */
  orders: {
    rows: 3_000,
    task: 'classification',
    row(random) {
      const [price, pieces] = [Math.exp(3 + random.normal()), 1 + random.integer(9)];
      const shop = seldom(random, 40, 'shop');
      const carrier = oneOf(random, ['air', 'rail', 'road', 'sea']);
      const score = 0.6 * (Math.log(price) - 3) + Math.sin(Number(shop.slice(5))) + (carrier === 'sea' ? 1 : 0);
      const noisy = score - 0.1 * pieces + 0.6 * random.normal();
      const target = noisy > 1.3 ? 'lost' : noisy > 0.2 ? 'late' : 'well';
      return { price: gap(random, far(random, price, 0.01, 30)), pieces, shop: gap(random, shop), carrier, target };
    },
  },
  /** A target of which the logarithm is nearly normal, and a column of many words. */
  trips: {
    rows: 6_000,
    task: 'regression',
    row(random) {
      const [distance, hour] = [Math.exp(1 + random.normal()), 24 * random.uniform()];
      const quarter = seldom(random, 60, 'quarter');
      const rush = Math.exp(-((hour - 8.5) ** 2) / 2) + Math.exp(-((hour - 17.5) ** 2) / 4);
      const minutes = 4 + distance * (2 + 2 * rush + 0.5 * Math.cos(3 * Number(quarter.slice(8))));
      return {
        distance: gap(random, far(random, distance, 0.01, 20)),
        hour,
        quarter,
        rain: random.uniform() < 0.2 ? 'yes' : 'no',
        target: minutes * Math.exp(0.2 * random.normal()),
      };
    },
  },
  /** Neither column tells anything without the other. */
  signals: {
    rows: 4_000,
    task: 'classification',
    row(random) {
      const x = normals(random, 8);
      const phase = oneOf(random, ['a', 'b', 'c']);
      const sign = x[0] * x[1] + (phase === 'b' ? x[2] : 0.5 * x[3]) + 0.3 * random.normal();
      return { ...named(x), phase, target: sign > 0 ? 'up' : 'down' };
    },
  },
  /** Broken readings, one in fifty, 50 times too large. */
  sensors: {
    rows: 300,
    task: 'regression',
    row(random) {
      const x = normals(random, 6);
      const target = 3 * x[0] + 2 * Math.abs(x[1]) - x[2] * x[3] + 0.8 * random.normal();
      return { ...named(x.map((value) => far(random, value, 0.02, 50))), target };
    },
  },
  /** Heavy tails that are no errors: the far numbers decide the class. */
  claims: {
    rows: 1_500,
    task: 'classification',
    row(random) {
      const x = normals(random, 4).map((value) => Math.exp(2 * value));
      const score = Math.log(sum(x)) + 0.3 * x[0] ** 0.25 - 2.6 + 0.4 * random.normal();
      return { ...named(x), region: seldom(random, 12, 'region'), target: score > 0 ? 'high' : 'low' };
    },
  },
  /** A target that goes on growing with columns of heavy tails. */
  prices: {
    rows: 2_000,
    task: 'regression',
    row(random) {
      const x = normals(random, 5).map((value) => Math.exp(1.3 * value));
      const target = x[0] + 0.5 * x[1] + 2 * Math.sqrt(x[2]) + 0.5 * random.normal();
      return { ...named(x), target };
    },
  },
};

/** @typedef {keyof typeof PLANS} DevelopmentName */

export const DEVELOPMENT_NAMES = /** @type {DevelopmentName[]} */ (Object.keys(PLANS));

/** @param {DevelopmentName} name */
export function developmentTable(name) {
  const { rows, task, row } = PLANS[name];
  const random = new Random(1000 + DEVELOPMENT_NAMES.indexOf(name));
  return { task, table: Table.from(Array.from({ length: rows }, () => row(random))) };
}
